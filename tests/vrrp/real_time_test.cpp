// What changes the whole process is done in a child. lock_memory() is tried in the lab: the
// sanitisers of this build make mlockall do nothing.
#include "vrrp/real_time.h"

#include <atomic>
#include <csignal>
#include <gtest/gtest.h>
#include <sched.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace evenkeel::vrrp {
namespace {

constexpr std::size_t kStack = std::size_t{256} * 1024;

/// The wait status of a child that does `deed` and leaves with its result.
int status_of(const std::function<int()>& deed) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(deed());
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

bool may_be_real_time() {
  bool may = false;
  auto thread = Thread::start("probe", kStack, [&] { may = !become_real_time(1); });
  if (thread) thread->join();
  return may;
}

TEST(RealTime, IsAThreadsOwn) {
  if (!may_be_real_time()) GTEST_SKIP() << "NOT TESTED: this user may have no real-time priority";
  int policy = -1;
  int priority = -1;
  bool was_real_time = true;
  bool is_now = false;
  auto thread = Thread::start("engine", kStack, [&] {
    was_real_time = is_real_time();
    EXPECT_EQ(become_real_time(20), std::error_code());
    is_now = is_real_time();
    policy = ::sched_getscheduler(0);
    sched_param parameters{};
    ::sched_getparam(0, &parameters);
    priority = parameters.sched_priority;
  });
  ASSERT_TRUE(thread);
  thread->join();
  EXPECT_FALSE(was_real_time);
  EXPECT_TRUE(is_now);
  EXPECT_EQ(policy, SCHED_RR | SCHED_RESET_ON_FORK);
  EXPECT_EQ(priority, 20);
  EXPECT_FALSE(is_real_time()) << "this thread";
}

TEST(RealTime, IsNotInheritedByAThread) {
  if (!may_be_real_time()) GTEST_SKIP() << "NOT TESTED: this user may have no real-time priority";
  bool inherited = true;
  auto outer = Thread::start("outer", kStack, [&] {
    EXPECT_EQ(become_real_time(20), std::error_code());
    auto inner = Thread::start("inner", kStack, [&] { inherited = is_real_time(); });
    EXPECT_TRUE(inner);
  });
  ASSERT_TRUE(outer);
  outer->join();
  EXPECT_FALSE(inherited);
}

TEST(RealTime, RefusesAPriorityThereIsNot) {
  EXPECT_EQ(become_real_time(0), std::errc::invalid_argument);
  EXPECT_EQ(become_real_time(100), std::errc::invalid_argument);
  EXPECT_FALSE(is_real_time());
}

TEST(RealTime, FuseEndsAThreadThatSpins) {
  if (!may_be_real_time()) GTEST_SKIP() << "NOT TESTED: this user may have no real-time priority";
  const int status = status_of([] {
    if (limit_real_time()) return 1;
    rlimit limit{};
    if (::getrlimit(RLIMIT_RTTIME, &limit) != 0) return 2;
    if (limit.rlim_cur != 1'000'000 || limit.rlim_max != 2'000'000) return 3;
    if (become_real_time(1)) return 4;
    std::atomic<unsigned> turns = 0;
    while (true) ++turns;
  });
  EXPECT_TRUE(WIFSIGNALED(status)) << "wait status " << status;
  EXPECT_EQ(WTERMSIG(status), SIGXCPU);
}

TEST(ThreadTest, HasItsStackAndName) {
  std::size_t stack = 0;
  std::string name(16, '\0');
  std::atomic<bool> may_look = false;
  auto thread = Thread::start("writer", kStack, [&] {
    while (!may_look) ::sched_yield();
    prefault_stack(kStack / 2);
    pthread_attr_t attributes;
    ASSERT_EQ(::pthread_getattr_np(::pthread_self(), &attributes), 0);
    ::pthread_attr_getstacksize(&attributes, &stack);
    ::pthread_attr_destroy(&attributes);
    ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  });
  ASSERT_TRUE(thread);
  may_look = true;
  thread->join();
  EXPECT_EQ(stack, kStack);
  EXPECT_STREQ(name.c_str(), "writer");
}

TEST(ThreadTest, IsJoinedByItsEndAndByAnother) {
  int done = 0;
  {
    auto first = Thread::start("first", kStack, [&] { ++done; });
    ASSERT_TRUE(first);
    Thread moved = std::move(*first);
    auto second = Thread::start("second", kStack, [] {});
    ASSERT_TRUE(second);
    moved = std::move(*second);
    EXPECT_EQ(done, 1) << "joined where it was replaced";
  }
  EXPECT_EQ(Thread::start("small", 1, [] {}).error(), std::errc::invalid_argument);
}

TEST(PrefaultStack, MakesThePagesPresent) {
  long before = 0;
  long after = 0;
  const auto faults = [] {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_minflt;
  };
  auto thread = Thread::start("stack", kStack * 8, [&] {
    before = faults();
    prefault_stack(kStack * 4);
    after = faults();
  });
  ASSERT_TRUE(thread);
  thread->join();
  EXPECT_GE(after - before, 200) << "1 MiB has 256 pages";
}

}  // namespace
}  // namespace evenkeel::vrrp
