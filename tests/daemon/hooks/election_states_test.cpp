#include "daemon/hooks/election_states.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using vrrp::Reason;
using vrrp::State;

vrrp::InstanceConfig instance(const std::string& name, const std::string& address) {
  vrrp::InstanceConfig config;
  config.name = name;
  config.interface = "eth-" + name;
  config.virtual_addresses = {{boost::asio::ip::make_address(address), 32}};
  return config;
}

vrrp::InstanceStatus status(const std::string& name, State state, Reason reason,
                            std::uint64_t became_master = 0, std::uint64_t left_master = 0) {
  vrrp::InstanceStatus result;
  result.name = name;
  result.state = state;
  result.reason = reason;
  result.priority = 120;
  result.counters.became_master = became_master;
  result.counters.left_master = left_master;
  return result;
}

/// "instance web on_master MASTER started"
std::vector<std::string> lines(const std::vector<ToldEvent>& events) {
  std::vector<std::string> result;
  for (const ToldEvent& each : events) {
    result.push_back(to_string(each.owner) + " " + std::string(name(each.event.key)) + " " +
                     each.event.state + " " + each.event.reason);
  }
  return result;
}

std::string value(const HookEvent& event, Variable variable) {
  for (const Setting& each : event.settings) {
    if (each.variable == variable) return each.value;
  }
  return "(not set)";
}

class OneInstance : public testing::Test {
 protected:
  OneInstance() {
    config_.instances = {instance("web", "192.0.2.10")};
    states_.configure(config_);
  }
  std::vector<std::string> report(State state, Reason reason, std::uint64_t became = 0,
                                  std::uint64_t left = 0) {
    return lines(states_.report(status("web", state, reason, became, left)));
  }

  vrrp::Config config_;
  ElectionStates states_;
};

TEST_F(OneInstance, EachChangeIsToldOnce) {
  EXPECT_THAT(report(State::Initialize, Reason::NotStarted), IsEmpty());
  EXPECT_THAT(report(State::Backup, Reason::Started),
              ElementsAre("instance web on_backup BACKUP started"));
  EXPECT_THAT(report(State::Backup, Reason::Started), IsEmpty());
  EXPECT_THAT(report(State::Master, Reason::MasterReleased, 1),
              ElementsAre("instance web on_master MASTER master_released"));
  EXPECT_THAT(report(State::Master, Reason::Leaving, 1), IsEmpty()) << "it is Master still";
  EXPECT_THAT(report(State::Backup, Reason::HandedOver, 1, 1),
              ElementsAre("instance web on_backup BACKUP handed_over"));
  EXPECT_THAT(report(State::Initialize, Reason::InterfaceDown, 1, 1),
              ElementsAre("instance web on_fault INITIALIZE interface_down"));
  EXPECT_THAT(report(State::Initialize, Reason::Stopped, 1, 1), IsEmpty()) << "no fault";
}

TEST_F(OneInstance, WhatElseIsTold) {
  const auto events = states_.report(status("web", State::Master, Reason::MasterReleased));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(value(events[0].event, Variable::Instance), "web");
  EXPECT_EQ(value(events[0].event, Variable::Group), "(not set)");
  EXPECT_EQ(value(events[0].event, Variable::Priority), "120");
  EXPECT_EQ(value(events[0].event, Variable::Addresses), "192.0.2.10/32");
}

TEST_F(OneInstance, AMasterThatWasBackupBetweenTwoReportsIsToldOnceMore) {
  report(State::Master, Reason::MasterDownTimerExpired, 1);
  EXPECT_THAT(report(State::Master, Reason::MasterDownTimerExpired, 2, 1),
              ElementsAre("instance web on_master MASTER master_down_timer_expired"));
  EXPECT_THAT(report(State::Master, Reason::MasterDownTimerExpired, 2, 1), IsEmpty());
}

