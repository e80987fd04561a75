// From the reports of the vrrp process to the runs that the spawner is asked for.
#include "daemon/hooks/hooks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using vrrp::Reason;
using vrrp::State;

const HookOwner kWeb{.kind = HookOwnerKind::Instance, .name = "web", .real_server = ""};

class HooksTest : public testing::Test {
 protected:
  HooksTest()
      : hooks_({.run =
                    [this](ProgramId program, const std::vector<Setting>& settings) {
                      runs_.push_back({.run = ++last_, .program = program, .settings = settings});
                      return last_;
                    },
                .end = [this](RunId run) { withdrawn_.push_back(run); },
                .log =
                    [this](const std::vector<Notice>& notices) {
                      for (const Notice& each : notices) log_.push_back(each.text);
                    },
                .wake = [this](const auto& time) { wake_at_ = time; },
                .on_state =
                    [this](const HookOwner& owner, HookKey key) {
                      states_.push_back(to_string(owner) + " " + std::string(name(key)));
                    },
                .remember =
                    [this](const std::vector<RunningHook>& running) {
                      std::string text = std::to_string(runs_.size()) + " asked for:";
                      for (const RunningHook& each : running) {
                        text += " " + to_string(each.owner) + " " + std::string(name(each.key)) +
                                " " + each.file;
                      }
                      remembered_.push_back(text);
                    }}) {
    vrrp::InstanceConfig instance;
    instance.name = "web";
    instance.interface = "eth0";
    config_.vrrp.instances = {instance};
    VrrpHooks& hooks = config_.instance_hooks["web"];
    hooks.on_master = hooks.on_backup = hooks.on_stop = {{"/bin/notify"}};
    hooks.user = "mail";
    hooks.timeout = std::chrono::seconds(5);
    configure();
  }
  void configure(const Users& users = {{"mail", {.uid = 8, .gid = 8, .groups = {}}}}) {
    ids_.begin();
    hooks_.configure(config_, users, ids_);
  }
  void report(State state, Reason reason, std::uint64_t became_master = 0) {
    vrrp::InstanceStatus status;
    status.name = "web";
    status.state = state;
    status.reason = reason;
    status.counters.became_master = became_master;
    hooks_.report(status);
  }
  void end(RunEnd how = RunEnd::Exit) {
    RunEnded ended;
    ended.run = last_;
    ended.how = how;
    hooks_.has_ended(ended);
  }
  /// "MASTER started", of the run that was asked for last.
  [[nodiscard]] std::string asked() const {
    std::string state, reason;
    for (const Setting& each : runs_.back().settings) {
      if (each.variable == Variable::State) state = each.value;
      if (each.variable == Variable::Reason) reason = each.value;
    }
    return state + " " + reason;
  }

  std::vector<RunRequest> runs_;
  std::vector<std::string> log_;
  std::optional<std::chrono::steady_clock::time_point> wake_at_;
  std::vector<std::string> states_;
  std::vector<std::string> remembered_;
  std::vector<RunId> withdrawn_;
  RunId last_ = 0;
  Config config_;
  ProgramIds ids_;
  Hooks hooks_;
};

TEST_F(HooksTest, AReportBecomesARunAndTheNextWaitsForItsEnd) {
  report(State::Backup, Reason::Started);
  report(State::Master, Reason::MasterReleased, 1);
  ASSERT_THAT(runs_, SizeIs(1));
  EXPECT_EQ(asked(), "BACKUP started");
  EXPECT_EQ(runs_[0].program, ids_.list().at(0).id);
  end();
  ASSERT_THAT(runs_, SizeIs(2));
  EXPECT_EQ(asked(), "MASTER master_released");
}

TEST_F(HooksTest, TheEndOfARunThatIsNotOursIsIgnored) {
  report(State::Backup, Reason::Started);
  report(State::Master, Reason::MasterReleased, 1);
  RunEnded other;
  other.run = 4711;
  hooks_.has_ended(other);
  EXPECT_THAT(runs_, SizeIs(1));
}

