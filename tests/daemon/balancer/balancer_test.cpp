#include "daemon/balancer/balancer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/balancer/balancer_fixture.h"
#include "tests/daemon/balancer/sample.h"

namespace evenkeel::daemon {
namespace {

using checks::Health;
using checks::Reason;
using sample::outcome;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(BalancerTest, TakesNothingBeforeTheFirstOutcome) {
  configure({sample::service(80, 2)});
  EXPECT_EQ(weights(), (std::vector{-1, -1}));
  record(0, Reason::Passed);
  EXPECT_EQ(weights(), (std::vector{1, -1}));
}

TEST_F(BalancerTest, UsesARealServerWithoutACheckAtOnce) {
  configure({sample::service(80, 2, false)});
  EXPECT_EQ(weights(), (std::vector{1, 1}));
}

TEST_F(BalancerTest, UsesWhatTheKernelAlreadyHeldUntilTheFirstOutcome) {
  configure({sample::service(80, 3)});
  ipvs::Table actual;
  auto& entry = actual[balancer_.config()->services[0].service.key];
  const auto& servers = balancer_.config()->services[0].real_servers;
  ipvs::Destination first = servers[0].destination;
  ipvs::Destination second = servers[1].destination;
  second.weight = 0;
  entry.destinations = {{first.key, first}, {second.key, second}};
  balancer_.adopt(actual, kNow);
  EXPECT_EQ(weights(), (std::vector{1, 0, -1}));

  EXPECT_THAT(record(0, Reason::ConnectRefused, "", 2), IsEmpty());
  record(1, Reason::Passed);
  record(2, Reason::ConnectRefused);  // it was not there: the first outcome decides
  EXPECT_EQ(weights(), (std::vector{1, 1, -1})) << "two of three failures";
  const auto servers_now = balancer_.snapshot({})[0].real_servers;
  EXPECT_EQ(servers_now[0].explanation, "as the kernel had it, connect refused (2 of 3)");
  EXPECT_EQ(servers_now[0].health, Health::Unknown);
  EXPECT_EQ(servers_now[2].health, Health::Down);
  EXPECT_THAT(record(0, Reason::ConnectRefused).at(0).text, HasSubstr("removing 10.0.0.1:80"));
  EXPECT_EQ(weights(), (std::vector{-1, 1, -1}));
}

TEST_F(BalancerTest, OnePassProvesWhoWasAdopted) {
  configure({sample::service(80, 1)});
  balancer_.adopt(balancer_.wanted(), kNow);  // the service without it
  ipvs::Table actual = balancer_.wanted();
  const auto& held = balancer_.config()->services[0].real_servers[0].destination;
  actual.begin()->second.destinations.emplace(held.key, held);
  balancer_.adopt(actual, kNow);
  record(0, Reason::ConnectTimeout, "", 2);
  record(0, Reason::Passed);
  EXPECT_EQ(balancer_.snapshot({})[0].real_servers[0].health, Health::Up);
  record(0, Reason::ConnectTimeout, "", 2);
  EXPECT_EQ(weights(), (std::vector{1}));
  record(0, Reason::ConnectTimeout);
  EXPECT_EQ(weights(), (std::vector{-1}));
}

TEST_F(BalancerTest, WhoIsQuiescedKeepsItsConnectionsUntilFallFailures) {
  auto service = sample::service(80, 1);
  service.on_failure = OnFailure::Remove;
  configure({service});
  ipvs::Table actual = balancer_.wanted();
  ipvs::Destination held = service.real_servers[0].destination;
  held.weight = 0;
  actual.begin()->second.destinations.emplace(held.key, held);
  balancer_.adopt(actual, kNow);
  record(0, Reason::ConnectTimeout, "", 2);
  EXPECT_EQ(weights(), (std::vector{0}));
  record(0, Reason::ConnectTimeout);
  EXPECT_EQ(weights(), (std::vector{-1}));
}

TEST_F(BalancerTest, WhoStartsAsUpFallsByFallFailures) {
  auto service = sample::service(80, 1);
  service.real_servers[0].checks[0].initial = Health::Up;
  configure({service});
  record(0, Reason::ConnectTimeout, "", 2);
  EXPECT_EQ(weights(), (std::vector{1}));
  EXPECT_EQ(balancer_.snapshot({})[0].real_servers[0].explanation, "connect timeout (2 of 3)");
  record(0, Reason::ConnectTimeout);
  EXPECT_EQ(weights(), (std::vector{-1}));
}

TEST_F(BalancerTest, RemovesAfterFallAndPutsBackAfterRise) {
  configure({sample::service(80, 2)});
  all_pass();
  EXPECT_THAT(record(0, Reason::ConnectTimeout, "", 2), IsEmpty());
  EXPECT_EQ(weights(), (std::vector{1, 1}));
  const auto notices = record(0, Reason::ConnectTimeout);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].text, "service web80: removing 10.0.0.1:80: connect timeout");
  EXPECT_EQ(weights(), (std::vector{-1, 1}));
  EXPECT_THAT(record(0, Reason::Passed), IsEmpty());
  EXPECT_THAT(record(0, Reason::Passed)[0].text, HasSubstr("adding 10.0.0.1:80: connected in 4ms"));
  EXPECT_EQ(weights(), (std::vector{1, 1}));
}