TEST_F(OneInstance, TheSuccessorOfADeadProcessIsBelievedWhateverItSays) {
  report(State::Master, Reason::MasterDownTimerExpired, 1);
  states_.vrrp_died();
  EXPECT_THAT(states_.again("reloaded"), IsEmpty()) << "the state is not known";
  EXPECT_THAT(report(State::Initialize, Reason::NotStarted), IsEmpty());
  EXPECT_THAT(report(State::Master, Reason::Resumed, 1),
              ElementsAre("instance web on_master MASTER resumed"));
  states_.vrrp_died();
  EXPECT_THAT(report(State::Backup, Reason::Started),
              ElementsAre("instance web on_backup BACKUP started"));
}

TEST_F(OneInstance, AReloadTellsThePresentStateOnceMore) {
  EXPECT_THAT(states_.again("reloaded"), IsEmpty());
  report(State::Backup, Reason::Started);
  const auto events = states_.again("reloaded");
  EXPECT_THAT(lines(events), ElementsAre("instance web on_backup BACKUP reloaded"));
  EXPECT_TRUE(events[0].event.is_again);
  EXPECT_THAT(report(State::Backup, Reason::Started), IsEmpty());
  report(State::Initialize, Reason::Stopped);
  EXPECT_THAT(states_.again("reloaded"), IsEmpty()) << "Backup has ended";
}

TEST_F(OneInstance, OnAnotherInterfaceItIsANewOne) {
  report(State::Master, Reason::MasterDownTimerExpired, 1);
  config_.instances[0].interface = "eth9";
  states_.configure(config_);
  EXPECT_THAT(states_.again("reloaded"), IsEmpty());
  EXPECT_THAT(report(State::Master, Reason::MasterDownTimerExpired, 1),
              ElementsAre("instance web on_master MASTER master_down_timer_expired"));
  config_.instances.clear();
  states_.configure(config_);
  EXPECT_THAT(report(State::Backup, Reason::BetterMaster), IsEmpty());
}

TEST_F(OneInstance, AStopIsToldAndNothingAfterIt) {
  report(State::Master, Reason::MasterDownTimerExpired, 1);
  EXPECT_THAT(lines(states_.stopped()), ElementsAre("instance web on_stop INITIALIZE stopped"));
  EXPECT_THAT(report(State::Master, Reason::Leaving, 1), IsEmpty());
  EXPECT_THAT(report(State::Backup, Reason::HandedOver, 1, 1), IsEmpty());
}

TEST(ElectionStates, NoPartOfAListOfAddresses) {
  vrrp::Config config;
  config.instances = {instance("web", "192.0.2.10")};
  for (int i = 0; i < 3000; ++i) {
    config.instances[0].extra_addresses.push_back(config.instances[0].virtual_addresses[0]);
  }
  ElectionStates states;
  states.configure(config);
  const auto events = states.report(status("web", State::Backup, Reason::Started));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(value(events[0].event, Variable::Addresses), "(not set)");
}

TEST(ElectionStates, NorOfAGroups) {
  vrrp::Config config;
  config.instances = {instance("web", "192.0.2.10"), instance("inside", "10.0.0.1")};
  for (int i = 0; i < 3000; ++i) {
    config.instances[0].extra_addresses.push_back(config.instances[0].virtual_addresses[0]);
  }
  config.sync_groups = {{.name = "both", .instances = {"web", "inside"}}};
  ElectionStates states;
  states.configure(config);
  static_cast<void>(states.report(status("web", State::Backup, Reason::Started)));
  const auto events = states.report(status("inside", State::Backup, Reason::Started));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(value(events[0].event, Variable::Addresses), "10.0.0.1/32");
  EXPECT_EQ(value(events[1].event, Variable::Addresses), "(not set)");
}

class TwoInAGroup : public testing::Test {
 protected:
  TwoInAGroup() {
    config_.instances = {instance("web", "192.0.2.10"), instance("inside", "10.0.0.1")};
    config_.sync_groups = {{.name = "both", .instances = {"web", "inside"}}};
    states_.configure(config_);
  }
  /// What the group is told.
  std::vector<std::string> report(const std::string& name, State state, Reason reason,
                                  std::uint64_t became = 0, std::uint64_t left = 0) {
    std::vector<std::string> result;
    for (const std::string& line :
         lines(states_.report(status(name, state, reason, became, left)))) {
      if (line.starts_with("sync group ")) result.push_back(line);
    }
    return result;
  }

