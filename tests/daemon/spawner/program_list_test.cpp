#include "daemon/spawner/program_list.h"

#include <functional>
#include <gtest/gtest.h>
#include <random>

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using fields::BytesError;

std::vector<Program> some_programs() {
  Program full;
  full.id = 0x12345678;
  full.arguments = {"/usr/bin/x", "", "a b", "\xff"};
  full.uid = 0;
  full.gid = 0xFFFFFFFE;
  full.groups = {1, 2};
  full.environment = {"HOME=/", "EMPTY="};
  full.timeout = 250ms;
  full.may_gain_privileges = true;
  full.may_overlap = true;
  Program plain;
  plain.id = 3;
  plain.arguments = {"/bin/true"};
  return {plain, full};
}

TEST(ProgramList, ReadsWhatItWrites) {
  for (const auto& list : {std::vector<Program>(), some_programs()}) {
    const auto decoded = decode_programs(encode_programs(list));
    ASSERT_TRUE(decoded) << to_string(decoded.error());
    EXPECT_EQ(*decoded, list);
  }
}

TEST(ProgramList, EveryTruncationIsNamed) {
  const auto bytes = encode_programs(some_programs());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = decode_programs(std::span(bytes).first(size));
    ASSERT_FALSE(decoded) << size;
    EXPECT_EQ(decoded.error(), BytesError::Truncated) << size;
  }
  auto longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_EQ(decode_programs(longer).error(), BytesError::TrailingBytes);
}

TEST(ProgramList, WhatWouldRunAsSomethingElseIsRefused) {
  const auto with = [](const std::function<void(Program&)>& change) {
    auto list = some_programs();
    change(list.back());
    return decode_programs(encode_programs(list));
  };
  EXPECT_TRUE(with([](Program&) {}));
  const std::vector<std::function<void(Program&)>> mistakes = {
      [](Program& p) { p.arguments = {}; },
      [](Program& p) { p.arguments.front() = ""; },
      [](Program& p) { p.arguments.front() = "x"; },
      [](Program& p) { p.arguments.front() = std::string("/x\0y", 4); },
      [](Program& p) { p.arguments.back() = std::string("\0", 1); },
      [](Program& p) { p.environment = {"=x"}; },
      [](Program& p) { p.environment = {"NAME"}; },
      [](Program& p) { p.environment = {""}; },
      [](Program& p) { p.environment = {std::string("A=\0", 3)}; },
      [](Program& p) { p.uid = 0xFFFFFFFF; },
      [](Program& p) { p.gid = 0xFFFFFFFF; },
      [](Program& p) { p.groups.push_back(0xFFFFFFFF); },
      [](Program& p) { p.timeout = 0ns; },
      [](Program& p) { p.timeout = 24h + 1ns; },
      [](Program& p) { p.id = 3; },
      [](Program& p) { p.id = 2; },
  };
  for (std::size_t i = 0; i < mistakes.size(); ++i) {
    const auto decoded = with(mistakes[i]);
    ASSERT_FALSE(decoded) << i;
    EXPECT_EQ(decoded.error(), BytesError::BadValue) << i;
  }
}

TEST(ProgramList, AChangedByteIsAnErrorOrAnotherList) {
  const auto list = some_programs();
  const auto bytes = encode_programs(list);
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same cases in every run
  for (int i = 0; i < 20'000; ++i) {
    auto changed = bytes;
    const std::size_t at = random() % changed.size();
    changed[at] ^= static_cast<std::byte>(1 + random() % 255);
    const auto decoded = decode_programs(changed);
    if (decoded) {
      EXPECT_NE(*decoded, list) << at;
      EXPECT_EQ(encode_programs(*decoded), changed) << "one list has one encoding";
    }
  }
}

TEST(ProgramList, EachProgramOfAUserAddsToItsLimitOfProcesses) {
  auto list = some_programs();
  list.push_back(list.front());
  EXPECT_EQ(process_limits(list), (std::map<std::uint32_t, std::uint32_t>{{0, 64}, {65534, 128}}));
}

}  // namespace
}  // namespace evenkeel::daemon
