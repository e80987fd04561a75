#include "daemon/process/supervisor.h"

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <thread>

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::ElementsAre;
using testing::StartsWith;

class SupervisorTest : public testing::Test {
 protected:
  RoleConfig role(const std::string& behaviour) {
    RoleConfig role;
    role.name = "tried";
    role.executable = CHILD_PROGRAM;
    role.arguments = {behaviour};
    role.ping_interval = 200ms;
    role.ping_limit = 5s;
    role.respawn = {.first = 20ms, .longest = 80ms, .steady = 10s};
    return role;
  }

  void supervise(const RoleConfig& with) {
    supervisor = std::make_unique<Supervisor>(
        loop, with,
        Supervisor::Hooks{
            .on_started = [this](Channel&) { ++starts; },
            .on_message = [this](const Message& message) { messages.push_back(message); },
            .on_gone = [this](const std::string& reason) { deaths.push_back(reason); }});
    supervisor->start();
  }

  /// Generous: children start slowly under sanitisers on a busy machine.
  template <typename Condition>
  bool run_until(Condition condition) {
    const auto limit = std::chrono::steady_clock::now() + 20s;
    while (!condition() && std::chrono::steady_clock::now() < limit) {
      loop.restart();
      loop.run_for(5ms);
    }
    return condition();
  }

  template <typename Kind>
  std::vector<Kind> received() const {
    std::vector<Kind> result;
    for (const auto& message : messages) {
      if (const auto* one = std::get_if<Kind>(&message)) result.push_back(*one);
    }
    return result;
  }

  boost::asio::io_context loop;
  int starts = 0;
  std::vector<Message> messages;
  std::vector<std::string> deaths;
  std::unique_ptr<Supervisor> supervisor;
};

TEST_F(SupervisorTest, AChildAnswersAndIsConfigured) {
  supervise(role("answers"));
  ASSERT_EQ(starts, 1);
  EXPECT_EQ(supervisor->status().state, ChildState::Running);
  EXPECT_TRUE(supervisor->channel()->send(Configure{.generation = 3}, {STDIN_FILENO}));
  ASSERT_TRUE(run_until([&] { return received<Pong>().size() >= 3; }));
  EXPECT_EQ(received<Configured>(),
            (std::vector<Configured>{{.generation = 3, .problem = "1 files"}}));
  EXPECT_TRUE(deaths.empty());
}

TEST_F(SupervisorTest, AChildInheritsNothingButItsChannel) {
  const UniqueFd leaky(::open("/etc/passwd", O_RDONLY));  // NOLINT: without close-on-exec
  ASSERT_TRUE(leaky);
  supervise(role("inspects"));
  ASSERT_TRUE(run_until([&] { return !received<Configured>().empty(); }));
  EXPECT_EQ(received<Configured>().front(),
            (Configured{.generation = 0, .problem = "evenkeel: tried|tried"}));
}

TEST_F(SupervisorTest, ADeadChildIsStartedAgain) {
  supervise(role("answers"));
  const pid_t first = supervisor->status().pid;
  ASSERT_EQ(::kill(first, SIGKILL), 0);
  ASSERT_TRUE(run_until([&] { return starts == 2; }));
  EXPECT_THAT(deaths, ElementsAre("killed by signal 9"));
  const ChildStatus status = supervisor->status();
  EXPECT_EQ(status.state, ChildState::Running);
  EXPECT_NE(status.pid, first);
  EXPECT_EQ(status.restarts, 1U);
  EXPECT_EQ(status.last_death, "killed by signal 9");
  EXPECT_EQ(::waitpid(first, nullptr, WNOHANG), -1) << "a zombie was left";
}

TEST_F(SupervisorTest, AChildThatCannotLiveIsTriedAgainMoreAndMoreSlowly) {
  supervise(role("fails"));
  ASSERT_TRUE(run_until([&] { return deaths.size() >= 4; }));
  EXPECT_THAT(deaths, Each("exit status 7"));
}

TEST_F(SupervisorTest, AProgramThatIsNotThereIsTriedAgain) {
  RoleConfig with = role("answers");
  with.executable = "/nonexistent/program";
  supervise(with);
  EXPECT_EQ(starts, 0);
  EXPECT_EQ(supervisor->channel(), nullptr);
  EXPECT_EQ(supervisor->status().state, ChildState::Restarting);
  ASSERT_TRUE(run_until([&] { return deaths.size() >= 3; }));
  EXPECT_THAT(deaths, Each(StartsWith("cannot start: ")));
}

