#include "checks/reason.h"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace evenkeel::checks {
namespace {

std::vector<Reason> all_reasons() {
  std::vector<Reason> reasons;
  for (std::uint8_t number = 0; const auto reason = fields::from_number<Reason>(number); ++number) {
    reasons.push_back(*reason);
  }
  return reasons;
}

TEST(Reason, NumbersNamesAndTextsAreDistinctAndComeBack) {
  const std::vector<Reason> reasons = all_reasons();
  ASSERT_EQ(reasons.size(), 16U);
  std::set<std::string_view> names;
  std::set<std::string_view> texts;
  for (const Reason reason : reasons) {
    EXPECT_EQ(fields::from_number<Reason>(static_cast<std::uint8_t>(reason)), reason);
    EXPECT_EQ(fields::from_name<Reason>(name(reason)), reason) << name(reason);
    names.insert(name(reason));
    texts.insert(to_string(reason));
  }
  EXPECT_EQ(names.size(), reasons.size());
  EXPECT_EQ(texts.size(), reasons.size());
}

TEST(Reason, WhatIsNoReasonIsRefused) {
  EXPECT_FALSE(fields::from_number<Reason>(16));
  EXPECT_FALSE(fields::from_number<Reason>(255));
  EXPECT_FALSE(fields::from_name<Reason>("?"));
  EXPECT_FALSE(fields::from_name<Reason>("connect timeout"));  // that is the text
}

TEST(Reason, AServerThatAnsweredWronglyIsThere) {
  const std::set<Reason> there = {
      Reason::TcpExpect,      Reason::HttpStatus,   Reason::HttpBody,      Reason::HttpMalformed,
      Reason::HeaderTooLarge, Reason::BodyTooLarge, Reason::HttpIncomplete};
  for (const Reason reason : all_reasons()) {
    EXPECT_EQ(is_wrong_answer(reason), there.count(reason) == 1) << name(reason);
  }
}

TEST(Reason, TheManualTellsEachInItsPlace) {
  std::ifstream file(SOURCE_FOLDER "/packaging/man/evenkeel.8.in");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::size_t wrong_answers = page.find(".SS The server is there and answers wrongly");
  const std::size_t not_there = page.find(".SS The server is not there");
  ASSERT_LT(wrong_answers, not_there);
  ASSERT_NE(not_there, std::string::npos);
  for (const Reason reason : all_reasons()) {
    const std::string entry =
        ".BR " + std::string(name(reason)) + " \" (" + std::string(to_string(reason)) + ")\"\n";
    const std::size_t at = page.find(entry);
    ASSERT_NE(at, std::string::npos) << entry;
    EXPECT_EQ(at > wrong_answers && at < not_there, is_wrong_answer(reason)) << entry;
  }
}

}  // namespace
}  // namespace evenkeel::checks
