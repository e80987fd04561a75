// What a reload keeps, and what it starts anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/balancer/balancer.h"
#include "tests/daemon/balancer/balancer_fixture.h"
#include "tests/daemon/balancer/sample.h"

namespace evenkeel::daemon {
namespace {

using checks::Health;
using checks::Reason;
using testing::HasSubstr;
using namespace std::chrono_literals;

TEST_F(BalancerTest, AReloadTellsOfALostQuorum) {
  configure({sample::service(80, 2)});
  all_pass();
  auto service = sample::service(80, 2);
  service.quorum = 3;
  auto config = sample::config({service});
  const auto notices = balancer_.configure(config, kNow);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_THAT(notices[0].text, HasSubstr("quorum lost (2 of 3)"));
}

TEST_F(BalancerTest, AReloadKeepsTheHealthOfWhatIsUnchanged) {
  configure({sample::service(80, 2)});
  all_pass();
  record(0, Reason::ConnectRefused, "", 3);
  auto changed = sample::service(80, 3);
  changed.real_servers[1].destination.weight = 5;
  configure({changed});
  EXPECT_EQ(weights(), (std::vector{-1, 5, -1}));
  record(2, Reason::Passed);
  EXPECT_EQ(weights(), (std::vector{-1, 5, 1}));
}

TEST_F(BalancerTest, ANewUserOfAKnownCheckNeedsNoNewOutcome) {
  const auto service = sample::service(80, 1);
  configure({service});
  all_pass();
  auto second = service;
  second.service.key.port = 81;
  auto config = sample::config({service, second});
  static_cast<void>(balancer_.configure(config, kNow));
  EXPECT_EQ(weights(1), (std::vector{1}));
}

TEST_F(BalancerTest, TheListHasTheLongestWayOfTheServersThatDiffer) {
  auto first = sample::service(80, 1);
  auto second = sample::service(80, 1);
  second.service.key.port = 81;
  second.real_servers[0].checks[0].check.down_interval = 60s;
  configure({first, second});
  record(0, Reason::Passed);
  record(1, Reason::Passed);
  record(1, Reason::ConnectRefused, "", 2);
  first.real_servers = second.real_servers;  // two histories, one check
  configure({first, second});
  auto list = balancer_.check_list();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].not_down, (checks::Standing{Health::Up, 0}));
  EXPECT_EQ(list[0].down, list[0].not_down);
  record(0, Reason::ConnectRefused);
  list = balancer_.check_list();
  EXPECT_EQ(list[0].not_down, (checks::Standing{Health::Up, 1}));
  EXPECT_EQ(list[0].down, (checks::Standing{Health::Down, 0}));
}

TEST_F(BalancerTest, AReloadGivesACheckItsOwnStateBeforeThatOfOneThatAsksTheSame) {
  auto service = sample::service(80, 1);
  auto& checks = service.real_servers[0].checks;
  checks.push_back(checks[0]);
  checks[0].check.fall = 5;
  configure({service});
  all_pass();
  record(1, Reason::ConnectRefused, "", 2);
  checks.erase(checks.begin());
  configure({service});
  const auto list = balancer_.check_list();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].not_down, (checks::Standing{Health::Up, 2}));
}

TEST_F(BalancerTest, AReloadThatChangesACheckLeavesAServerInUseUntilItsFirstOutcome) {
  configure({sample::service(80, 1)});
  all_pass();
  auto changed = sample::service(80, 1);
  changed.real_servers[0].checks[0].check.probe = checks::HttpCheck{};
  configure({changed});
  EXPECT_EQ(weights(), (std::vector{1}));
  EXPECT_TRUE(balancer_.snapshot({})[0].real_servers[0].is_adopted);
  record(0, Reason::ConnectRefused, "", 2);
  EXPECT_EQ(weights(), (std::vector{1}));
  record(0, Reason::ConnectRefused);
  EXPECT_EQ(weights(), (std::vector{-1}));
}