TEST_F(BalancerTest, QuiescesAServerThatAnswersWronglyAndRemovesItOnceItIsGone) {
  configure({sample::service(80, 2)});
  all_pass();
  const auto notices = record(0, Reason::HttpStatus, "503", 3);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].text, "service web80: quiescing 10.0.0.1:80: HTTP status 503");
  EXPECT_EQ(weights(), (std::vector{0, 1}));
  record(0, Reason::ConnectRefused, "", 2);
  EXPECT_EQ(weights(), (std::vector{0, 1}));
  EXPECT_THAT(record(0, Reason::ConnectRefused)[0].text, HasSubstr("removing"));
  EXPECT_EQ(weights(), (std::vector{-1, 1}));
}

TEST_F(BalancerTest, WithAutoAFailureAlwaysRemovesFromUdpAndPersistentServices) {
  auto udp = sample::service(53, 1);
  udp.service.key.protocol = ipvs::Protocol::Udp;
  auto persistent = sample::service(80, 1);
  persistent.service.persistence_seconds = 300;
  configure({udp, persistent});
  all_pass();
  record(0, Reason::HttpStatus, "503", 3);
  record(1, Reason::HttpStatus, "503", 3);
  EXPECT_EQ(weights(0), (std::vector{-1}));
  EXPECT_EQ(weights(1), (std::vector{-1}));
}

TEST_F(BalancerTest, OnFailureIsTheOperatorsWord) {
  auto quiesce = sample::service(80, 1);
  quiesce.on_failure = OnFailure::Quiesce;
  quiesce.service.persistence_seconds = 300;
  auto remove = sample::service(81, 1);
  remove.on_failure = OnFailure::Remove;
  configure({quiesce, remove});
  all_pass();
  record(0, Reason::ConnectRefused, "", 9);
  record(1, Reason::HttpStatus, "503", 3);
  EXPECT_EQ(weights(0), (std::vector{0}));
  EXPECT_EQ(weights(1), (std::vector{-1}));
}

TEST_F(BalancerTest, AllChecksOfAServerMustPass) {
  auto service = sample::service(80, 1);
  service.real_servers[0].checks = {sample::tcp_check(), sample::tcp_check(1, 1)};
  service.real_servers[0].checks[1].check.port = 81;
  configure({service});
  record(0, Reason::Passed);
  EXPECT_EQ(weights(), (std::vector{-1}));
  record(1, Reason::Passed);
  EXPECT_EQ(weights(), (std::vector{1}));
  EXPECT_THAT(record(1, Reason::HttpStatus, "500")[0].text, HasSubstr("quiescing"));
  record(0, Reason::Passed);
  EXPECT_EQ(weights(), (std::vector{0}));
}

TEST_F(BalancerTest, ALocalErrorNeitherTakesOutNorPutsIn) {
  configure({sample::service(80, 1)});
  all_pass();
  const auto notices = record(0, Reason::LocalError, "Too many open files", 3);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_THAT(notices[0].text, HasSubstr("cannot check 10.0.0.1:80"));
  EXPECT_EQ(weights(), (std::vector{1}));
  EXPECT_TRUE(balancer_.is_frozen());
  EXPECT_TRUE(balancer_.snapshot({})[0].real_servers[0].is_stale);
  record(0, Reason::Passed);
  EXPECT_FALSE(balancer_.is_frozen());
  EXPECT_FALSE(balancer_.snapshot({})[0].real_servers[0].is_stale);
}

