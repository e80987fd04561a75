#include "daemon/hooks/service_states.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/balancer/balancer_fixture.h"

namespace evenkeel::daemon {
namespace {

using checks::Reason;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ServiceStatesTest : public BalancerTest {
 protected:
  ServiceStatesTest() { reload({hooked(80, 2)}); }

  static ServiceConfig hooked(std::uint16_t port, int count, bool is_checked = true) {
    ServiceConfig service = sample::service(port, count, is_checked);
    service.hooks.on_up = service.hooks.on_down = {{"/bin/a"}};
    service.hooks.on_quorum = service.hooks.on_quorum_lost = {{"/bin/b"}};
    return service;
  }
  void reload(std::vector<ServiceConfig> services) {
    configure(std::move(services));
    states_.configure(*balancer_.config());
  }
  /// "service web80: real server 10.0.0.1:80 on_up started"
  static std::vector<std::string> lines(const std::vector<ToldEvent>& events) {
    std::vector<std::string> result;
    for (const ToldEvent& each : events) {
      result.push_back(to_string(each.owner) + " " + std::string(name(each.event.key)) + " " +
                       each.event.reason);
    }
    return result;
  }
  /// As main does after each report.
  std::vector<std::string> told() {
    std::vector<std::string> result;
    for (const std::size_t service : balancer_.take_changed()) {
      for (std::string& line : lines(states_.report(balancer_, service))) {
        result.push_back(std::move(line));
      }
    }
    return result;
  }
  std::vector<std::string> again() { return lines(states_.again(balancer_, "reloaded")); }
  void settle() {
    all_pass();
    told();
  }

  ServiceStates states_;
};

TEST_F(ServiceStatesTest, NothingBeforeTheFirstRoundThenAllThatIsKnown) {
  record(0, Reason::Passed);
  record(1, Reason::ConnectTimeout);
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_THAT(again(), IsEmpty());
  static_cast<void>(balancer_.first_round_done(kNow));
  EXPECT_THAT(told(), ElementsAre("service web80: real server 10.0.0.1:80 on_up started",
                                  "service web80: real server 10.0.0.2:80 on_down started",
                                  "service web80 on_quorum started"));
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(ServiceStatesTest, AServerThatGoesAndComes) {
  settle();
  record(0, Reason::ConnectTimeout, "", 2);
  EXPECT_THAT(told(), IsEmpty()) << "it takes three";
  record(0, Reason::ConnectTimeout);
  EXPECT_THAT(told(),
              ElementsAre("service web80: real server 10.0.0.1:80 on_down connect_timeout"));
  record(0, Reason::Passed, "", 2);
  EXPECT_THAT(told(), ElementsAre("service web80: real server 10.0.0.1:80 on_up passed"));
}

TEST_F(ServiceStatesTest, TheQuorum) {
  settle();
  record(0, Reason::ConnectTimeout, "", 3);
  record(1, Reason::ConnectTimeout, "", 3);
  EXPECT_THAT(told(), testing::Contains("service web80 on_quorum_lost 0 of 1"));
  record(1, Reason::Passed, "", 2);
  EXPECT_THAT(told(), testing::Contains("service web80 on_quorum 1 of 1"));
}

TEST_F(ServiceStatesTest, WhatElseIsTold) {
  record(0, Reason::Passed);
  record(1, Reason::Passed);
  static_cast<void>(balancer_.first_round_done(kNow));
  const auto events = states_.report(balancer_, 0);
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_THAT(
      events[0].event.settings,
      ElementsAre(Setting{Variable::Service, "web80"}, Setting{Variable::Address, "10.0.0.1"},
                  Setting{Variable::Port, "80"}, Setting{Variable::Protocol, "tcp"},
                  Setting{Variable::Weight, "1"}, Setting{Variable::RealServer, "10.0.0.1:80"}));
  EXPECT_EQ(events[0].event.state, "up");
  EXPECT_THAT(events[2].event.settings,
              ElementsAre(Setting{Variable::Service, "web80"},
                          Setting{Variable::Address, "192.0.2.10"}, Setting{Variable::Port, "80"},
                          Setting{Variable::Protocol, "tcp"}, Setting{Variable::Weight, "2"}));
}

TEST_F(ServiceStatesTest, TheWeightIsThatOfTheScript) {
  ServiceConfig service = hooked(80, 1);
  service.real_servers[0].checks[0].check.probe =
      checks::ScriptCheck{.command = {"/bin/a"}, .dynamic_weight = true};
  configure({service});
  const checks::CheckId id = balancer_.script_list().at(0).id;
  static_cast<void>(balancer_.weigh(id, 50));
  const std::vector outcomes = {sample::outcome(id, Reason::Passed)};
  static_cast<void>(balancer_.record(outcomes, kNow));
  static_cast<void>(balancer_.first_round_done(kNow));
  const auto events = states_.report(balancer_, 0);
  ASSERT_THAT(events, SizeIs(2));
  for (const ToldEvent& each : events) {
    EXPECT_THAT(each.event.settings, testing::Contains(Setting{Variable::Weight, "50"}));
  }
}

TEST_F(ServiceStatesTest, ALostChecksProcessAnAdoptionAndAFaultOfOurOwnAreNoEvents) {
  settle();
  balancer_.checks_lost();
  EXPECT_THAT(told(), IsEmpty());
  balancer_.adopt({}, kNow);
  EXPECT_THAT(told(), IsEmpty());
  record(0, Reason::LocalError, "", 9);
  EXPECT_THAT(told(), IsEmpty());
  record(0, Reason::Passed);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(ServiceStatesTest, AReloadTellsAgainAndANewServerIsToldByItsFirstOutcome) {
  settle();
  reload({hooked(80, 3)});
  EXPECT_THAT(told(), IsEmpty()) << "nothing is known of the third";
  EXPECT_THAT(again(), ElementsAre("service web80: real server 10.0.0.1:80 on_up reloaded",
                                   "service web80: real server 10.0.0.2:80 on_up reloaded",
                                   "service web80 on_quorum reloaded"));
  record(2, Reason::ConnectTimeout);
  EXPECT_THAT(told(), ElementsAre("service web80: real server 10.0.0.3:80 on_down started"));
}

TEST_F(ServiceStatesTest, WhatHasNoHookOrNoCheckIsNotTold) {
  reload({sample::service(80, 2), hooked(81, 1, false)});
  all_pass();
  EXPECT_THAT(told(), ElementsAre("service web81 on_quorum started"))
      << "a real server without a check is always up";
}

}  // namespace
}  // namespace evenkeel::daemon
