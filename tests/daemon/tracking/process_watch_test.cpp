#include "daemon/tracking/process_watch.h"

#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/daemon/no_descriptors.h"
#include "tests/daemon/run_until.h"
#include "tests/daemon/tracking/temporary_folder.h"

namespace evenkeel::daemon {
namespace {

using vrrp::TrackResult;
using vrrp::TrackState;

/// A process of this name, ended with the object; it waits for nothing else.
class Sleeper {
 public:
  explicit Sleeper(const std::string& name, const std::vector<std::string>& arguments = {},
                   const std::string& second_name = "") {
    std::array<int, 2> ready{};
    std::array<int, 2> input{};  // a shell reads from it, and nothing comes
    EXPECT_EQ(::pipe2(ready.data(), O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(input.data(), O_CLOEXEC), 0);
    input_.reset(input[1]);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(input[0], STDIN_FILENO);
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::prctl(PR_SET_NAME, name.c_str());
      if (!arguments.empty()) run(arguments);
      second_name_ = second_name.c_str();
      ::signal(SIGUSR1, [](int) { ::prctl(PR_SET_NAME, second_name_); });
      (void)!::write(ready[1], "x", 1);
      for (;;) ::pause();
    }
    ::close(ready[1]);
    ::close(input[0]);
    char octet = 0;
    (void)!::read(ready[0], &octet, 1);  // or the end: it runs the other program
    ::close(ready[0]);
  }
  ~Sleeper() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  /// It is dead then, and a zombie until its end.
  void kill() const {
    ::kill(pid_, SIGKILL);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
  }
  /// It goes by its second name from now on.
  void change_name() const { ::kill(pid_, SIGUSR1); }

 private:
  static void run(const std::vector<std::string>& arguments) {
    std::vector<char*> all;
    for (const std::string& each : arguments) all.push_back(const_cast<char*>(each.c_str()));
    all.push_back(nullptr);
    ::execv("/bin/sh", all.data());
    ::_exit(1);
  }

  static inline const char* second_name_ = nullptr;  ///< in the child
  UniqueFd input_;
  pid_t pid_ = 0;
};

TrackResult result(TrackState state, std::string reason = "") {
  return {.state = state, .is_stale = false, .number = 0, .reason = std::move(reason)};
}
const TrackResult kHolds = result(TrackState::Holds);
const TrackResult kFails = result(TrackState::Fails, "it does not run");

class ProcessWatching : public testing::Test {
 protected:
  /// A name that no other process has.
  static std::string unique(const std::string& name) {
    return name + std::to_string(::getpid() % 1'000'000);
  }
  void follow(const std::string& track, TrackedProcess process) {
    process.track = track;
    followed_.push_back(std::move(process));
    watch_.configure(followed_);
  }
  bool comes(const std::string& track, const TrackResult& wanted) {
    return run_until(loop_, [&] { return now(track) == wanted; });
  }
  TrackResult now(const std::string& track) {
    return told_[track].empty() ? TrackResult() : told_[track].back();
  }

