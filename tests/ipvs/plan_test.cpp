#include "ipvs/plan.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ipvs/random_table.h"

namespace evenkeel::ipvs {
namespace {

using boost::asio::ip::make_address;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint32_t kSeeds = 4000;

Service web(const std::string& scheduler = "wlc") {
  Service service;
  service.key.address = make_address("192.0.2.10");
  service.key.port = 80;
  service.scheduler = scheduler;
  return service;
}

Destination server(int host, std::uint32_t weight) {
  Destination destination;
  destination.key = {make_address("10.0.0." + std::to_string(host)), 80};
  destination.weight = weight;
  return destination;
}

Table table_of(const Service& service, const std::vector<Destination>& destinations) {
  ServiceEntry entry{service, {}};
  for (const Destination& destination : destinations) {
    entry.destinations.emplace(destination.key, destination);
  }
  return {{service.key, entry}};
}

std::vector<std::string> words(const std::vector<Operation>& operations) {
  std::vector<std::string> out;
  out.reserve(operations.size());
  for (const Operation& operation : operations) out.push_back(to_string(operation));
  return out;
}

std::uint64_t capacity(const ServiceEntry& entry) {
  if (entry.service.scheduler == "none") return 0;
  std::uint64_t sum = 0;
  for (const auto& [key, destination] : entry.destinations) sum += destination.weight;
  return sum;
}

/// Every service that is in both ends is there, with no less capacity than in the poorer end; and a
/// destination that takes connections at both ends takes them all the way.
void expect_no_less_than_the_poorer_end(const Table& step, const Table& from, const Table& to) {
  for (const auto& [key, start] : from) {
    const auto end = to.find(key);
    if (end == to.end()) continue;
    const auto now = step.find(key);
    ASSERT_NE(now, step.end()) << to_string(key) << " is gone";
    EXPECT_GE(capacity(now->second), std::min(capacity(start), capacity(end->second)))
        << to_string(key);
    for (const auto& [destination_key, before] : start.destinations) {
      const auto after = end->second.destinations.find(destination_key);
      if (before.weight == 0 || after == end->second.destinations.end() ||
          after->second.weight == 0) {
        continue;
      }
      const auto during = now->second.destinations.find(destination_key);
      ASSERT_NE(during, now->second.destinations.end());
      EXPECT_GE(during->second.weight, std::min(before.weight, after->second.weight));
    }
  }
}

void check_laws(const Table& wanted, const Table& actual) {
  EXPECT_THAT(words(plan(wanted, wanted)), IsEmpty());
  Table table = actual;
  for (const Operation& operation : plan(wanted, actual)) {
    ASSERT_TRUE(apply(table, operation)) << to_string(operation) << " is refused";
    expect_no_less_than_the_poorer_end(table, actual, wanted);
  }
  EXPECT_EQ(table, wanted);
}

TEST(Plan, LawsHoldBetweenUnrelatedTables) {
  for (std::uint32_t seed = 0; seed < kSeeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomTable random(seed);
    const Table wanted = random.table();
    check_laws(wanted, random.table());
  }
}

TEST(Plan, LawsHoldBetweenATableAndAChangedOne) {
  for (std::uint32_t seed = 0; seed < kSeeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomTable random(seed);
    const Table actual = random.table();
    check_laws(random.changed(actual), actual);
  }
}

TEST(Plan, WeightChangeIsOneOperation) {
  const Table actual = table_of(web(), {server(1, 1), server(2, 1), server(3, 1)});
  Table wanted = actual;
  wanted.begin()->second.destinations.begin()->second.weight = 0;
  EXPECT_THAT(words(plan(wanted, actual)),
              ElementsAre("set destination 10.0.0.1:80 of TCP 192.0.2.10:80"));
}

TEST(Plan, AddsBeforeItTakesAway) {
  const Table actual =
      table_of(web(), {server(1, 5), server(2, 5), server(3, 1), server(4, 1), server(5, 1)});
  const Table wanted = table_of(web(), {server(1, 1), server(3, 5), server(4, 1), server(6, 1)});
  EXPECT_THAT(words(plan(wanted, actual)),
              ElementsAre("set destination 10.0.0.3:80 of TCP 192.0.2.10:80",
                          "add destination 10.0.0.6:80 to TCP 192.0.2.10:80",
                          "set destination 10.0.0.1:80 of TCP 192.0.2.10:80",
                          "remove destination 10.0.0.2:80 from TCP 192.0.2.10:80",
                          "remove destination 10.0.0.5:80 from TCP 192.0.2.10:80"));
}

TEST(Plan, NewServiceIsAddedBeforeAnOldOneIsRemoved) {
  Service old = web();
  old.key.port = 79;
  EXPECT_THAT(
      words(plan(table_of(web(), {server(1, 1)}), table_of(old, {server(1, 1), server(2, 1)}))),
      ElementsAre("add TCP 192.0.2.10:80", "add destination 10.0.0.1:80 to TCP 192.0.2.10:80",
                  "remove TCP 192.0.2.10:79"));
}

TEST(Plan, NewHashServiceIsFilledWhileItIsNone) {
  for (const char* scheduler : {"sh", "dh", "mh"}) {
    const auto operations = plan(table_of(web(scheduler), {server(1, 1), server(2, 1)}), {});
    ASSERT_EQ(operations.size(), 4u);
    EXPECT_EQ(operations[0].kind, OperationKind::AddService);
    EXPECT_EQ(operations[0].service.scheduler, "none");
    EXPECT_EQ(operations[1].kind, OperationKind::AddDestination);
    EXPECT_EQ(operations[2].kind, OperationKind::AddDestination);
    EXPECT_EQ(operations[3].kind, OperationKind::SetService);
    EXPECT_EQ(operations[3].service.scheduler, scheduler);
  }
}

TEST(Plan, NewHashServiceWithoutDestinationsIsOneOperation) {
  EXPECT_THAT(words(plan(table_of(web("mh"), {}), {})), ElementsAre("add TCP 192.0.2.10:80"));
}

TEST(Plan, SchedulerChangesComeLast) {
  Service other = web();
  other.key.port = 81;
  Table actual = table_of(web("rr"), {server(1, 1)});
  actual.merge(table_of(other, {server(1, 1), server(2, 1)}));
  Table wanted = table_of(web("wrr"), {server(1, 1)});
  wanted.merge(table_of(other, {server(1, 1)}));
  EXPECT_THAT(words(plan(wanted, actual)),
              ElementsAre("remove destination 10.0.0.2:80 from TCP 192.0.2.10:81",
                          "set TCP 192.0.2.10:80"));
}

TEST(Plan, OtherChangesOfAServiceDoNotWait) {
  Service sticky = web();
  sticky.flags = ServiceFlags::kPersistent;
  sticky.persistence_seconds = 300;
  EXPECT_THAT(
      words(plan(table_of(sticky, {server(1, 1)}), table_of(web(), {server(1, 1), server(2, 1)}))),
      ElementsAre("set TCP 192.0.2.10:80",
                  "remove destination 10.0.0.2:80 from TCP 192.0.2.10:80"));
}

TEST(Plan, HashServiceLeftAsNoneIsSetBeforeAnythingIsTakenAway) {
  EXPECT_THAT(
      words(plan(table_of(web("mh"), {server(1, 1), server(2, 1)}),
                 table_of(web("none"), {server(1, 1), server(3, 1)}))),
      ElementsAre("add destination 10.0.0.2:80 to TCP 192.0.2.10:80", "set TCP 192.0.2.10:80",
                  "remove destination 10.0.0.3:80 from TCP 192.0.2.10:80"));
}

// A quadratic plan would take minutes, and run into the test's own time limit.
TEST(Plan, LargeTablesArePlanned) {
  Table wanted;
  for (int index = 0; index < 20'000; ++index) {
    ServiceEntry entry{web(), {}};
    entry.service.key.address =
        boost::asio::ip::address_v4(0x0a000000U + static_cast<unsigned>(index));
    for (int host = 1; host <= 10; ++host) {
      const Destination destination = server(host, 1);
      entry.destinations.emplace(destination.key, destination);
    }
    wanted.emplace(entry.service.key, entry);
  }
  EXPECT_EQ(plan(wanted, {}).size(), 220'000u);
  EXPECT_EQ(plan(wanted, wanted).size(), 0u);
}

TEST(Apply, RefusesWhatTheKernelRefuses) {
  Table table = table_of(web(), {server(1, 1)});
  const Table before = table;
  Service missing = web();
  missing.key.port = 81;
  const std::vector<Operation> refused{
      {OperationKind::AddService, web("rr"), {}},
      {OperationKind::SetService, missing, {}},
      {OperationKind::RemoveService, missing, {}},
      {OperationKind::AddDestination, web(), server(1, 2)},
      {OperationKind::AddDestination, missing, server(1, 2)},
      {OperationKind::SetDestination, web(), server(2, 2)},
      {OperationKind::RemoveDestination, web(), server(2, 2)},
  };
  for (const Operation& operation : refused) {
    EXPECT_FALSE(apply(table, operation)) << to_string(operation);
    EXPECT_EQ(table, before);
  }
}

}  // namespace
}  // namespace evenkeel::ipvs
