// On the unified hierarchy, wherever it is mounted, where we may make control groups.
#include "daemon/spawner/control_groups.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <optional>
#include <sstream>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

/// "" = there is none.
std::string unified_mount() {
  std::ifstream mounts("/proc/self/mounts");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string device, place, type;
    words >> device >> place >> type;
    if (type == "cgroup2") return place;
  }
  return "";
}

/// A control group of its own, from which everything goes back and which is removed in the end.
class ControlGroupsTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string mount = unified_mount();
    std::ifstream here("/proc/self/cgroup");
    std::string line;
    while (std::getline(here, line) && line.rfind("0::", 0) != 0) {
    }
    home_ = mount + (line.size() > 3 ? line.substr(3) : "/");
    top = home_ + "/evenkeel-test-" + std::to_string(::getpid());
    std::error_code error;
    if (mount.empty() || !std::filesystem::create_directory(top, error)) {
      top = "";
      GTEST_SKIP() << "NOT TESTED: it takes the right to make control groups";
    }
  }

  void TearDown() override {
    if (top.empty()) return;
    std::ofstream(home_ + "/cgroup.procs") << ::getpid() << std::flush;
    std::vector<std::filesystem::path> made = {top};
    for (const auto& each : std::filesystem::recursive_directory_iterator(top)) {
      if (each.is_directory()) made.push_back(each.path());
    }
    for (auto each = made.rbegin(); each != made.rend(); ++each) ::rmdir(each->c_str());
    EXPECT_FALSE(std::filesystem::exists(top)) << "a process was left in it";
  }

  /// Processes of the group that have not died.
  [[nodiscard]] std::size_t processes_of(std::size_t group) const {
    std::ifstream list(top + "/spawner/run-" + std::to_string(group) + "/cgroup.procs");
    std::size_t count = 0;
    for (std::string line; std::getline(list, line);) ++count;
    return count;
  }

  template <typename Condition>
  static bool wait_until(Condition condition) {
    for (int i = 0; i < 5000 && !condition(); ++i) std::this_thread::sleep_for(2ms);
    return condition();
  }

  std::string top;

 private:
  std::string home_;
};

/// Of a child, which ends also where the test is killed.
[[noreturn]] void wait_to_be_killed() {
  ::alarm(300);
  for (;;) ::pause();
}

/// A process that enters the group and leaves two more in sessions of their own. Returns its pid.
pid_t start_three(int entrance) {
  std::array<int, 2> ready{};
  EXPECT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    bool is_inside = ::write(entrance, "0", 1) == 1;
    for (int i = 0; i < 2; ++i) {
      if (::fork() == 0) {
        ::setsid();
        ::signal(SIGTERM, SIG_IGN);
        if (::fork() > 0) ::_exit(0);
        (void)!::write(ready[1], "x", 1);
        wait_to_be_killed();
      }
    }
    (void)!::write(ready[1], is_inside ? "y" : "n", 1);
    wait_to_be_killed();
  }
  ::close(ready[1]);
  std::string words;
  std::array<char, 8> part{};
  while (words.size() < 3) {
    const ssize_t got = ::read(ready[0], part.data(), part.size());
    if (got <= 0) break;
    words.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(ready[0]);
  EXPECT_EQ(words.find('n'), std::string::npos) << "could not enter";
  EXPECT_EQ(words.size(), 3U);
  return child;
}

