// When scripts run, and what becomes of it over a reload. The spawner is the test.
#include "daemon/scripts/script_tracks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/run_until.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using vrrp::TrackResult;
using vrrp::TrackState;

class Scripts : public testing::Test {
 protected:
  struct Asked {
    RunId run;
    ProgramId program;
  };

  static Script script(const std::string& name, const std::string& file = "/bin/a") {
    return {.name = name, .command = {file}, .user = "mail", .interval = 1ms, .timeout = 1ms};
  }
  void configure(const std::vector<Script>& scripts) {
    ids_.begin();
    const Users users = {{"mail", {.uid = 8, .gid = 12, .groups = {12}}}};
    tracks_.configure(scripts, users, ids_);
  }
  bool is_asked(std::size_t times) {
    return run_until(loop_, [&] { return asked_.size() >= times; });
  }
  void end_last(int status) {
    tracks_.has_ended({.run = asked_.back().run,
                       .how = RunEnd::Exit,
                       .number = status,
                       .last_line = {},
                       .duration = {}});
  }
  void turn() {
    loop_.restart();
    loop_.poll();
  }

  boost::asio::io_context loop_;
  ProgramIds ids_;
  RunId last_run_ = 0;
  std::vector<Asked> asked_;
  std::map<std::string, TrackResult> told_;
  ScriptTracks tracks_{loop_,
                       {.run =
                            [this](ProgramId program) {
                              asked_.push_back({++last_run_, program});
                              return last_run_;
                            },
                        .on_results =
                            [this](const std::vector<vrrp::NamedTrackResult>& results) {
                              for (const auto& each : results) told_[each.name] = each.result;
                            }}};
};

TEST_F(Scripts, ProgramsAreOnTheListAsTheyAreWritten) {
  Script sudo = script("b", "/bin/b");
  sudo.setuid = true;
  configure({script("a"), sudo});
  const auto list = ids_.list();
  ASSERT_THAT(list, SizeIs(2));
  EXPECT_EQ(list[0].arguments, Arguments{"/bin/a"});
  EXPECT_EQ(list[0].uid, 8U);
  EXPECT_EQ(list[0].gid, 12U);
  EXPECT_EQ(list[0].timeout, 1ms);
  EXPECT_FALSE(list[0].may_gain_privileges);
  EXPECT_FALSE(list[0].may_overlap) << "one that cannot be killed is not run again beside it";
  EXPECT_TRUE(list[1].may_gain_privileges);
}

TEST_F(Scripts, OneAtATime) {
  configure({script("a")});
  ASSERT_TRUE(is_asked(1));
  loop_.restart();
  loop_.run_for(20ms);  // twenty intervals
  EXPECT_THAT(asked_, SizeIs(1));
  end_last(0);
  EXPECT_EQ(told_["a"].state, TrackState::Holds);
  EXPECT_TRUE(is_asked(2));
}

TEST_F(Scripts, WhatStaysTheSameKeepsWhatIsKnown) {
  configure({script("a")});
  ASSERT_TRUE(is_asked(1));
  end_last(1);
  ASSERT_TRUE(is_asked(2));
  told_.clear();
  Script slower = script("a");
  slower.interval = 2ms;
  configure({slower, script("b", "/bin/b")});
  turn();
  EXPECT_FALSE(told_.contains("a"));
  const std::size_t before = asked_.size();
  tracks_.has_ended({.run = 2, .how = RunEnd::Exit, .number = 0, .last_line = {}, .duration = {}});
  EXPECT_EQ(told_["a"].state, TrackState::Holds) << "the run that was under way counts";
  EXPECT_TRUE(is_asked(before + 1));
}

TEST_F(Scripts, AnotherProgramIsAnotherScript) {
  configure({script("a")});
  ASSERT_TRUE(is_asked(1));
  end_last(1);
  ASSERT_EQ(told_["a"].state, TrackState::Fails);
  ASSERT_TRUE(is_asked(2));
  configure({script("a", "/bin/other")});
  turn();
  EXPECT_EQ(told_["a"].state, TrackState::Unknown);
  tracks_.has_ended({.run = 2, .how = RunEnd::Exit, .number = 1, .last_line = {}, .duration = {}});
  EXPECT_EQ(told_["a"].state, TrackState::Unknown) << "that was the program before";
  EXPECT_TRUE(run_until(loop_, [&] { return asked_.back().program == ids_.list()[0].id; }));
}

TEST_F(Scripts, WithoutItsUserItCannotRunAndIsOnNoList) {
  Script other = script("a");
  other.user = "nobody-there";
  configure({other});
  EXPECT_THAT(ids_.list(), IsEmpty());
  EXPECT_THAT(told_, IsEmpty()) << "the new configuration is not in force yet";
  ASSERT_TRUE(run_until(loop_, [&] { return told_["a"].state == TrackState::CannotRun; }));
  EXPECT_THAT(told_["a"].reason, ::testing::HasSubstr("the user \"nobody-there\" was not found"));
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(Scripts, WhatIsLostIsStaleAndIsTriedAgain) {
  configure({script("a")});
  ASSERT_TRUE(is_asked(1));
  end_last(0);
  ASSERT_TRUE(is_asked(2));
  tracks_.has_ended({.run = 2, .how = RunEnd::Lost, .last_line = {}, .duration = {}});
  EXPECT_EQ(told_["a"].state, TrackState::Holds);
  EXPECT_TRUE(told_["a"].is_stale);
  ASSERT_TRUE(is_asked(3));
  end_last(0);
  EXPECT_FALSE(told_["a"].is_stale);
}

TEST_F(Scripts, NothingIsRunAfterTheStop) {
  configure({script("a")});
  ASSERT_TRUE(is_asked(1));
  tracks_.stop();
  end_last(1);
  loop_.restart();
  loop_.run_for(5ms);
  EXPECT_THAT(asked_, SizeIs(1));
  EXPECT_THAT(told_, IsEmpty());
}

}  // namespace
}  // namespace evenkeel::daemon