TEST_F(HooksTest, AfterAReloadThePresentStateIsToldOnceMore) {
  report(State::Backup, Reason::Started);
  end();
  const Balancer balancer;
  configure();
  hooks_.reloaded(balancer);
  EXPECT_EQ(asked(), "BACKUP reloaded");
}

TEST_F(HooksTest, AfterALostSpawnerTheStateIsToldWhenThereIsOne) {
  report(State::Master, Reason::MasterReleased, 1);
  end(RunEnd::Lost);
  ASSERT_THAT(runs_, SizeIs(1));
  hooks_.spawner_is_there();
  ASSERT_THAT(runs_, SizeIs(2));
  EXPECT_EQ(asked(), "MASTER resumed");
}

TEST_F(HooksTest, AUserThatDoesNotExistIsAFailureThatIsShown) {
  configure({});
  report(State::Backup, Reason::Started);
  report(State::Master, Reason::MasterReleased, 1);
  EXPECT_THAT(runs_, IsEmpty());
  EXPECT_THAT(log_, testing::Each(HasSubstr("cannot run: change the user")));
  EXPECT_THAT(log_, SizeIs(2));
  const auto status = hooks_.status(kWeb);
  ASSERT_TRUE(status && status->last);
  EXPECT_TRUE(status->has_failed());
  EXPECT_EQ(status->last->key, HookKey::OnMaster);
}

TEST_F(HooksTest, AStopIsToldLastAndWaitsForTheHook) {
  report(State::Master, Reason::MasterReleased, 1);
  hooks_.leave();
  report(State::Backup, Reason::HandedOver, 1);
  bool is_done = false;
  hooks_.tell_stop([&] { is_done = true; });
  ASSERT_THAT(runs_, SizeIs(1)) << "one at a time";
  end();
  EXPECT_FALSE(is_done);
  ASSERT_THAT(runs_, SizeIs(2));
  EXPECT_EQ(asked(), "INITIALIZE stopped");
  end();
  EXPECT_TRUE(is_done);
  EXPECT_THAT(runs_, SizeIs(2));
}

TEST_F(HooksTest, WhileTheDaemonLeavesNoStateIsTold) {
  report(State::Backup, Reason::Started);
  report(State::Master, Reason::MasterReleased, 1);
  hooks_.leave();
  EXPECT_THAT(log_, ElementsAre("1 state will not be told to hooks: the daemon leaves"));
  end();
  EXPECT_THAT(runs_, SizeIs(1)) << "the master of a moment ago is no master any more";
  hooks_.spawner_is_there();
  EXPECT_THAT(runs_, SizeIs(1));
}

TEST_F(HooksTest, AStopWaitsForASpawnerThatHasDied) {
  report(State::Master, Reason::MasterReleased, 1);
  hooks_.leave();
  bool is_done = false;
  hooks_.tell_stop([&] { is_done = true; });
  end(RunEnd::Lost);
  EXPECT_FALSE(is_done);
  EXPECT_THAT(hooks_.unfinished(), SizeIs(1));
  hooks_.spawner_is_there();
  EXPECT_EQ(asked(), "INITIALIZE stopped");
  end();
  EXPECT_TRUE(is_done);
}

TEST_F(HooksTest, WhatRunsAgainAndAgainIsWokenFor) {
  config_.instance_hooks["web"] = {};
  config_.instance_hooks["web"].while_master =
      WhileMaster{.command = {"/bin/put-right"}, .interval = std::chrono::hours(1), .user = "mail"};
  configure();
  report(State::Master, Reason::MasterReleased, 1);
  EXPECT_EQ(asked(), "MASTER while_master");
  EXPECT_FALSE(wake_at_);
  end();
  EXPECT_TRUE(wake_at_);
  hooks_.tick();
  EXPECT_THAT(runs_, SizeIs(1)) << "it is not time";
  report(State::Backup, Reason::BetterMaster, 1);
  EXPECT_FALSE(wake_at_);
  report(State::Master, Reason::Preempting, 2);
  ASSERT_THAT(runs_, SizeIs(2));
  EXPECT_THAT(withdrawn_, IsEmpty());
  report(State::Backup, Reason::BetterMaster, 2);
  EXPECT_THAT(withdrawn_, ElementsAre(last_)) << "it is under way";
}

