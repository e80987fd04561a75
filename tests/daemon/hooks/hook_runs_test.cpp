#include "daemon/hooks/hook_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::chrono::steady_clock::time_point kNow{};
const HookOwner kWeb{.kind = HookOwnerKind::Instance, .name = "web", .real_server = ""};
const HookOwner kServer{
    .kind = HookOwnerKind::RealServer, .name = "shop", .real_server = "192.0.2.21:80"};
constexpr RunEnded kFine{};

HookPrograms on(HookKey key, std::vector<ProgramId> programs) {
  HookPrograms list;
  list[static_cast<std::size_t>(key)] = std::move(programs);
  return list;
}
HookEvent event(HookKey key, const std::string& state) {
  return {.key = key, .state = state, .reason = "why", .settings = {}};
}
RunEnded failure(int status, std::string line = "") {
  return {.run = 0,
          .how = RunEnd::Exit,
          .number = status,
          .step = RunStep::None,
          .last_line = std::move(line),
          .duration = 230ms};
}
RunEnded lost() {
  RunEnded ended;
  ended.how = RunEnd::Lost;
  return ended;
}
std::string value(const HookRun& run, Variable variable) {
  for (const Setting& each : run.settings) {
    if (each.variable == variable) return each.value;
  }
  return "(not set)";
}

class HookRunsTest : public testing::Test {
 protected:
  HookRunsTest() { runs_.configure({{kWeb, on_master()}}, files()); }
  static HookPrograms on_master() { return on(HookKey::OnMaster, {1, 2}); }
  static HookPrograms with_stop() {
    HookPrograms programs = on_master();
    programs[static_cast<std::size_t>(HookKey::OnStop)] = {8};
    return programs;
  }
  static std::map<ProgramId, std::string> files() {
    return {{1, "/etc/notify"}, {2, "/etc/mail"}, {5, "/etc/down"}, {8, "/etc/stop"}};
  }

  HookRuns runs_;
};

TEST_F(HookRunsTest, WhereThereIsNoHookNothingRuns) {
  EXPECT_THAT(runs_.tell(kServer, event(HookKey::OnUp, "up")), IsEmpty());
  EXPECT_THAT(runs_.next(kNow), IsEmpty());
  EXPECT_FALSE(runs_.status(kServer));
}

TEST_F(HookRunsTest, AFailureIsOneLineAndIsKept) {
  EXPECT_THAT(runs_.tell(kWeb, event(HookKey::OnMaster, "MASTER")), IsEmpty());
  ASSERT_THAT(runs_.next(kNow), SizeIs(1));
  EXPECT_THAT(runs_.next(kNow), IsEmpty()) << "one at a time";
  EXPECT_TRUE(runs_.status(kWeb)->running);
  const auto notices = runs_.has_ended(kWeb, failure(1, "no route"), kNow + 1s);
  ASSERT_THAT(notices, SizeIs(1));
  EXPECT_EQ(notices[0].level, Severity::Warning);
  EXPECT_EQ(notices[0].text,
            "instance web: hook on_master, /etc/notify: exit status 1 after 0.2 s: no route");

  ASSERT_THAT(runs_.next(kNow), SizeIs(1)) << "the next program runs all the same";
  EXPECT_EQ(runs_.has_ended(kWeb, kFine, kNow + 2s)[0].level, Severity::Debug);
  const auto status = runs_.status(kWeb);
  EXPECT_TRUE(status->has_failed()) << "of the same state";
  EXPECT_EQ(status->last->ended.last_line, "no route");
  EXPECT_EQ(status->last->at, kNow + 1s);
  EXPECT_TRUE(runs_.are_elections_idle());
}

TEST_F(HookRunsTest, TheNextStateThatIsToldWellEndsAFailure) {
  for (const RunEnded& ended : {failure(1), kFine, kFine, kFine}) {
    static_cast<void>(runs_.tell(kWeb, event(HookKey::OnMaster, "MASTER")));
    static_cast<void>(runs_.next(kNow));
    static_cast<void>(runs_.has_ended(kWeb, ended, kNow));
  }
  EXPECT_FALSE(runs_.status(kWeb)->has_failed());
}