TEST_F(BalancerTest, AfterAReloadAServiceStartsBeforeItIsLost) {
  const auto text = [&](std::vector<Notice> notices) {
    std::string all;
    for (const Notice& notice : notices) all += notice.text + "\n";
    return all;
  };
  configure({sample::service(80, 2)});
  EXPECT_TRUE(balancer_.snapshot({})[0].is_starting);
  all_pass();
  EXPECT_FALSE(balancer_.snapshot({})[0].is_starting);

  auto others = sample::service(80, 4);
  others.real_servers.erase(others.real_servers.begin(), others.real_servers.begin() + 2);
  auto config = sample::config({others, sample::service(81, 1)});
  const auto reloaded = text(balancer_.configure(config, kNow));
  EXPECT_THAT(reloaded, HasSubstr("starting (0 of 1): no real server has been checked yet"));
  EXPECT_THAT(reloaded, testing::Not(HasSubstr("quorum lost")));
  for (const ServiceSnapshot& service : balancer_.snapshot({})) {
    EXPECT_TRUE(service.is_starting) << service.name;
    EXPECT_FALSE(service.has_quorum);
  }
  EXPECT_THAT(text(record(0, Reason::ConnectRefused)), testing::Not(HasSubstr("quorum lost")));
  EXPECT_THAT(text(record(1, Reason::ConnectRefused)), HasSubstr("quorum lost (0 of 1)"));
  EXPECT_FALSE(balancer_.snapshot({})[0].is_starting);
  EXPECT_THAT(text(record(2, Reason::ConnectRefused)), HasSubstr("service web81: quorum lost"));
  EXPECT_FALSE(balancer_.snapshot({})[1].is_starting);
  EXPECT_THAT(text(record(0, Reason::Passed, "", 2)), HasSubstr("quorum gained (1 of 1)"));

  // Who was lost before does not start anew because a server was added.
  record(0, Reason::ConnectRefused, "", 3);
  others.real_servers.push_back(sample::service(80, 5).real_servers[4]);
  configure({others});
  EXPECT_FALSE(balancer_.snapshot({})[0].is_starting);
}

TEST_F(BalancerTest, AReloadThatMakesChecksMorePatientKeepsWhatIsKnown) {
  configure({sample::service(80, 2)});
  record(0, Reason::Passed);
  record(1, Reason::ConnectRefused);
  auto patient = sample::service(80, 2);
  for (auto& server : patient.real_servers) {
    server.checks[0].check.interval = std::chrono::seconds(5);
    server.checks[0].check.fall = 6;
  }
  configure({patient});
  record(0, Reason::ConnectRefused, "", 5);
  EXPECT_EQ(weights(), (std::vector{1, -1}));
  record(0, Reason::ConnectRefused);
  EXPECT_EQ(weights(), (std::vector{-1, -1}));
  record(1, Reason::Passed);
  EXPECT_EQ(weights(), (std::vector{-1, -1})) << "rise is 2";
}

TEST_F(BalancerTest, AReloadDoesNotPutBackTheDeadBecauseTheirCheckStartsAsUp) {
  const auto starting_up = [](checks::HttpCheck probe) {
    auto service = sample::service(80, 2);
    for (auto& server : service.real_servers) {
      server.checks[0].initial = Health::Up;
      server.checks[0].check.probe = probe;
    }
    return service;
  };
  configure({starting_up({})});
  record(0, Reason::ConnectRefused, "", 3);
  record(1, Reason::HttpStatus, "503", 3);
  EXPECT_EQ(weights(), (std::vector{-1, 0}));
  checks::HttpCheck changed;
  changed.path = "/other";
  configure({starting_up(changed)});
  EXPECT_EQ(weights(), (std::vector{-1, 0}));
  record(0, Reason::Passed);
  record(1, Reason::Passed);
  EXPECT_EQ(weights(), (std::vector{1, 1}));
}

TEST_F(BalancerTest, AReloadThatAddsServersFiresNoSorryServerBeforeTheyAreLookedAt) {
  auto service = sample::service(80, 2);
  service.quorum = 2;
  service.sorry_server = ipvs::Destination{.key = {sample::ip("10.0.0.99"), 80}};
  configure({service});
  all_pass();
  const auto sorry = service.sorry_server->key;
  auto larger = sample::service(80, 4);
  larger.quorum = 3;
  larger.sorry_server = service.sorry_server;
  configure({larger});
  EXPECT_FALSE(balancer_.wanted_service(0).destinations.contains(sorry));
  EXPECT_EQ(weights(), (std::vector{1, 1, -1, -1}));
  record(2, Reason::ConnectRefused);
  EXPECT_FALSE(balancer_.wanted_service(0).destinations.contains(sorry));
  record(3, Reason::LocalError, "Network is unreachable");
  EXPECT_TRUE(balancer_.wanted_service(0).destinations.contains(sorry)) << "now it is known";
  record(3, Reason::Passed);
  EXPECT_FALSE(balancer_.wanted_service(0).destinations.contains(sorry));
}

}  // namespace
}  // namespace evenkeel::daemon