TEST_F(SupervisorTest, ASilentChildIsKilled) {
  RoleConfig with = role("answers no ping");
  with.ping_interval = 50ms;
  with.ping_limit = 100ms;
  with.start_limit = 200ms;
  supervise(with);
  ASSERT_TRUE(run_until([&] { return starts == 2; }));
  EXPECT_EQ(deaths.front(), "no answer to ping for 0.2 s");
}

TEST_F(SupervisorTest, AStoppedChildIsKilled) {
  RoleConfig with = role("answers");
  with.ping_interval = 100ms;
  with.ping_limit = 1s;
  supervise(with);
  ASSERT_TRUE(run_until([&] { return !received<Pong>().empty(); }));
  ASSERT_EQ(::kill(supervisor->status().pid, SIGSTOP), 0);
  ASSERT_TRUE(run_until([&] { return !deaths.empty(); }));
  EXPECT_EQ(deaths.front(), "no answer to ping for 1 s");
}

// Our own sleep (SIGSTOP, a stalled machine) is not the child's silence.
TEST_F(SupervisorTest, AChildIsNotBlamedForOurSleep) {
  RoleConfig with = role("answers");
  with.ping_interval = 100ms;
  with.ping_limit = 1s;
  supervise(with);
  ASSERT_TRUE(run_until([&] { return received<Pong>().size() >= 2; }));
  std::this_thread::sleep_for(2s);  // the loop does not turn
  const std::size_t answers = received<Pong>().size();
  ASSERT_TRUE(run_until([&] { return received<Pong>().size() >= answers + 3; }));
  EXPECT_TRUE(deaths.empty());
}

TEST_F(SupervisorTest, WhatAChildSaidBeforeItsDeathIsHeardFirst) {
  supervise(role("reports and dies"));
  ASSERT_TRUE(run_until([&] { return !deaths.empty(); }));
  ASSERT_FALSE(received<CheckReport>().empty());
  EXPECT_EQ(received<CheckReport>().front().generation, 77U);
}

TEST_F(SupervisorTest, AChildThatClosesItsChannelIsKilled) {
  supervise(role("closes"));
  ASSERT_TRUE(run_until([&] { return !deaths.empty(); }));
  EXPECT_EQ(deaths.front(), "closed its channel");
}

TEST_F(SupervisorTest, AChildThatPassesDescriptorsHoldsNobodyUp) {
  supervise(role("passes a descriptor"));
  ASSERT_TRUE(run_until([&] { return received<Pong>().size() >= 3; })) << "an hour otherwise";
  EXPECT_GE(supervisor->status().malformed, 1U);
  EXPECT_EQ(deaths, std::vector<std::string>{});
}

TEST_F(SupervisorTest, StopLetsTheChildLeaveAndHearsItOut) {
  supervise(role("answers"));
  ASSERT_TRUE(run_until([&] { return !received<Pong>().empty(); }));
  const pid_t pid = supervisor->status().pid;
  int stopped = 0;
  supervisor->stop([&] { ++stopped; });
  EXPECT_EQ(supervisor->status().state, ChildState::Stopping);
  ASSERT_TRUE(run_until([&] { return stopped > 0; }));
  EXPECT_EQ(supervisor->status().state, ChildState::Stopped);
  EXPECT_EQ(supervisor->status().pid, 0);
  ASSERT_EQ(received<CheckReport>().size(), 1U);
  EXPECT_EQ(received<CheckReport>().front().generation, 99U);
  EXPECT_EQ(::waitpid(pid, nullptr, WNOHANG), -1);
  EXPECT_TRUE(deaths.empty());
  EXPECT_EQ(starts, 1);
}

TEST_F(SupervisorTest, StopKillsAChildThatStays) {
  RoleConfig with = role("stays");
  with.stop_limit = 200ms;
  supervise(with);
  ASSERT_TRUE(run_until([&] { return !received<Pong>().empty(); }));
  bool stopped = false;
  supervisor->stop([&] { stopped = true; });
  EXPECT_TRUE(run_until([&] { return stopped; }));
}

TEST_F(SupervisorTest, StopBetweenTwoLives) {
  RoleConfig with = role("fails");
  with.respawn = {.first = 1h, .longest = 1h, .steady = 1h};
  supervise(with);
  ASSERT_TRUE(run_until([&] { return !deaths.empty(); }));
  bool stopped = false;
  supervisor->stop([&] { stopped = true; });
  EXPECT_TRUE(run_until([&] { return stopped; }));
  EXPECT_EQ(starts, 1);
}

}  // namespace
}  // namespace evenkeel::daemon