TEST_F(ControlGroupsTest, WhatIsInAGroupIsKilledAsAWhole) {
  auto groups = ControlGroups::set_up_below(top, ::geteuid());
  ASSERT_TRUE(groups) << groups.error();
  const auto first = groups->take();
  const auto second = groups->take();
  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
  const pid_t one = start_three(groups->entrance_of(*first));
  const pid_t two = start_three(groups->entrance_of(*second));
  EXPECT_TRUE(wait_until([&] { return processes_of(*first) == 3; }));

  groups->give_back(*first);
  const auto third = groups->take();
  ASSERT_TRUE(third);
  EXPECT_NE(*third, *first) << "somebody is in it";
  groups->kill(*first);
  ::waitpid(one, nullptr, 0);
  EXPECT_TRUE(wait_until([&] { return processes_of(*first) == 0; }));
  EXPECT_EQ(processes_of(*second), 3U);
  bool is_used_again = false;
  EXPECT_TRUE(wait_until([&] { return is_used_again = is_used_again || groups->take() == first; }));

  // A spawner that comes after this one.
  auto next = ControlGroups::set_up_below(top, ::geteuid());
  ASSERT_TRUE(next) << next.error();
  next->kill_all();
  ::waitpid(two, nullptr, 0);
  EXPECT_TRUE(wait_until([&] { return processes_of(*second) == 0; }));
}

constexpr uid_t kOwner = 65534;

/// As the spawner of the unit begins: root with few capabilities, and CAP_DAC_OVERRIDE is not among
/// them.
std::optional<ControlGroups> set_up_as_in_the_unit(const std::string& top) {
  constexpr std::uint32_t kFew =
      1U << CAP_CHOWN | 1U << CAP_SETUID | 1U << CAP_SETGID | 1U << CAP_KILL;
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> few{
      {{.effective = kFew, .permitted = kFew, .inheritable = 0}, {}}};
  if (::syscall(SYS_capset, &header, few.data()) != 0) return std::nullopt;
  ::umask(0077);
  auto groups = ControlGroups::set_up_below(top, kOwner);
  if (!groups) {
    std::fprintf(stderr, "%s\n", groups.error().c_str());
    return std::nullopt;
  }
  if (::setresgid(kOwner, kOwner, kOwner) != 0 || ::setresuid(kOwner, kOwner, kOwner) != 0) {
    return std::nullopt;
  }
  return std::move(*groups);
}

/// The exit status of a process that does this.
template <typename Work>
int status_of(const Work& work) {
  const pid_t process = ::fork();
  if (process == 0) ::_exit(work());
  int status = 0;
  ::waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Made by root, used by the spawner's user, whose programs are other users'; then the spawner
/// dies, and another one comes.
TEST_F(ControlGroupsTest, TheirOwnerUsesThemWithoutAnyPrivilegeAndSoDoesTheNext) {
  if (::geteuid() != 0) GTEST_SKIP() << "NOT TESTED: it takes root";
  EXPECT_EQ(status_of([&] {
              auto groups = set_up_as_in_the_unit(top);
              const auto killed = groups ? groups->take() : std::nullopt;
              const auto left = groups ? groups->take() : std::nullopt;
              if (!killed || !left) return 1;
              const auto start_in = [&](std::size_t group) {
                const pid_t program = ::fork();
                if (program != 0) return program;
                if (::write(groups->entrance_of(group), "0", 1) != 1) ::_exit(3);
                wait_to_be_killed();
              };
              const pid_t program = start_in(*killed);
              (void)start_in(*left);
              if (!wait_until([&] { return processes_of(*killed) + processes_of(*left) == 2; })) {
                return 2;
              }
              groups->kill(*killed);
              int status = 0;
              ::waitpid(program, &status, 0);
              return WIFSIGNALED(status) ? 0 : 4;
            }),
            0);
  EXPECT_EQ(processes_of(1), 1U) << "left by the one that has died";
  EXPECT_EQ(status_of([&] {
              auto groups = set_up_as_in_the_unit(top);
              if (!groups) return 1;
              groups->kill_all();
              if (!wait_until([&] { return processes_of(1) == 0; })) return 2;
              return groups->take() ? 0 : 3;
            }),
            0);
}

TEST_F(ControlGroupsTest, NoneIsTakenThatIsNotDelegated) {
  const auto groups = ControlGroups::set_up(::geteuid());
  ASSERT_TRUE(groups) << groups.error();
  EXPECT_FALSE(*groups);
}

}  // namespace
}  // namespace evenkeel::daemon
