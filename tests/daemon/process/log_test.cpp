#include "daemon/process/log.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

/// What the child program writes to its stderr: a pipe, which may be the journal's.
std::string stderr_of(const std::string& behaviour, bool journal) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    struct stat status {};
    ::fstat(writer.get(), &status);
    const std::string stream =
        std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino + (journal ? 0 : 1));
    ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
    ::dup2(writer.get(), STDERR_FILENO);
    ::execl(CHILD_PROGRAM, "child", "role", behaviour.c_str(), nullptr);
    ::_exit(127);
  }
  writer.reset();
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = ::read(reader.get(), buffer.data(), buffer.size());
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  return text;
}

constexpr const char* kTime = "[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9.]+Z";

TEST(Log, TextToStderr) {
  const std::string text = stderr_of("logs text", false);
  EXPECT_THAT(text, MatchesRegex(std::string(kTime) + " error one\n" + kTime + " info two\n" +
                                 kTime + " warning checks: 2 log records dropped\n" + kTime +
                                 " warning checks: three\n"));
}

TEST(Log, TextToTheJournal) {
  EXPECT_EQ(stderr_of("logs text", true),
            "<3>one\n<6>two\n<4>checks: 2 log records dropped\n<4>checks: three\n");
}

TEST(Log, JsonToTheJournal) {
  const std::string text = stderr_of("logs json", true);
  EXPECT_THAT(text, HasSubstr("<3>{\"time\":\""));
  EXPECT_THAT(text, HasSubstr(R"("level":"warning","role":"checks","text":"three"})"));
}

TEST(Log, JsonToStderr) {
  EXPECT_THAT(stderr_of("logs json", false), Not(HasSubstr("<3>")));
}

TEST(Log, AReaderThatHasGoneDoesNotTakeUsAlong) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const UniqueFd writer(ends[1]);
  ::close(ends[0]);
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGPIPE, SIG_DFL);
    ::dup2(writer.get(), STDERR_FILENO);
    ::execl(CHILD_PROGRAM, "child", "role", "logs text", nullptr);
    ::_exit(127);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace evenkeel::daemon
