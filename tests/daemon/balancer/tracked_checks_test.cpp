// Checks that tracks follow, of no real server, and what a track is told of a service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/balancer/balancer_fixture.h"

namespace evenkeel::daemon {
namespace {

using checks::Health;
using checks::Reason;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ServerCheck local_check(std::string name, std::uint16_t port = 8080, std::uint16_t fall = 3) {
  ServerCheck check = sample::tcp_check(2, fall);
  check.name = std::move(name);
  check.check.address = sample::ip("127.0.0.1");
  check.check.port = port;
  return check;
}

class TrackedChecks : public BalancerTest {
 protected:
  void follow(std::vector<ServerCheck> checks, std::vector<ServiceConfig> services = {}) {
    auto config = std::make_shared<Config>();
    config->services = std::move(services);
    config->tracked.checks = std::move(checks);
    static_cast<void>(balancer_.configure(config, kNow));
  }
  void tell(Reason reason, int times = 1, std::size_t place = 0) {
    const checks::CheckId id = balancer_.check_list().at(place).id;
    for (int i = 0; i < times; ++i) {
      const std::vector<checks::CheckOutcome> outcomes = {sample::outcome(id, reason)};
      EXPECT_THAT(balancer_.record(outcomes, kNow), IsEmpty()) << "its track tells of it";
    }
  }
  Health health(std::size_t check = 0) const { return balancer_.tracked_check(check).health(); }
};

TEST_F(TrackedChecks, AreInTheListWithoutAnyService) {
  follow({local_check("nginx")});
  ASSERT_THAT(balancer_.check_list(), SizeIs(1));
  EXPECT_EQ(balancer_.check_list()[0].check, local_check("nginx").check);
  EXPECT_THAT(balancer_.wanted(), IsEmpty());
  EXPECT_EQ(health(), Health::Unknown);
}

TEST_F(TrackedChecks, RiseAndFallAsThoseOfRealServers) {
  follow({local_check("nginx")});
  tell(Reason::Passed);
  EXPECT_EQ(health(), Health::Up) << "the first outcome decides";
  tell(Reason::ConnectRefused, 2);
  EXPECT_EQ(health(), Health::Up);
  tell(Reason::ConnectRefused);
  EXPECT_EQ(health(), Health::Down);
  EXPECT_EQ(balancer_.tracked_check(0).cause(), "connect refused");
  tell(Reason::Passed, 2);
  EXPECT_EQ(health(), Health::Up);
}

TEST_F(TrackedChecks, AFaultOfOursChangesNoHealth) {
  follow({local_check("nginx")});
  tell(Reason::Passed);
  tell(Reason::LocalError, 3);
  EXPECT_EQ(health(), Health::Up);
  EXPECT_TRUE(balancer_.tracked_check(0).is_blind());
}

TEST_F(TrackedChecks, KeepTheirHealthOverAReload) {
  follow({local_check("nginx")});
  tell(Reason::Passed);
  tell(Reason::ConnectRefused, 3);
  follow({local_check("haproxy", 9090), local_check("nginx")});
  EXPECT_EQ(health(0), Health::Unknown);
  EXPECT_EQ(health(1), Health::Down);
  follow({local_check("web", 8080)});
  EXPECT_EQ(health(), Health::Down) << "a new name";
  follow({local_check("web", 8080, 5)});
  EXPECT_EQ(health(), Health::Down) << "other limits";
  follow({local_check("web", 8081)});
  EXPECT_EQ(health(), Health::Unknown) << "another question";
}

TEST_F(TrackedChecks, AndARealServersAreOneProbe) {
  ServiceConfig service = sample::service(80, 2);
  service.real_servers[0].checks = {local_check("nginx")};
  follow({local_check("nginx"), local_check("the same")}, {service});
  ASSERT_THAT(balancer_.check_list(), SizeIs(2));
  static_cast<void>(record(0, Reason::Passed));
  EXPECT_EQ(health(0), Health::Up);
  EXPECT_EQ(health(1), Health::Up);
  static_cast<void>(record(0, Reason::ConnectRefused, "", 3));
  EXPECT_EQ(health(0), Health::Down);
  EXPECT_THAT(weights(), ::testing::ElementsAre(-1, -1));
}

TEST_F(TrackedChecks, ANewTrackKnowsWhatAServersCheckHasTold) {
  ServiceConfig service = sample::service(80, 1);
  follow({}, {service});
  static_cast<void>(record(0, Reason::ConnectRefused));
  ServerCheck same = service.real_servers[0].checks[0];
  same.name = "same";
  follow({same}, {service});
  EXPECT_EQ(health(), Health::Down);
  follow({same});
  service.name = "other";
  service.service.key.port = 81;
  follow({same}, {service});
  EXPECT_THAT(balancer_.snapshot({})[0].real_servers[0].health, Health::Down) << "and back";
}

TEST_F(TrackedChecks, AreStaleWhileTheChecksProcessIsAway) {
  follow({local_check("nginx")});
  tell(Reason::Passed);
  balancer_.checks_lost();
  EXPECT_TRUE(balancer_.tracked_check(0).is_stale());
  EXPECT_EQ(health(), Health::Up);
  tell(Reason::Passed);
  EXPECT_FALSE(balancer_.tracked_check(0).is_stale());
}

class HealthOfAService : public BalancerTest {};

TEST_F(HealthOfAService, IsKnownOnceItsQuorumCounts) {
  configure({sample::service(80, 2)});
  EXPECT_FALSE(balancer_.health_of(0).is_known);
  record(0, Reason::ConnectRefused);
  EXPECT_FALSE(balancer_.health_of(0).is_known);
  record(1, Reason::ConnectRefused);
  static_cast<void>(balancer_.first_round_done(kNow));
  const ServiceHealth lost = balancer_.health_of(0);
  EXPECT_TRUE(lost.is_known);
  EXPECT_FALSE(lost.has_quorum);
  EXPECT_EQ(lost.down, 2U);
  EXPECT_EQ(lost.weight_up, 0U);
  record(0, Reason::Passed, "", 2);
  EXPECT_TRUE(balancer_.health_of(0).has_quorum);
  EXPECT_EQ(balancer_.health_of(0).down, 1U);
}

TEST_F(HealthOfAService, IsNotLostByServersThatAReloadBrings) {
  configure({sample::service(80, 1)});
  all_pass();
  ServiceConfig other = sample::service(80, 2);
  other.real_servers.erase(other.real_servers.begin());
  configure({other});
  EXPECT_FALSE(balancer_.health_of(0).is_known);
}

TEST_F(HealthOfAService, IsBlindWhenNoServerCanBeChecked) {
  configure({sample::service(80, 2)});
  all_pass();
  record(0, Reason::LocalError, "", 3);
  EXPECT_FALSE(balancer_.health_of(0).is_blind);
  record(1, Reason::LocalError, "", 3);
  EXPECT_TRUE(balancer_.health_of(0).is_blind);
  EXPECT_TRUE(balancer_.health_of(0).has_quorum) << "the last verdicts stand";
}

TEST_F(HealthOfAService, IsStaleWhileTheChecksProcessIsAway) {
  configure({sample::service(80, 1), sample::service(81, 1, /*checked=*/false)});
  all_pass();
  balancer_.checks_lost();
  EXPECT_TRUE(balancer_.health_of(0).is_stale);
  EXPECT_FALSE(balancer_.health_of(1).is_stale) << "nothing of it is checked";
}

}  // namespace
}  // namespace evenkeel::daemon
