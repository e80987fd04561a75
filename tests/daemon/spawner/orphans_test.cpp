#include "daemon/spawner/orphans.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace evenkeel::daemon {
namespace {

std::string stat_line(const std::string& name, const std::string& state) {
  return "4711 (" + name + ") " + state +
         " 1 4711 4711 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654321 111 222 333\n";
}

TEST(Orphans, TheBeginningStandsBehindTheName) {
  EXPECT_EQ(parse_process_stat(stat_line("sh", "S")), (ProcessStat{987654321}));
  EXPECT_EQ(parse_process_stat(stat_line("a) Z (b 1 2 3", "S")), (ProcessStat{987654321}));
  for (const char* const bad : {"", "4711", "4711 (sh)", "4711 (sh) ", "4711 (sh) S 1 2 3"}) {
    EXPECT_EQ(parse_process_stat(bad), std::nullopt) << bad;
  }
}

TEST(Orphans, OneThatBeganBeforeAllRunsBelongsToNone) {
  const ProcessStat orphan{.began = 100};
  EXPECT_FALSE(may_belong_to(orphan, {}));
  EXPECT_FALSE(may_belong_to(orphan, {101, 500}));
  EXPECT_TRUE(may_belong_to(orphan, {100}));
  EXPECT_TRUE(may_belong_to(orphan, {500, 7}));
}

TEST(Orphans, AChildIsFoundWhileItLivesAndUntilItIsReaped) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    char octet = 0;
    ::close(ends[1]);
    ::_exit(static_cast<int>(::read(ends[0], &octet, 1)));
  }
  EXPECT_EQ(children(), std::vector{child});
  EXPECT_FALSE(reap_dead(child));
  ASSERT_TRUE(stat_of(child));
  ::close(ends[1]);
  ::close(ends[0]);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(children(), std::vector{child});
  EXPECT_TRUE(reap_dead(child));
  EXPECT_TRUE(children().empty());
  EXPECT_TRUE(reap_dead(child)) << "nobody's any more";
}

}  // namespace
}  // namespace evenkeel::daemon