  vrrp::Config config_;
  ElectionStates states_;
};

TEST_F(TwoInAGroup, TheGroupFollowsWhenAllAreThere) {
  EXPECT_THAT(report("web", State::Backup, Reason::Started), IsEmpty());
  EXPECT_THAT(report("inside", State::Backup, Reason::Started),
              ElementsAre("sync group both on_backup BACKUP started"));
  EXPECT_THAT(report("web", State::Master, Reason::MasterDownTimerExpired, 1), IsEmpty());
  EXPECT_THAT(report("inside", State::Master, Reason::MasterReleased, 1),
              ElementsAre("sync group both on_master MASTER master_released"));
}

TEST_F(TwoInAGroup, OneInAFaultIsEnoughAndItsReasonIsTold) {
  report("web", State::Backup, Reason::Started);
  report("inside", State::Backup, Reason::Started);
  EXPECT_THAT(report("inside", State::Initialize, Reason::InterfaceDown),
              ElementsAre("sync group both on_fault INITIALIZE interface_down"));
  EXPECT_THAT(report("web", State::Initialize, Reason::GroupMemberDown), IsEmpty());
  EXPECT_THAT(report("inside", State::Backup, Reason::Started), IsEmpty());
  EXPECT_THAT(report("web", State::Backup, Reason::Started),
              ElementsAre("sync group both on_backup BACKUP started"));
}

TEST_F(TwoInAGroup, TheReasonOfWhoFollowsIsNotTheGroups) {
  report("web", State::Master, Reason::MasterDownTimerExpired, 1);
  report("inside", State::Master, Reason::MasterDownTimerExpired, 1);
  EXPECT_THAT(report("web", State::Backup, Reason::BetterMaster, 1, 1), IsEmpty());
  EXPECT_THAT(report("inside", State::Backup, Reason::GroupMemberLeft, 1, 1),
              ElementsAre("sync group both on_backup BACKUP better_master"));
}

TEST_F(TwoInAGroup, ABounceOfAllIsToldOnce) {
  report("web", State::Master, Reason::MasterDownTimerExpired, 1);
  report("inside", State::Master, Reason::MasterDownTimerExpired, 1);
  EXPECT_THAT(report("web", State::Master, Reason::MasterDownTimerExpired, 2, 1), IsEmpty());
  EXPECT_THAT(report("inside", State::Master, Reason::MasterDownTimerExpired, 2, 1),
              ElementsAre("sync group both on_master MASTER master_down_timer_expired"));
}

TEST_F(TwoInAGroup, AfterARespawnTheGroupIsToldWhenAllAreThere) {
  report("web", State::Master, Reason::MasterDownTimerExpired, 1);
  report("inside", State::Master, Reason::MasterDownTimerExpired, 1);
  states_.vrrp_died();
  EXPECT_THAT(report("web", State::Master, Reason::Resumed, 1), IsEmpty());
  EXPECT_THAT(report("inside", State::Master, Reason::Resumed, 1),
              ElementsAre("sync group both on_master MASTER resumed"));
}

TEST_F(TwoInAGroup, AMemberIsToldItsGroupAndAGroupAllAddresses) {
  auto events = states_.report(status("web", State::Backup, Reason::Started));
  EXPECT_EQ(value(events.at(0).event, Variable::Group), "both");
  events = states_.report(status("inside", State::Backup, Reason::Started));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(value(events[1].event, Variable::Group), "both");
  EXPECT_EQ(value(events[1].event, Variable::Instance), "(not set)");
  EXPECT_EQ(value(events[1].event, Variable::Addresses), "192.0.2.10/32 10.0.0.1/32");
}

}  // namespace
}  // namespace evenkeel::daemon