TEST_F(HooksTest, WhatRunsAgainAndAgainEndsWithTheDaemonAndWithItsOwner) {
  config_.instance_hooks["web"] = {.user = "mail", .timeout = std::chrono::seconds(5)};
  config_.instance_hooks["web"].while_master =
      WhileMaster{.command = {"/bin/poll"}, .user = "mail"};
  configure();
  report(State::Master, Reason::MasterDownTimerExpired, 1);
  ASSERT_THAT(runs_, SizeIs(1));
  configure();
  EXPECT_THAT(withdrawn_, IsEmpty()) << "a reload that leaves it as it is";
  hooks_.leave();
  EXPECT_THAT(withdrawn_, ElementsAre(last_));
  withdrawn_.clear();
  config_.vrrp.instances.clear();
  config_.instance_hooks.clear();
  configure();
  EXPECT_THAT(withdrawn_, ElementsAre(last_));
}

TEST_F(HooksTest, TheProcessOfARunIsKnownFromItsBeginOn) {
  report(State::Backup, Reason::Started);
  EXPECT_EQ(hooks_.status(kWeb)->running->pid, 0U);
  hooks_.has_started({.run = last_ + 1, .pid = 77});
  EXPECT_EQ(hooks_.status(kWeb)->running->pid, 0U) << "a run of somebody else";
  hooks_.has_started({.run = last_, .pid = 78});
  EXPECT_EQ(hooks_.status(kWeb)->running->pid, 78U);
}

TEST_F(HooksTest, EveryStateIsSaidAlsoWithoutAHook) {
  config_.instance_hooks.clear();
  configure();
  report(State::Master, Reason::MasterReleased, 1);
  hooks_.leave();
  report(State::Backup, Reason::HandedOver, 1);
  hooks_.tell_stop([] {});
  EXPECT_THAT(states_, ElementsAre("instance web on_master", "instance web on_stop"));
}

TEST_F(HooksTest, WhatRunsIsRememberedBeforeItIsAskedForAndUntilItHasEnded) {
  report(State::Backup, Reason::Started);
  report(State::Master, Reason::MasterReleased, 1);
  end();
  end();
  EXPECT_THAT(remembered_,
              ElementsAre("0 asked for: instance web on_backup /bin/notify",
                          "1 asked for: instance web on_master /bin/notify", "2 asked for:"));
  configure({});
  report(State::Backup, Reason::BetterMaster, 1);
  EXPECT_THAT(remembered_, SizeIs(3)) << "what cannot run does not run";
}

TEST_F(HooksTest, WhatWasCutOffIsShownUntilTheStateIsTold) {
  hooks_.were_cut_off(
      {{.owner = kWeb,
        .key = HookKey::OnMaster,
        .file = "/bin/notify",
        .began = std::chrono::seconds(1764547200)},
       {.owner = instance_owner("gone"), .key = HookKey::OnStop, .file = "/bin/x"}});
  EXPECT_THAT(log_, ElementsAre("instance web: hook on_master, /bin/notify: cut off when evenkeeld "
                                "ended, begun 2025-12-01 00:00:00 UTC",
                                HasSubstr("instance gone: hook on_stop, /bin/x: cut off when ")));
  EXPECT_THAT(runs_, IsEmpty());
  EXPECT_TRUE(hooks_.status(kWeb)->has_failed());
  EXPECT_EQ(to_string(hooks_.status(kWeb)->last->ended), "cut off when evenkeeld ended");
  EXPECT_FALSE(hooks_.status(instance_owner("gone")));
  report(State::Backup, Reason::Started);
  EXPECT_TRUE(hooks_.status(kWeb)->has_failed()) << "nothing has ended yet";
  end();
  EXPECT_FALSE(hooks_.status(kWeb)->has_failed());
}

TEST_F(HooksTest, WithoutHooksAStopIsDoneAtOnce) {
  config_.instance_hooks.clear();
  configure();
  bool is_done = false;
  hooks_.tell_stop([&] { is_done = true; });
  EXPECT_TRUE(is_done);
}

}  // namespace
}  // namespace evenkeel::daemon
