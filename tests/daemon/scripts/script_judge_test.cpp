#include "daemon/scripts/script_judge.h"

#include <cerrno>
#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

using vrrp::TrackResult;
using vrrp::TrackState;

TrackResult result(TrackState state, std::string reason = "", bool is_stale = false) {
  return {.state = state, .is_stale = is_stale, .number = 0, .reason = std::move(reason)};
}

class Judging : public testing::Test {
 protected:
  TrackResult after(RunEnd how, int number = 0, const std::string& line = "",
                    RunStep step = RunStep::None) {
    judge_.record(
        {.run = 1, .how = how, .number = number, .step = step, .last_line = line, .duration = {}});
    return judge_.result();
  }
  TrackResult cannot_run() { return after(RunEnd::CannotRun, ENOENT, "", RunStep::Execute); }

  Script script_{.name = "a", .command = {"/bin/a"}, .rise = 2, .fall = 3};
  ScriptJudge judge_{script_};
};

const std::string kNoFile = "cannot run: execute: No such file or directory";

TEST_F(Judging, TheFirstRunDecides) {
  EXPECT_EQ(judge_.result(), result(TrackState::Unknown));
  EXPECT_EQ(after(RunEnd::Exit, 7, "no\x1b primary"),
            result(TrackState::Fails, "exit status 7: no\\x1b primary"));
}

TEST_F(Judging, RiseAndFallAreCounted) {
  EXPECT_EQ(after(RunEnd::Exit, 0, "well"), result(TrackState::Holds));
  EXPECT_EQ(after(RunEnd::Exit, 1, "a"), result(TrackState::Holds, "exit status 1 (1 of 3): a"));
  EXPECT_EQ(after(RunEnd::Signal, 11), result(TrackState::Holds, "killed by signal 11 (2 of 3)"));
  EXPECT_EQ(after(RunEnd::Deadline), result(TrackState::Fails, "did not end in time"));
  EXPECT_EQ(after(RunEnd::Exit), result(TrackState::Fails, "passes again (1 of 2)"));
  EXPECT_EQ(after(RunEnd::Exit), result(TrackState::Holds));
}

TEST_F(Judging, WhatCannotBeRunIsNoFailure) {
  static_cast<void>(after(RunEnd::Exit));
  EXPECT_EQ(cannot_run(), result(TrackState::Holds, kNoFile));
  EXPECT_EQ(cannot_run(), result(TrackState::Holds, kNoFile));
  EXPECT_EQ(cannot_run(), result(TrackState::CannotRun, kNoFile));
  EXPECT_EQ(after(RunEnd::Exit), result(TrackState::Holds));
}

TEST_F(Judging, WhatNeverRanCannotRunAtOnce) {
  EXPECT_EQ(cannot_run(), result(TrackState::CannotRun, kNoFile));
  EXPECT_EQ(after(RunEnd::Exit, 1), result(TrackState::Fails, "exit status 1"));
  EXPECT_EQ(cannot_run(), result(TrackState::Fails, kNoFile));
}

TEST_F(Judging, WhatWasLostIsStale) {
  EXPECT_EQ(after(RunEnd::Lost), result(TrackState::Unknown));
  EXPECT_TRUE(judge_.was_lost());
  static_cast<void>(after(RunEnd::Exit, 1));
  EXPECT_EQ(after(RunEnd::Lost), result(TrackState::Fails, "exit status 1", true));
  EXPECT_EQ(after(RunEnd::Exit), result(TrackState::Fails, "passes again (1 of 2)"));
  EXPECT_FALSE(judge_.was_lost());
}

TEST_F(Judging, OtherLimitsKeepTheVerdict) {
  static_cast<void>(after(RunEnd::Exit, 1));
  script_.rise = 1;
  judge_.configure(script_);
  EXPECT_EQ(judge_.result(), result(TrackState::Fails, "exit status 1"));
  EXPECT_EQ(after(RunEnd::Exit), result(TrackState::Holds));
}

}  // namespace
}  // namespace evenkeel::daemon
