// When script checks run. The spawner is the test.
#include "daemon/scripts/script_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/run_until.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using checks::Reason;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ScriptChecking : public testing::Test {
 protected:
  static checks::ListedCheck listed(checks::CheckId id, const std::string& user = "mail") {
    checks::Check check;
    check.probe =
        checks::ScriptCheck{.command = {"/bin/a"}, .user = user, .real_server = std::to_string(id)};
    check.interval = check.fast_interval = check.timeout = 1ms;
    check.down_interval = 1h;
    return {.id = id, .check = check, .not_down = {}, .down = {}};
  }
  void configure(std::vector<checks::ListedCheck> list) {
    ids_.begin();
    const Users users = {{"mail", {.uid = 8, .gid = 12, .groups = {12}}}};
    checks_.configure(std::move(list), users, ids_);
  }
  bool is_told(std::size_t outcomes) {
    return run_until(loop_, [&] { return told_.size() >= outcomes; });
  }
  void turn_for(std::chrono::milliseconds time) {
    loop_.restart();
    loop_.run_for(time);
  }
  bool is_asked(std::size_t times) {
    return run_until(loop_, [&] { return asked_.size() >= times; });
  }
  void end(RunId run, int status) {
    checks_.has_ended(
        {.run = run, .how = RunEnd::Exit, .number = status, .last_line = {}, .duration = {}});
  }

  boost::asio::io_context loop_;
  ProgramIds ids_;
  std::vector<ProgramId> asked_;  ///< the run is the place, from 1
  std::vector<ScriptOutcome> told_;
  ScriptChecks checks_{loop_,
                       {.run =
                            [this](ProgramId program) {
                              asked_.push_back(program);
                              return asked_.size();
                            },
                        .on_outcomes =
                            [this](const std::vector<ScriptOutcome>& outcomes) {
                              told_.insert(told_.end(), outcomes.begin(), outcomes.end());
                            },
                        .log = [](const std::vector<Notice>& /*notices*/) {}}};
};

TEST_F(ScriptChecking, EachServerHasAProgram) {
  configure({listed(3), listed(4)});
  ASSERT_THAT(ids_.list(), SizeIs(2));
  ASSERT_TRUE(is_asked(2));
  EXPECT_NE(asked_[0], asked_[1]);
  end(1, 0);
  ASSERT_TRUE(is_told(1));
  EXPECT_EQ(told_[0].outcome.reason, Reason::Passed);
}

TEST_F(ScriptChecking, OneAtATimeAndAtThePaceOfItsHealth) {
  configure({listed(3)});
  ASSERT_TRUE(is_asked(1));
  turn_for(20ms);
  EXPECT_THAT(asked_, SizeIs(1)) << "it runs still";
  end(1, 0);
  ASSERT_TRUE(is_asked(2));
  end(2, 1);
  ASSERT_TRUE(is_asked(3));
  end(3, 1);
  ASSERT_TRUE(is_asked(4));
  end(4, 1);
  turn_for(20ms);
  EXPECT_THAT(asked_, SizeIs(4)) << "down: an hour";
}

TEST_F(ScriptChecking, AServerThatMayBeInUseIsLookedAtAgainAfterItsFirstFailure) {
  configure({listed(3)});  // its down_interval is an hour
  for (RunId run = 1; run <= 3; ++run) {
    ASSERT_TRUE(is_asked(run));
    end(run, 1);
  }
  turn_for(20ms);
  EXPECT_THAT(asked_, SizeIs(3)) << "it is down, whoever had trusted it";
}

TEST_F(ScriptChecking, OthersHavePlacesAtTheSpawnerToo) {
  std::vector<checks::ListedCheck> list;
  for (checks::CheckId id = 0; id < 2 * ScriptChecks::kMaxOpen; ++id) list.push_back(listed(id));
  configure(list);
  ASSERT_TRUE(is_asked(ScriptChecks::kMaxOpen));
  turn_for(20ms);
  EXPECT_THAT(asked_, SizeIs(ScriptChecks::kMaxOpen));
  loop_.restart();
  EXPECT_EQ(loop_.poll(), 0U) << "it waits for the end of a run, and for no timer";
  end(1, 0);
  EXPECT_THAT(asked_, SizeIs(ScriptChecks::kMaxOpen + 1));
  configure({});
  end(2, 0);
  EXPECT_THAT(asked_, SizeIs(ScriptChecks::kMaxOpen + 1));
}

TEST_F(ScriptChecking, TheFirstRoundEndsWithTheLastOutcome) {
  EXPECT_TRUE(checks_.is_first_round_done()) << "there is none";
  configure({listed(3), listed(4)});
  ASSERT_TRUE(is_asked(2));
  end(1, 0);
  ASSERT_TRUE(is_told(1));
  EXPECT_FALSE(checks_.is_first_round_done());
  configure({listed(3), listed(4), listed(5)});
  end(2, 0);
  ASSERT_TRUE(is_told(2));
  EXPECT_FALSE(checks_.is_first_round_done());
  configure({listed(3), listed(4)});
  EXPECT_TRUE(checks_.is_first_round_done());
}

TEST_F(ScriptChecking, WhatIsLostWithTheSpawnerIsRunAgain) {
  checks::ListedCheck check = listed(3);
  check.check.interval = 1h;
  configure({check});
  ASSERT_TRUE(is_asked(1));
  checks_.has_ended({.run = 1, .how = RunEnd::Lost, .last_line = {}});
  ASSERT_TRUE(is_told(1));
  EXPECT_EQ(told_[0].outcome.reason, Reason::LocalError);
  ASSERT_TRUE(is_asked(2)) << "not in an hour";
}

TEST_F(ScriptChecking, WhatIsGoneIsNotRunAndNotTold) {
  configure({listed(3), listed(4)});
  ASSERT_TRUE(is_asked(2));
  const ProgramId third = ids_.list()[0].id;
  configure({listed(4)});
  const RunId run = asked_[0] == third ? 1 : 2;
  end(run, 1);
  end(3 - run, 0);
  ASSERT_TRUE(is_told(1));
  turn_for(40ms);
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_EQ(told_[0].outcome.id, 4U) << "the run that was under way counts";
}

TEST_F(ScriptChecking, AnOutcomeIsNotToldOfACheckThatIsGone) {
  configure({listed(3)});
  ASSERT_TRUE(is_asked(1));
  end(1, 1);
  configure({});
  turn_for(40ms);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(ScriptChecking, WithoutItsUserNothingIsKnownOfTheServer) {
  configure({listed(3, "nobody-there")});
  EXPECT_THAT(ids_.list(), IsEmpty());
  ASSERT_TRUE(run_until(loop_, [&] { return !told_.empty(); }));
  EXPECT_EQ(told_[0].outcome.reason, Reason::LocalError);
  EXPECT_THAT(asked_, IsEmpty());
}

}  // namespace
}  // namespace evenkeel::daemon
