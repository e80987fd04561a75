// The program that runs again and again while its owner is master.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/hooks/hook_runs.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr ProgramId kOnMaster = 1, kOnBackup = 2, kRepeated = 3;
const HookOwner kWeb = instance_owner("web");

HookPrograms programs() {
  HookPrograms list;
  list[static_cast<std::size_t>(HookKey::OnMaster)] = {kOnMaster};
  list[static_cast<std::size_t>(HookKey::OnBackup)] = {kOnBackup};
  list[static_cast<std::size_t>(HookKey::WhileMaster)] = {kRepeated};
  list.interval = 10s;
  return list;
}
std::string value(const HookRun& run, Variable variable) {
  for (const Setting& each : run.settings) {
    if (each.variable == variable) return each.value;
  }
  return "(not set)";
}

class WhileMasterTest : public testing::Test {
 protected:
  WhileMasterTest() { configure(programs()); }
  void configure(const HookPrograms& list) {
    runs_.configure({{kWeb, list}},
                    {{kOnMaster, "/etc/a"}, {kOnBackup, "/etc/b"}, {kRepeated, "/etc/c"}});
  }
  void tell(HookKey key, const std::string& state, bool is_again = false) {
    static_cast<void>(runs_.tell(
        kWeb, {.key = key, .state = state, .reason = "why", .settings = {}, .is_again = is_again}));
  }
  /// The programs that begin after this time.
  std::vector<ProgramId> begun(std::chrono::seconds later = 0s) {
    now_ += later;
    std::vector<ProgramId> result;
    for (HookRuns::Request& each : runs_.next(now_)) {
      result.push_back(each.run.program);
      last_ = std::move(each.run);
    }
    return result;
  }
  std::vector<Notice> end(int status = 0, RunEnd how = RunEnd::Exit) {
    RunEnded ended;
    ended.how = how;
    ended.number = status;
    return runs_.has_ended(kWeb, ended, now_);
  }
  void become_master() {
    tell(HookKey::OnMaster, "MASTER");
    ASSERT_THAT(begun(), ElementsAre(kOnMaster));
    end();
  }

  std::chrono::steady_clock::time_point now_{};
  HookRuns runs_;
  HookRun last_;
};

TEST_F(WhileMasterTest, FirstAfterTheHooksOfTheStateThenEachIntervalNeverTwoAtOnce) {
  tell(HookKey::OnMaster, "MASTER");
  ASSERT_THAT(begun(), ElementsAre(kOnMaster));
  EXPECT_THAT(begun(20s), IsEmpty()) << "the hook of the state runs";
  end();
  ASSERT_THAT(begun(), ElementsAre(kRepeated));
  EXPECT_EQ(value(last_, Variable::State), "MASTER");
  EXPECT_EQ(value(last_, Variable::PreviousState), "MASTER");
  EXPECT_EQ(value(last_, Variable::Reason), "while_master");
  end();
  EXPECT_THAT(begun(9s), IsEmpty());
  EXPECT_EQ(runs_.next_due(), now_ + 1s);
  EXPECT_THAT(begun(1s), ElementsAre(kRepeated));
  EXPECT_THAT(begun(25s), IsEmpty()) << "it runs still";
  end();
  EXPECT_THAT(begun(), ElementsAre(kRepeated)) << "it is late";
}

TEST_F(WhileMasterTest, NoneBeginsOnceItIsMasterNoMoreAndTheNextStateWaitsForTheOneThatRuns) {
  become_master();
  ASSERT_THAT(begun(), ElementsAre(kRepeated));
  tell(HookKey::OnMaster, "MASTER", true);
  EXPECT_FALSE(runs_.is_in_the_way(kWeb)) << "it is master still";
  tell(HookKey::OnBackup, "BACKUP");
  EXPECT_TRUE(runs_.is_in_the_way(kWeb));
  EXPECT_THAT(begun(10s), IsEmpty());
  const Notice notice = end(0, RunEnd::Withdrawn).at(0);
  EXPECT_EQ(notice.text, "instance web: hook while_master, /etc/c: ended for the next state");
  EXPECT_EQ(notice.level, Severity::Info);
  EXPECT_FALSE(runs_.is_in_the_way(kWeb));
  EXPECT_FALSE(runs_.status(kWeb)->has_failed());
  ASSERT_THAT(begun(), ElementsAre(kOnMaster)) << "of the reload";
  tell(HookKey::OnFault, "INITIALIZE");
  EXPECT_FALSE(runs_.is_in_the_way(kWeb)) << "hooks of states are told to the end";
  end();
  ASSERT_THAT(begun(), ElementsAre(kOnBackup));
  EXPECT_EQ(value(last_, Variable::PreviousState), "MASTER");
  end();
  EXPECT_THAT(begun(60s), IsEmpty());
  EXPECT_EQ(runs_.next_due(), std::nullopt);
}

