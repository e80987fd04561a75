#include <gtest/gtest.h>

#include "daemon/balancer/difference.h"
#include "daemon/balancer/drift_guard.h"
#include "daemon/balancer/quorum.h"
#include "daemon/balancer/snapshot.h"
#include "tests/daemon/balancer/sample.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

TEST(Quorum, IsLostBelowAndGainedAboveTheMargin) {
  struct Case {
    bool before;
    std::uint64_t weight, quorum, hysteresis;
    bool after;
  };
  for (const Case& c :
       {Case{true, 1, 1, 0, true}, Case{true, 0, 1, 0, false}, Case{false, 0, 1, 0, false},
        Case{false, 1, 1, 0, true}, Case{true, 4, 5, 1, true}, Case{true, 3, 5, 1, false},
        Case{false, 5, 5, 1, false}, Case{false, 6, 5, 1, true}, Case{true, 0, 1, 1, false}}) {
    EXPECT_EQ(has_quorum(c.before, c.weight, c.quorum, c.hysteresis), c.after)
        << c.before << ' ' << c.weight << ' ' << c.quorum << ' ' << c.hysteresis;
  }
}

TEST(DriftGuard, FiveRepairsInTenMinutesAreEnough) {
  const auto key = sample::service(80, 0).service.key;
  const DriftGuard::TimePoint start{1000s};
  DriftGuard guard;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(guard.may_repair(key, start + i * 1min));
  EXPECT_FALSE(guard.may_repair(key, start + 6min));
  EXPECT_TRUE(guard.contested().contains(key));
  EXPECT_FALSE(guard.may_repair(key, start + 60min)) << "until it is forgotten";
  guard.forget();
  EXPECT_TRUE(guard.may_repair(key, start + 61min));
}

TEST(DriftGuard, SlowDriftIsRepairedForEver) {
  const auto key = sample::service(80, 0).service.key;
  DriftGuard guard;
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(guard.may_repair(key, DriftGuard::TimePoint{1000s} + i * 3min));
  }
}

TEST(Difference, SaysWhatIsNotAsWeLeftIt) {
  const auto config = sample::service(80, 3);
  ipvs::ServiceEntry expected;
  expected.service = config.service;
  for (const auto& server : config.real_servers) {
    expected.destinations.emplace(server.destination.key, server.destination);
  }
  EXPECT_EQ(difference(&expected, nullptr), "the service is missing");
  EXPECT_EQ(difference(nullptr, &expected), "not ours to have");
  ipvs::ServiceEntry actual = expected;
  actual.service.scheduler = "rr";
  actual.destinations.erase(actual.destinations.begin());
  actual.destinations.begin()->second.weight = 9;
  const ipvs::Destination foreign{.key = {sample::ip("10.9.9.9"), 80}};
  actual.destinations.emplace(foreign.key, foreign);
  EXPECT_EQ(difference(&expected, &actual),
            "the service is changed, 1 destinations missing, 1 destinations changed, 1 foreign "
            "destinations");
}

/// One service with two real servers, and nothing wrong.
Snapshot well() {
  Snapshot snapshot;
  snapshot.kernel = KernelState::InSync;
  snapshot.services.resize(1);
  ServiceSnapshot& service = snapshot.services[0];
  service.has_quorum = true;
  service.real_servers.resize(2);
  for (RealServerSnapshot& server : service.real_servers) {
    server.health = checks::Health::Up;
    server.usage = Usage::Used;
  }
  return snapshot;
}