TEST_F(HookRunsTest, StatesThatAreNotToldAreInTheLog) {
  std::vector<Notice> notices;
  for (std::size_t i = 0; i < HookQueue::kMaxWaiting + 1; ++i) {
    notices = runs_.tell(kWeb, event(HookKey::OnMaster, "MASTER"));
  }
  ASSERT_THAT(notices, SizeIs(1));
  EXPECT_EQ(notices[0].text,
            "instance web: the hooks are behind: 16 states will not be told, the newest is MASTER");
  EXPECT_EQ(runs_.status(kWeb)->dropped, HookQueue::kMaxWaiting);
}

TEST_F(HookRunsTest, ARunThatWasLostIsShownAndThePresentStateIsToldAnew) {
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnMaster, "MASTER")));
  static_cast<void>(runs_.next(kNow));
  EXPECT_THAT(runs_.has_ended(kWeb, lost(), kNow)[0].text,
              HasSubstr("cut off when the spawner died"));
  EXPECT_TRUE(runs_.status(kWeb)->has_failed());
  EXPECT_THAT(runs_.next(kNow), IsEmpty()) << "there is no spawner";
  runs_.spawner_is_there();
  const auto requests = runs_.next(kNow);
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].run.program, 1U) << "from the first program on";
  EXPECT_EQ(value(requests[0].run, Variable::State), "MASTER");
  EXPECT_EQ(value(requests[0].run, Variable::Reason), "resumed");
}

TEST_F(HookRunsTest, AfterALossANewerStateIsToldAlone) {
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnBackup, "BACKUP")));
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnMaster, "MASTER")));
  static_cast<void>(runs_.next(kNow));
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnMaster, "newer")));
  static_cast<void>(runs_.has_ended(kWeb, lost(), kNow));
  runs_.spawner_is_there();
  const auto requests = runs_.next(kNow);
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(value(requests[0].run, Variable::State), "newer");
  EXPECT_EQ(value(requests[0].run, Variable::Reason), "why");
}

TEST_F(HookRunsTest, AReloadKeepsWhatWaitsAndItsNewProgramsAreRun) {
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnMaster, "one")));
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnMaster, "two")));
  ASSERT_THAT(runs_.next(kNow), SizeIs(1));
  runs_.configure({{kWeb, on(HookKey::OnMaster, {7})}}, {{7, "/etc/new"}});
  EXPECT_THAT(runs_.next(kNow), IsEmpty()) << "the old one runs still";
  static_cast<void>(runs_.has_ended(kWeb, kFine, kNow));
  const auto requests = runs_.next(kNow);
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].run.program, 7U);
  EXPECT_EQ(value(requests[0].run, Variable::State), "two");
}

TEST_F(HookRunsTest, AnOwnerThatIsGoneWhileItsHookRuns) {
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnMaster, "MASTER")));
  ASSERT_THAT(runs_.next(kNow), SizeIs(1));
  runs_.configure({}, {});
  EXPECT_FALSE(runs_.status(kWeb));
  runs_.configure({{kWeb, on_master()}}, files());
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnMaster, "MASTER")));
  EXPECT_THAT(runs_.next(kNow), IsEmpty()) << "one at a time, also of its namesake";
  EXPECT_THAT(runs_.has_ended(kWeb, failure(3), kNow)[0].text, HasSubstr("exit status 3"));
  EXPECT_THAT(runs_.next(kNow), SizeIs(1));
  runs_.configure({}, {});
  EXPECT_THAT(runs_.has_ended(kWeb, failure(4), kNow)[0].text, HasSubstr("exit status 4"));
  EXPECT_TRUE(runs_.are_elections_idle());
}

