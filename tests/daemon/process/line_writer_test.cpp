#include "daemon/process/line_writer.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct Ends {
  UniqueFd reader, writer;
};

Ends pipe_ends() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Ends socket_ends() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::string note(std::uint64_t count) {
  return "(" + std::to_string(count) + " dropped)\n";
}

std::string read_what_is_there(int file) {
  ::fcntl(file, F_SETFL, O_NONBLOCK);
  std::string all;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t count = ::read(file, buffer.data(), buffer.size());
    if (count <= 0) return all;
    all.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

// Were a write to wait for its reader, these would never end.
class StuckReader : public testing::TestWithParam<Ends (*)()> {};

TEST_P(StuckReader, NeverBlocksTheWriter) {
  const Ends ends = GetParam()();
  LineWriter writer(ends.writer.get(), note);
  for (int i = 0; i < 40000; ++i)
    writer.write("line " + std::to_string(i) + std::string(50, '.') + '\n');
  EXPECT_LE(writer.waiting(), LineWriter::kMaxWaiting + 100);

  std::string all;
  for (int i = 0; i < 1000 && writer.waiting() > 0; ++i) {
    all += read_what_is_there(ends.reader.get());
    writer.flush();
  }
  all += read_what_is_there(ends.reader.get());
  EXPECT_EQ(writer.waiting(), 0U);
  EXPECT_THAT(all, HasSubstr("line 0..."));
  EXPECT_THAT(all, HasSubstr(" dropped)\nline "));
  EXPECT_THAT(all, HasSubstr("line 39999..."));

  // Every line is whole, and what was dropped was counted: none is missing in silence.
  std::uint64_t lines = 0;
  std::uint64_t dropped = 0;
  std::size_t at = 0;
  while (at < all.size()) {
    const std::size_t end = all.find('\n', at);
    ASSERT_NE(end, std::string::npos);
    const std::string one = all.substr(at, end - at);
    if (one.front() == '(') {
      dropped += std::stoull(one.substr(1));
    } else {
      ASSERT_EQ(one.rfind("line ", 0), 0U) << one;
      ++lines;
    }
    at = end + 1;
  }
  EXPECT_EQ(lines + dropped, 40000U);
}

INSTANTIATE_TEST_SUITE_P(LineWriter, StuckReader, testing::Values(pipe_ends, socket_ends));

TEST(LineWriter, LeavesTheFlagsOfASharedPipeAlone) {
  const Ends ends = pipe_ends();
  LineWriter writer(ends.writer.get(), note);
  writer.write("x\n");
  EXPECT_EQ(::fcntl(ends.writer.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(read_what_is_there(ends.reader.get()), "x\n");
}

TEST(LineWriter, AppendsToAFileWhereItsOffsetIs) {
  const UniqueFd file(::memfd_create("log", MFD_CLOEXEC));
  ASSERT_EQ(::write(file.get(), "before\n", 7), 7);
  LineWriter writer(file.get(), note);
  writer.write("after\n");
  ASSERT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
  EXPECT_EQ(read_what_is_there(file.get()), "before\nafter\n");
}

TEST(LineWriter, AReaderThatHasGoneIsForgotten) {
  ::signal(SIGPIPE, SIG_IGN);
  Ends ends = pipe_ends();
  LineWriter writer(ends.writer.get(), note);
  ends.reader.reset();
  writer.write("nobody hears\n");
  EXPECT_EQ(writer.waiting(), 0U);
}

TEST(LineWriter, DrainGivesUpAfterItsLimit) {
  const Ends ends = pipe_ends();
  LineWriter writer(ends.writer.get(), note);
  for (int i = 0; i < 100; ++i) writer.write(std::string(5000, 'x') + '\n');
  ASSERT_GT(writer.waiting(), 0U);
  const auto before = std::chrono::steady_clock::now();
  writer.drain(50ms);
  EXPECT_GE(std::chrono::steady_clock::now() - before, 45ms);
  EXPECT_GT(writer.waiting(), 0U);
}

}  // namespace
}  // namespace evenkeel::daemon