TEST_F(BalancerTest, AgesDoNotFollowAClockThatIsSet) {
  using namespace std::chrono_literals;
  configure({sample::service(80, 1)});
  all_pass();
  const auto age = [&](const Clocks& clocks) {
    return clocks.wall - balancer_.snapshot({}, clocks)[0].real_servers[0].since;
  };
  const std::chrono::system_clock::time_point noon(1'700'000'000s);
  EXPECT_EQ(age({.steady = kNow + 5s, .wall = noon}), 5s);
  EXPECT_EQ(age({.steady = kNow + 6s, .wall = noon + 30 * 24h}), 6s);
  EXPECT_EQ(age({.steady = kNow + 7s, .wall = noon - 30 * 24h}), 7s);
}

TEST(Clocks, ATimeThatCannotBeIsTheNearestOneThatCan) {
  using namespace std::chrono_literals;
  using Steady = std::chrono::steady_clock::time_point;
  const std::chrono::system_clock::time_point noon(1'700'000'000s);
  const Clocks clocks{.steady = Steady(1h), .wall = noon};
  EXPECT_EQ(clocks.wall_time(Steady(1h - 5s)), noon - 5s);
  EXPECT_EQ(clocks.wall_time(Steady::max()), noon);
  EXPECT_EQ(clocks.wall_time(Steady::min()), noon - 1h);
}

TEST_F(BalancerTest, TheSorryServerAnswersWhenQuorumIsLostAndNotBefore) {
  auto service = sample::service(80, 2);
  service.sorry_server = ipvs::Destination{.key = {sample::ip("10.0.0.99"), 80}};
  configure({service});
  const auto sorry = service.sorry_server->key;
  const auto used = [&] { return balancer_.wanted_service(0).destinations.contains(sorry); };
  EXPECT_FALSE(used()) << "nothing is known yet";
  record(0, Reason::ConnectRefused);
  record(1, Reason::ConnectRefused);
  EXPECT_FALSE(used()) << "the first round is not over";
  const auto notices = balancer_.first_round_done(kNow);
  EXPECT_THAT(notices.at(1).text, HasSubstr("quorum lost (0 of 1)"));
  EXPECT_TRUE(used());
  record(0, Reason::Passed, "", 2);
  EXPECT_FALSE(used());
  EXPECT_EQ(weights(), (std::vector{1, -1}));
}

TEST_F(BalancerTest, ASorryServerInUseIsAdopted) {
  auto service = sample::service(80, 1);
  service.sorry_server = ipvs::Destination{.key = {sample::ip("10.0.0.99"), 80}};
  configure({service});
  ipvs::Table actual;
  auto& entry = actual[service.service.key];
  entry.service = service.service;
  entry.destinations.emplace(service.sorry_server->key, *service.sorry_server);
  balancer_.adopt(actual, kNow);
  EXPECT_EQ(balancer_.wanted(), actual) << "a restart changes nothing";
  record(0, Reason::Passed);
  static_cast<void>(balancer_.first_round_done(kNow));
  EXPECT_EQ(weights(), (std::vector{1}));
  EXPECT_FALSE(balancer_.wanted_service(0).destinations.contains(service.sorry_server->key));
}

TEST_F(BalancerTest, AServerThatStartsAsUpIsNotPutBackByARestart) {
  auto service = sample::service(80, 2);
  for (auto& server : service.real_servers) server.checks[0].initial = Health::Up;
  configure({service});
  EXPECT_EQ(weights(), (std::vector{1, 1}));
  ipvs::Table actual;
  auto& entry = actual[service.service.key];
  const auto& held = service.real_servers[0].destination;
  entry.destinations.emplace(held.key, held);
  balancer_.adopt(actual, kNow);
  EXPECT_EQ(weights(), (std::vector{1, -1})) << "the earlier run had taken it out";
  configure({service});
  EXPECT_EQ(weights(), (std::vector{1, -1})) << "and a reload changes nothing of that";
  record(1, Reason::Passed);
  EXPECT_EQ(weights(), (std::vector{1, 1}));
}

TEST_F(BalancerTest, WhenNothingCanBeCheckedTheSorryServerAnswers) {
  auto service = sample::service(80, 1);
  service.sorry_server = ipvs::Destination{.key = {sample::ip("10.0.0.99"), 80}};
  configure({service});
  record(0, Reason::LocalError, "Network is unreachable");
  EXPECT_FALSE(balancer_.snapshot({})[0].has_quorum);
  static_cast<void>(balancer_.first_round_done(kNow));
  EXPECT_TRUE(balancer_.wanted_service(0).destinations.contains(service.sorry_server->key));
}

TEST_F(BalancerTest, ASorryServerThatIsAlsoARealServerKeepsBothRoles) {
  auto service = sample::service(80, 2);
  service.sorry_server = service.real_servers[0].destination;
  service.sorry_server->weight = 7;
  configure({service});
  all_pass();
  EXPECT_EQ(weights(), (std::vector{1, 1}));
  record(0, Reason::ConnectRefused, "", 3);
  record(1, Reason::ConnectRefused, "", 3);
  EXPECT_EQ(weights(), (std::vector{7, -1}));
}

TEST_F(BalancerTest, BelowQuorumWhatIsLeftIsQuiescedBehindTheSorryServer) {
  auto service = sample::service(80, 3);
  service.quorum = 2;
  service.sorry_server = ipvs::Destination{.key = {sample::ip("10.0.0.99"), 80}};
  configure({service});
  all_pass();
  record(0, Reason::ConnectRefused, "", 3);
  EXPECT_EQ(weights(), (std::vector{-1, 1, 1}));
  record(1, Reason::ConnectRefused, "", 3);
  EXPECT_EQ(weights(), (std::vector{-1, -1, 0}));
}

TEST_F(BalancerTest, WithoutAChecksProcessNothingIsStarting) {
  configure({sample::service(80, 1)});
  EXPECT_TRUE(balancer_.snapshot({})[0].is_starting);
  balancer_.checks_lost();
  EXPECT_FALSE(balancer_.snapshot({})[0].is_starting);
  EXPECT_FALSE(balancer_.snapshot({})[0].has_quorum);
}

TEST_F(BalancerTest, WhoCannotCheckKnowsNothing) {
  configure({sample::service(80, 2)});
  EXPECT_FALSE(balancer_.knows_any_server());
  record(0, Reason::LocalError, "Network is unreachable");
  record(1, Reason::LocalError, "Network is unreachable");
  static_cast<void>(balancer_.first_round_done(kNow));
  EXPECT_FALSE(balancer_.knows_any_server());
  record(1, Reason::ConnectRefused);
  EXPECT_TRUE(balancer_.knows_any_server());
  configure({sample::service(80, 2, false)});
  EXPECT_TRUE(balancer_.knows_any_server());
}

TEST_F(BalancerTest, WhenTheChecksProcessDiesVerdictsStandAndAreMarkedStale) {
  configure({sample::service(80, 2)});
  all_pass();
  balancer_.checks_lost();
  EXPECT_EQ(weights(), (std::vector{1, 1}));
  EXPECT_TRUE(balancer_.snapshot({})[0].real_servers[0].is_stale);
  record(0, Reason::Passed);
  EXPECT_FALSE(balancer_.snapshot({})[0].real_servers[0].is_stale);
  EXPECT_TRUE(balancer_.snapshot({})[0].real_servers[1].is_stale);
}

TEST_F(BalancerTest, OneOutcomeServesEveryUserOfTheSameProbe) {
  auto second = sample::service(81, 1);
  second.real_servers[0].checks = sample::service(80, 1).real_servers[0].checks;
  configure({sample::service(80, 1), second});
  record(0, Reason::Passed);
  EXPECT_EQ(weights(0), (std::vector{1}));
  EXPECT_EQ(weights(1), (std::vector{1}));
  EXPECT_THAT(record(7, Reason::Passed), IsEmpty()) << "an id out of range is ignored";
}

TEST_F(BalancerTest, OnlyTheTouchedServiceIsDirty) {
  configure({sample::service(80, 1), sample::service(81, 1)});
  static_cast<void>(balancer_.take_dirty());
  record(1, Reason::Passed);
  EXPECT_EQ(balancer_.take_dirty(), (std::set<std::size_t>{1}));
  record(1, Reason::Passed);
  EXPECT_FALSE(balancer_.is_dirty());
}

TEST_F(BalancerTest, ExplanationsSayWhy) {
  configure({sample::service(80, 1)});
  const auto text = [&] { return balancer_.snapshot({})[0].real_servers[0].explanation; };
  EXPECT_EQ(text(), "waiting for the first check");
  record(0, Reason::Passed, "200");
  EXPECT_EQ(text(), "200 in 4ms");
  record(0, Reason::ConnectTimeout);
  EXPECT_EQ(text(), "connect timeout (1 of 3)");
  record(0, Reason::ConnectTimeout, "", 5);
  EXPECT_EQ(text(), "connect timeout (3 of 3)");
  record(0, Reason::Passed, "200");
  EXPECT_EQ(text(), "200 in 4ms (1 of 2)");
}

}  // namespace
}  // namespace evenkeel::daemon