  boost::asio::io_context loop_;
  std::vector<TrackedProcess> followed_;
  std::map<std::string, std::vector<TrackResult>> told_;
  ProcessWatch watch_{loop_, [this](const std::string& track, const TrackResult& result) {
                        told_[track].push_back(result);
                      }};
};

TEST_F(ProcessWatching, TellsOfItsEndWithoutLookingAgain) {
  const Sleeper process(unique("ek-a"));
  follow("a", {.name = unique("ek-a")});
  ASSERT_TRUE(comes("a", kHolds));
  process.kill();
  EXPECT_TRUE(comes("a", kFails)) << "a zombie runs no longer";
}

TEST_F(ProcessWatching, FindsWhatComesLater) {
  follow("a", {.name = unique("ek-a")});
  ASSERT_TRUE(comes("a", kFails));
  const Sleeper process(unique("ek-a"));
  watch_.look();
  EXPECT_TRUE(comes("a", kHolds));
}

TEST_F(ProcessWatching, ASuccessorIsFoundBeforeAnEndIsTold) {
  const Sleeper first(unique("ek-a")), marker(unique("ek-m"));
  follow("a", {.name = unique("ek-a")});
  follow("marker", {.name = unique("ek-m")});
  ASSERT_TRUE(comes("a", kHolds));
  ASSERT_TRUE(comes("marker", kHolds));
  const Sleeper successor(unique("ek-a"));
  first.kill();
  marker.kill();
  ASSERT_TRUE(comes("marker", kFails));
  ASSERT_TRUE(run_until(loop_, [&] {
    watch_.look();
    return now("a") == kHolds;
  }));
  EXPECT_THAT(told_["a"], ::testing::ElementsAre(kHolds));
  successor.kill();
  EXPECT_TRUE(comes("a", kFails));
}

TEST_F(ProcessWatching, OfSeveralTheLastCounts) {
  const Sleeper one(unique("ek-a")), two(unique("ek-a")), marker(unique("ek-m"));
  follow("a", {.name = unique("ek-a")});
  follow("marker", {.name = unique("ek-m")});
  ASSERT_TRUE(comes("a", kHolds));
  ASSERT_TRUE(comes("marker", kHolds));
  one.kill();
  marker.kill();
  ASSERT_TRUE(comes("marker", kFails));
  EXPECT_THAT(told_["a"], ::testing::ElementsAre(kHolds));
  two.kill();
  EXPECT_TRUE(comes("a", kFails));
}

TEST_F(ProcessWatching, WithoutDescriptorsNoProcessHasEnded) {
  const Sleeper process(unique("ek-a"));
  follow("a", {.name = unique("ek-a")});
  ASSERT_TRUE(comes("a", kHolds));
  {
    const NoDescriptors none;
    follow("b", {.name = unique("ek-b")});
    watch_.look();
    EXPECT_TRUE(comes("b", result(TrackState::CannotRun, "/proc: Too many open files")));
  }
  EXPECT_THAT(told_["a"], ::testing::Each(kHolds));
  watch_.look();
  EXPECT_TRUE(comes("b", kFails));
  process.kill();
  EXPECT_TRUE(comes("a", kFails));
}

TEST_F(ProcessWatching, ArgumentsAndUserMustFit) {
  const std::string mark = unique("mark");
  const std::string me = std::to_string(::getuid());
  const Sleeper process("sh", {"sh", "-c", "read nothing; exit", "name", mark});
  follow("all", {.name = "sh", .arguments = {"name", mark}, .user = me});
  ASSERT_TRUE(run_until(loop_, [&] {  // it may have been the shell's forerunner at the first look
    watch_.look();
    return now("all") == kHolds;
  }));
  follow("others", {.name = "sh", .arguments = {mark, "name"}});
  follow("user", {.name = "sh", .arguments = {mark}, .user = std::to_string(::getuid() + 1)});
  EXPECT_TRUE(comes("others", kFails));
  EXPECT_TRUE(comes("user", kFails));
}

TEST_F(ProcessWatching, AnUnknownUserCannotRun) {
  follow("a", {.name = "sh", .user = "no-such-user"});
  EXPECT_TRUE(comes("a", result(TrackState::CannotRun, "there is no user \"no-such-user\"")));
}

TEST_F(ProcessWatching, WhatBecomesAnotherProgramIsNoLongerIt) {
  const Sleeper process(unique("ek-a"), {}, unique("ek-b"));
  follow("a", {.name = unique("ek-a")});
  follow("b", {.name = unique("ek-b")});
  ASSERT_TRUE(comes("a", kHolds));
  process.change_name();
  EXPECT_TRUE(run_until(loop_, [&] {
    watch_.look();
    return now("a") == kFails && now("b") == kHolds;
  }));
}

}  // namespace
}  // namespace evenkeel::daemon
