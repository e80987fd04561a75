#include "daemon/process/lock_holder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <sys/sysmacros.h>

namespace evenkeel::daemon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr pid_t kMain = 100;
constexpr pid_t kVrrp = 101;
constexpr pid_t kStranger = 4711;
constexpr uid_t kVrrpUser = 990;

class Host {
 public:
  std::map<pid_t, ProcessFacts> processes;

  LockHolder judge(const LockDeclaration& declared, const std::vector<pid_t>& lockers) const {
    const std::vector<uid_t> users{0, kVrrpUser};
    return judge_holder({.declared = declared,
                         .lockers = lockers,
                         .our_users = users,
                         .find = [this](pid_t pid) -> std::optional<ProcessFacts> {
                           const auto found = processes.find(pid);
                           if (found == processes.end()) return std::nullopt;
                           return found->second;
                         }});
  }
};

Host with_daemon() {
  return {.processes = {{kMain, {.uid = 0, .parent = 1, .command = "evenkeeld"}},
                        {kVrrp, {.uid = kVrrpUser, .parent = kMain, .command = "evenkeel-vrrp"}}}};
}

Host with_stranger() {
  return {.processes = {{kStranger, {.uid = 1000, .parent = 1, .command = "flock"}}}};
}

TEST(LockDeclaration, IsANumberAndPerhapsAWord) {
  EXPECT_EQ(parse_lock_declaration("123\n").pid, 123);
  EXPECT_FALSE(parse_lock_declaration("123\n").is_leaving);
  EXPECT_EQ(parse_lock_declaration("123 leaving\n").pid, 123);
  EXPECT_TRUE(parse_lock_declaration("123 leaving\n").is_leaving);
  for (const char* text : {"", "\n", "-1\n", "0\n", "12x\n", "leaving\n", "99999999999\n"}) {
    EXPECT_EQ(parse_lock_declaration(text).pid, 0) << text;
  }
}

TEST(Lockers, AreThoseOfTheFileThatDoNotWait) {
  constexpr auto kText =
      "1: FLOCK  ADVISORY  WRITE 100 00:1a:5678 0 EOF\n"
      "1: -> FLOCK  ADVISORY  WRITE 4711 00:1a:5678 0 EOF\n"
      "2: POSIX  ADVISORY  WRITE 102 00:1a:5678 0 EOF\n"
      "3: FLOCK  ADVISORY  WRITE 103 00:1b:5678 0 EOF\n"
      "4: FLOCK  ADVISORY  READ  104 00:1a:567 0 EOF\n"
      "5: FLOCK  ADVISORY  WRITE -1 00:1a:5678 0 EOF\n"
      "6: FLOCK";
  EXPECT_THAT(parse_lockers(kText, makedev(0, 0x1a), 5678), ElementsAre(100));
  EXPECT_THAT(parse_lockers(kText, makedev(0, 0x1a), 567), ElementsAre(104));
  EXPECT_THAT(parse_lockers("", makedev(0, 0x1a), 567), IsEmpty());
}

TEST(ProcessStatus, IsReadWithItsNameMadePrintable) {
  const ProcessFacts facts = parse_process_status(
      "Name:\tweb \x1b[31m\nUmask:\t0022\nPPid:\t7\nUid:\t1000\t0\t0\t0\nGid:\t5\t5\t5\t5\n");
  EXPECT_EQ(facts.command, "web ?[31m");
  EXPECT_EQ(facts.parent, 7);
  EXPECT_EQ(facts.uid, 1000U);
  EXPECT_FALSE(parse_process_status("Name:\tx\n").uid);
}

TEST(LockHolder, IsADaemonThatLives) {
  const LockHolder holder = with_daemon().judge({.pid = kMain}, {kMain});
  EXPECT_TRUE(holder.is_evenkeel);
  EXPECT_FALSE(holder.is_leaving);
  EXPECT_EQ(describe(holder, "/run/x/lock"), "evenkeeld is running already, pid 100 (/run/x/lock)");
}

TEST(LockHolder, IsADaemonWhoseChildWroteTheDeclaration) {
  Host host = with_daemon();
  const LockDeclaration declared{.pid = kVrrp, .is_leaving = true};
  EXPECT_TRUE(host.judge(declared, {kMain}).is_evenkeel);
  EXPECT_TRUE(host.judge(declared, {kMain}).is_leaving);
  // Main is dead: the kernel still names it, or names nobody.
  host.processes.erase(kMain);
  for (const std::vector<pid_t>& lockers : {std::vector<pid_t>{kMain}, std::vector<pid_t>{}}) {
    const LockHolder holder = host.judge(declared, lockers);
    EXPECT_TRUE(holder.is_evenkeel);
    EXPECT_EQ(describe(holder, "l"), "evenkeeld is leaving already, pid 101 (l)");
  }
}

TEST(LockHolder, IsAStrangerWhateverTheDeadHaveWritten) {
  const LockHolder holder = with_stranger().judge({.pid = kMain, .is_leaving = true}, {kStranger});
  EXPECT_FALSE(holder.is_evenkeel);
  EXPECT_FALSE(holder.is_leaving);
  EXPECT_EQ(describe(holder, "/run/x/lock"),
            "/run/x/lock is locked by process 4711 (flock, user 1000), which is not evenkeeld");
}

TEST(LockHolder, IsAStrangerWithADaemonsOldNumber) {
  Host host = with_stranger();
  host.processes[kMain] = {.uid = 1000, .parent = 1, .command = "evenkeeld"};
  EXPECT_FALSE(host.judge({.pid = kMain}, {kMain}).is_evenkeel) << "not our user";
  EXPECT_FALSE(host.judge({.pid = kMain}, {}).is_evenkeel);
  host.processes[kMain] = {.uid = 0, .parent = 1, .command = "cron"};
  EXPECT_FALSE(host.judge({.pid = kMain}, {}).is_evenkeel);
  EXPECT_FALSE(host.judge({.pid = kMain}, {kStranger}).is_evenkeel) << "somebody else has it";
}

TEST(LockHolder, ADeadOneIsNotNamed) {
  const LockHolder holder = Host{}.judge({.pid = kMain}, {kStranger});
  EXPECT_FALSE(holder.is_evenkeel);
  EXPECT_EQ(holder.pid, 0);
  EXPECT_EQ(describe(holder, "/run/x/lock").find_first_of("0123456789"), std::string::npos);
}

}  // namespace
}  // namespace evenkeel::daemon
