// The spawner on a loop of the test's own, a turn at a time.
#include "daemon/spawner/spawner.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/spawner/orphans.h"
#include "daemon/spawner/run_queue.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

Program program(ProgramId id) {
  Program result;
  result.id = id;
  result.arguments = {"/bin/true"};
  result.uid = ::geteuid();
  result.gid = ::getegid();
  return result;
}

class SpawnerTest : public testing::Test {
 protected:
  SpawnerTest()
      : spawner_(loop_, false, std::nullopt,
                 {.report = [this](const RunReport& report) { return take(report); },
                  .warn = [](const std::string& text) { ADD_FAILURE() << text; },
                  .on_overflow = [] { ADD_FAILURE(); }}) {}

  bool take(const RunReport& report) {
    if (!has_room_) return false;
    ++(std::holds_alternative<RunStarted>(report) ? begun_ : ended_);
    return true;
  }
  void run(std::size_t programs) {
    std::vector<Program> list;
    for (ProgramId id = 1; id <= programs; ++id) list.push_back(program(id));
    spawner_.configure(list);
    for (const Program& each : list) {
      spawner_.run({.run = each.id, .program = each.id, .settings = {}});
    }
  }
  /// Calls `look` after each turn, until it says so; what does not come in a minute does not come.
  template <typename Look>
  void turn_until(const Look& look) {
    const auto end = std::chrono::steady_clock::now() + 1min;
    do {
      loop_.restart();
      loop_.run_one_for(100ms);
      ASSERT_LT(std::chrono::steady_clock::now(), end);
    } while (!look());
  }

  boost::asio::io_context loop_;
  bool has_room_ = true;
  std::size_t begun_ = 0, ended_ = 0;
  Spawner spawner_;
};

/// Between two turns main's pings are answered, however long a fork takes.
TEST_F(SpawnerTest, FewRunsBeginInATurnOfTheLoop) {
  run(RunQueue::kMaxRunning);
  EXPECT_EQ(begun_, 0U);
  std::size_t most = 0, before = 0;
  turn_until([&] {
    most = std::max(most, begun_ - before);
    before = begun_;
    return ended_ == RunQueue::kMaxRunning;
  });
  EXPECT_GT(most, 0U);
  EXPECT_LE(most, 4U);
}

TEST_F(SpawnerTest, NoRunBeginsWhileAReportWaitsForRoom) {
  has_room_ = false;
  run(3);
  std::size_t most = 0;
  turn_until([&] {
    most = std::max(most, children().size());
    return most > 0 && children().empty();
  });
  EXPECT_EQ(most, 1U) << "that it had begun could not be told";
  has_room_ = true;
  spawner_.resume();
  turn_until([&] { return ended_ == 3; });
  EXPECT_EQ(begun_, 3U);
}

}  // namespace
}  // namespace evenkeel::daemon