TEST_F(WhileMasterTest, AFailureIsShownAndIsOneLine) {
  become_master();
  std::vector<Severity> levels;
  for (const int status : {1, 1, 2, 0, 0}) {
    ASSERT_THAT(begun(10s), ElementsAre(kRepeated));
    levels.push_back(end(status).at(0).level);
    EXPECT_EQ(runs_.status(kWeb)->has_failed(), status != 0);
    EXPECT_EQ(runs_.failures(9).size(), status != 0 ? 1U : 0U);
  }
  EXPECT_THAT(levels, ElementsAre(Severity::Warning, Severity::Debug, Severity::Warning,
                                  Severity::Info, Severity::Debug));
  EXPECT_EQ(runs_.status(kWeb)->last->key, HookKey::OnMaster) << "that one is shown beside it";
}

TEST_F(WhileMasterTest, ItsFailureIsNotABackups) {
  become_master();
  ASSERT_THAT(begun(), ElementsAre(kRepeated));
  tell(HookKey::OnBackup, "BACKUP");
  end(1);
  EXPECT_FALSE(runs_.status(kWeb)->has_failed());
  ASSERT_THAT(begun(), ElementsAre(kOnBackup));
  end();
  become_master();
  ASSERT_THAT(begun(), ElementsAre(kRepeated));
  end(1);
  EXPECT_TRUE(runs_.status(kWeb)->has_failed());
  tell(HookKey::OnBackup, "BACKUP");
  EXPECT_FALSE(runs_.status(kWeb)->has_failed());
}

TEST_F(WhileMasterTest, ARunThatIsLostWithTheSpawnerComesAgainAndNoStateIsToldForIt) {
  become_master();
  ASSERT_THAT(begun(), ElementsAre(kRepeated));
  end(0, RunEnd::Lost);
  EXPECT_TRUE(runs_.are_elections_idle());
  runs_.spawner_is_there();
  EXPECT_THAT(begun(9s), IsEmpty());
  EXPECT_THAT(begun(1s), ElementsAre(kRepeated));
}

TEST_F(WhileMasterTest, ARunThatWasCutOffIsAFailureUntilItIsABackupOrRunsAgain) {
  const RunningHook cut_off{.owner = kWeb, .key = HookKey::WhileMaster, .file = "/etc/c"};
  static_cast<void>(runs_.was_cut_off(cut_off, now_));
  EXPECT_EQ(runs_.status(kWeb)->last_repeated->ended.how, RunEnd::CutOff);
  EXPECT_TRUE(runs_.status(kWeb)->has_failed());
  tell(HookKey::OnBackup, "BACKUP");
  EXPECT_FALSE(runs_.status(kWeb)->has_failed());
  ASSERT_THAT(begun(), ElementsAre(kOnBackup));
  end();
  static_cast<void>(runs_.was_cut_off(cut_off, now_));
  become_master();
  EXPECT_TRUE(runs_.status(kWeb)->has_failed());
  ASSERT_THAT(begun(), ElementsAre(kRepeated));
  end();
  EXPECT_FALSE(runs_.status(kWeb)->has_failed());
}

TEST_F(WhileMasterTest, AReloadGoesOnWithItOrWithAnotherOrWithNone) {
  become_master();
  ASSERT_THAT(begun(), ElementsAre(kRepeated));
  end();
  configure(programs());
  EXPECT_EQ(runs_.next_due(), now_ + 10s);
  HookPrograms other = programs();
  other.interval = 2s;
  configure(other);
  tell(HookKey::OnMaster, "MASTER", true);
  ASSERT_THAT(begun(), ElementsAre(kOnMaster));
  end();
  ASSERT_THAT(begun(), ElementsAre(kRepeated));
  end();
  EXPECT_THAT(begun(2s), ElementsAre(kRepeated));
  end();
  configure(HookPrograms());
  EXPECT_THAT(begun(60s), IsEmpty());
}

TEST_F(WhileMasterTest, NothingBeginsOnceTheDaemonLeaves) {
  become_master();
  runs_.forget();
  EXPECT_THAT(begun(60s), IsEmpty());
}

TEST_F(WhileMasterTest, ManyThatHangDelayNoState) {
  std::map<HookOwner, HookPrograms> owners;
  for (int i = 0; i < 100; ++i) owners[instance_owner(std::to_string(i))] = programs();
  runs_.configure(owners, {{kOnMaster, "/etc/a"}, {kOnBackup, "/etc/b"}, {kRepeated, "/etc/c"}});
  for (const auto& [owner, list] : owners) {
    static_cast<void>(runs_.tell(
        owner, {.key = HookKey::OnMaster, .state = "MASTER", .reason = "why", .settings = {}}));
  }
  std::size_t of_states = 0;
  for (auto requests = runs_.next(now_); !requests.empty(); requests = runs_.next(now_)) {
    for (const HookRuns::Request& each : requests) {
      if (each.run.key != HookKey::OnMaster) continue;
      ++of_states;
      static_cast<void>(runs_.has_ended(each.owner, RunEnded{}, now_));
    }
  }
  EXPECT_EQ(of_states, 100U);
  EXPECT_EQ(runs_.next_due(), std::nullopt) << "as many run as may: the end of one is waited for";
  const HookOwner& last = owners.rbegin()->first;
  static_cast<void>(runs_.tell(
      last, {.key = HookKey::OnBackup, .state = "BACKUP", .reason = "why", .settings = {}}));
  ASSERT_THAT(runs_.next(now_), SizeIs(1));
}

}  // namespace
}  // namespace evenkeel::daemon