TEST_F(HookRunsTest, AnInstanceDoesNotWaitForThousandsOfRealServers) {
  std::map<HookOwner, HookPrograms> owners = {{kWeb, on_master()}};
  for (int i = 0; i < 1000; ++i) {
    owners[{.kind = HookOwnerKind::RealServer, .name = "shop", .real_server = std::to_string(i)}] =
        on(HookKey::OnDown, {5});
  }
  runs_.configure(owners, files());
  for (const auto& [owner, programs] : owners) {
    static_cast<void>(runs_.tell(owner, event(HookKey::OnDown, "down")));
  }
  EXPECT_THAT(runs_.next(kNow), SizeIs(HookRuns::kServicesAtOnce));
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnMaster, "MASTER")));
  const auto requests = runs_.next(kNow);
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].owner, kWeb);
}

TEST_F(HookRunsTest, OwnersThatAreGoneWhileTheyWaitForAPlaceAreNotLookedFor) {
  std::map<HookOwner, HookPrograms> owners;
  for (std::size_t i = 0; i <= HookRuns::kElectionsAtOnce; ++i) {
    owners[instance_owner(std::to_string(i))] = on_master();
    owners[{.kind = HookOwnerKind::RealServer, .name = "shop", .real_server = std::to_string(i)}] =
        on(HookKey::OnDown, {5});
  }
  runs_.configure(owners, files());
  for (const auto& [owner, programs] : owners) {
    const bool is_instance = owner.kind == HookOwnerKind::Instance;
    static_cast<void>(runs_.tell(
        owner, is_instance ? event(HookKey::OnMaster, "MASTER") : event(HookKey::OnDown, "down")));
  }
  const auto running = runs_.next(kNow);
  ASSERT_THAT(running, SizeIs(HookRuns::kElectionsAtOnce + HookRuns::kServicesAtOnce));
  runs_.configure({}, {});
  for (const HookRuns::Request& each : running) {
    static_cast<void>(runs_.has_ended(each.owner, kFine, kNow));
    EXPECT_THAT(runs_.next(kNow), IsEmpty());
  }
}

TEST_F(HookRunsTest, OfWhatIsForgottenNothingMoreBegins) {
  runs_.configure({{kWeb, with_stop()}}, files());
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnMaster, "MASTER")));
  ASSERT_THAT(runs_.next(kNow), SizeIs(1));
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnMaster, "later")));
  EXPECT_EQ(runs_.forget(), 1U);
  static_cast<void>(runs_.has_ended(kWeb, kFine, kNow));
  EXPECT_THAT(runs_.next(kNow), IsEmpty()) << "neither its second program nor the later state";
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnStop, "INITIALIZE")));
  EXPECT_FALSE(runs_.are_elections_idle());
  const auto requests = runs_.next(kNow);
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].run.program, 8U);
  EXPECT_EQ(value(requests[0].run, Variable::PreviousState), "MASTER");
  EXPECT_EQ(runs_.unfinished().at(0).text, "instance web: hook on_stop, /etc/stop runs still");
  static_cast<void>(runs_.has_ended(kWeb, kFine, kNow));
  EXPECT_TRUE(runs_.are_elections_idle());
  EXPECT_THAT(runs_.unfinished(), IsEmpty());
}

TEST_F(HookRunsTest, AStopThatIsLostWithTheSpawnerIsToldAnew) {
  runs_.configure({{kWeb, with_stop()}}, files());
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnMaster, "MASTER")));
  static_cast<void>(runs_.next(kNow));
  static_cast<void>(runs_.has_ended(kWeb, lost(), kNow));
  runs_.forget();
  static_cast<void>(runs_.tell(kWeb, event(HookKey::OnStop, "INITIALIZE")));
  ASSERT_THAT(runs_.next(kNow), SizeIs(1)) << "whether there is a spawner is seen now";
  static_cast<void>(runs_.has_ended(kWeb, lost(), kNow));
  EXPECT_FALSE(runs_.are_elections_idle());
  EXPECT_EQ(runs_.unfinished().at(0).text,
            "instance web: a hook has not run, because the spawner has died");
  runs_.spawner_is_there();
  const auto requests = runs_.next(kNow);
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].run.program, 8U);
  EXPECT_EQ(value(requests[0].run, Variable::Reason), "why") << "not resumed";
  static_cast<void>(runs_.has_ended(kWeb, kFine, kNow));
  EXPECT_TRUE(runs_.are_elections_idle());
}

}  // namespace
}  // namespace evenkeel::daemon