TEST(ExitCode, TellsWellFromDegradedFromDown) {
  Snapshot snapshot = well();
  ServiceSnapshot& service = snapshot.services[0];
  EXPECT_EQ(exit_code(snapshot), 0);
  service.real_servers[1].usage = Usage::Absent;
  EXPECT_EQ(exit_code(snapshot), 1) << "starts as up, and is not used";
  service.real_servers[1].health = checks::Health::Unknown;
  EXPECT_EQ(exit_code(snapshot), 1) << "neither up nor used";
  service.real_servers[1].usage = Usage::Used;
  EXPECT_EQ(exit_code(snapshot), 0) << "adopted";
  service.real_servers[1].health = checks::Health::Down;
  EXPECT_EQ(exit_code(snapshot), 1);
  service.real_servers[1].health = checks::Health::Up;
  service.real_servers[1].is_stale = true;
  EXPECT_EQ(exit_code(snapshot), 1);
  service.real_servers[1].is_stale = false;
  service.failure = "add destination: refused";
  EXPECT_EQ(exit_code(snapshot), 1);
  service.is_in_kernel = false;
  EXPECT_EQ(exit_code(snapshot), 2) << "nobody is served";
  service.failure.clear();
  EXPECT_EQ(exit_code(snapshot), 0) << "on its way";
  snapshot.kernel = KernelState::Drift;
  EXPECT_EQ(exit_code(snapshot), 2);
  service.is_in_kernel = true;
  EXPECT_EQ(exit_code(snapshot), 1);
  snapshot.kernel = KernelState::Refusing;
  EXPECT_EQ(exit_code(snapshot), 1);
  snapshot.kernel = KernelState::InSync;
  snapshot.processes.push_back({.role = "checks", .state = "restarting"});
  EXPECT_EQ(exit_code(snapshot), 1);
  snapshot.processes.back().state = "running";
  EXPECT_EQ(exit_code(snapshot), 0);
  snapshot.processes.back().problem = "late: 3 of 9 checks";
  EXPECT_EQ(exit_code(snapshot), 1);
  snapshot.processes.back().problem.clear();
  service.has_quorum = false;
  EXPECT_EQ(exit_code(snapshot), 2);
  service.is_starting = true;
  EXPECT_EQ(exit_code(snapshot), 1);
  service.has_quorum = true;
  service.is_starting = false;
  snapshot.kernel = KernelState::Missing;
  EXPECT_EQ(exit_code(snapshot), 2);
}

TEST(ExitCode, ABackupIsWellAndInitializeIsDown) {
  Snapshot snapshot;
  snapshot.kernel = KernelState::InSync;
  snapshot.instances.resize(2);
  snapshot.instances[0].status.state = vrrp::State::Master;
  snapshot.instances[1].status.state = vrrp::State::Backup;
  snapshot.instances[1].status.is_held = true;
  EXPECT_EQ(exit_code(snapshot), 0);
  snapshot.instances[1].is_stale = true;
  EXPECT_EQ(exit_code(snapshot), 1);
  snapshot.instances[1].is_stale = false;
  snapshot.instances[1].status.kernel.has_foreign_address = true;
  EXPECT_EQ(exit_code(snapshot), 1) << "it answers for the address in any state";
  snapshot.instances[1].status.kernel.has_foreign_address = false;
  for (const bool is_owner : {false, true}) {
    snapshot.instances[0].status.rivals.resize(1);
    snapshot.instances[0].status.rivals[0].is_owner = is_owner;
    EXPECT_EQ(exit_code(snapshot), 1) << "somebody else has its addresses, or a peer differs";
    snapshot.instances[0].status.rivals.clear();
  }
  snapshot.instances[0].status.has_conflict = true;
  EXPECT_EQ(exit_code(snapshot), 1);
  snapshot.instances[0].status.has_conflict = false;
  snapshot.instances[0].status.kernel.has_refused_address = true;
  EXPECT_EQ(exit_code(snapshot), 1);
  snapshot.instances[0].status.kernel.has_refused_address = false;
  snapshot.instances[0].status.kernel.is_polling = true;
  EXPECT_EQ(exit_code(snapshot), 1);
  snapshot.instances[0].status.kernel.is_polling = false;
  snapshot.instances[1].status.state = vrrp::State::Initialize;
  EXPECT_EQ(exit_code(snapshot), 2);
  snapshot.instances[1].is_stale = false;
  snapshot.instances[1].status.reason = vrrp::Reason::NotStarted;
  EXPECT_EQ(exit_code(snapshot), 2);
  EXPECT_EQ(exit_code(snapshot.instances[0]), 0);
  EXPECT_EQ(exit_code(snapshot.instances[1]), 2);
  EXPECT_EQ(exit_code({&snapshot.instances[0], &snapshot.instances[1]}), 2);
  EXPECT_EQ(exit_code(std::vector<const InstanceSnapshot*>{}), 0);
}

TEST(ExitCode, WithoutServicesVrrpNeedsNoKernel) {
  Snapshot snapshot;
  snapshot.kernel = KernelState::Missing;
  EXPECT_EQ(exit_code(snapshot), 0) << "as installed: it does nothing";
  snapshot.instances.resize(1);
  snapshot.instances[0].status.state = vrrp::State::Backup;
  EXPECT_EQ(exit_code(snapshot), 0);
  snapshot.services.resize(1);
  snapshot.services[0].has_quorum = true;
  EXPECT_EQ(exit_code(snapshot), 2);
}

}  // namespace
}  // namespace evenkeel::daemon
