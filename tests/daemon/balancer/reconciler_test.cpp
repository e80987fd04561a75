#include "daemon/balancer/reconciler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/balancer/reconciler_fixture.h"

namespace evenkeel::daemon {
namespace {

using checks::Reason;
using testing::HasSubstr;

TEST_F(ReconcilerTest, ProgramsAnEmptyKernel) {
  configure({sample::service(80, 2, false), sample::service(81, 1, false)});
  settle();
  EXPECT_EQ(kernel_.table, balancer_.wanted());
  EXPECT_EQ(described().kernel, KernelState::InSync);
  EXPECT_EQ(described().counters.operations, 5U);
  EXPECT_EQ(remembered_.at(0).size(), 2U) << "written down before it is acted upon";
  EXPECT_EQ(attached_, 1);
}

TEST_F(ReconcilerTest, WritesNothingToAKernelThatHoldsItAlready) {
  auto config = sample::service(80, 3);
  configure({config});
  auto& entry = kernel_.table[config.service.key];
  entry.service = config.service;
  for (const auto& server : config.real_servers) {
    entry.destinations.emplace(server.destination.key, server.destination);
  }
  settle();
  EXPECT_TRUE(kernel_.done.empty());
  EXPECT_EQ(described().kernel, KernelState::InSync);
}

TEST_F(ReconcilerTest, OneChangedWeightIsOneOperation) {
  auto config = sample::service(80, 3, false);
  configure({config});
  settle();
  kernel_.done.clear();
  config.real_servers[1].destination.weight = 9;
  configure({config});
  settle();
  ASSERT_EQ(kernel_.done.size(), 1U);
  EXPECT_EQ(kernel_.done[0].kind, OperationKind::SetDestination);
  EXPECT_EQ(kernel_.done[0].destination.weight, 9U);
}

TEST_F(ReconcilerTest, AHealthChangeTouchesOnlyItsService) {
  configure({sample::service(80, 1), sample::service(81, 1)});
  settle();
  kernel_.done.clear();
  const std::vector<checks::CheckOutcome> outcomes = {sample::outcome(1, Reason::Passed)};
  static_cast<void>(balancer_.record(outcomes, TimePoint()));
  settle();
  ASSERT_EQ(kernel_.done.size(), 1U);
  EXPECT_EQ(kernel_.done[0].service.key.port, 81);
}

TEST_F(ReconcilerTest, LargeTablesGoInBatches) {
  std::vector<ServiceConfig> services;
  for (std::uint16_t port = 1; port <= 100; ++port)
    services.push_back(sample::service(port, 10, false));
  configure(services);
  settle();
  EXPECT_EQ(kernel_.table, balancer_.wanted());
  EXPECT_EQ(kernel_.batches, (std::vector<std::size_t>{256, 256, 256, 256, 76}));
}

TEST_F(ReconcilerTest, NothingIsAskedOfTheKernelAsLongAsNothingIsNeeded) {
  configure({});
  EXPECT_TRUE(settle().empty());
  EXPECT_EQ(attached_, 0) << "sysctls of somebody else's services are not written";
  EXPECT_EQ(kernel_.reads, 0);
  EXPECT_EQ(described().kernel, KernelState::Unused);
  EXPECT_TRUE(reconciler_.remove_all().empty());
  configure({sample::service(80, 1, false)});
  settle();
  EXPECT_EQ(kernel_.table, balancer_.wanted());
  EXPECT_EQ(attached_, 1);
}

TEST_F(ReconcilerTest, WhatAnEarlierRunOwnedIsRemovedEvenIfNothingElseIsWanted) {
  const auto old = sample::service(8080, 1, false);
  kernel_.table[old.service.key].service = old.service;
  reconciler_.previously_owned({old.service.key});
  configure({});
  settle();
  EXPECT_TRUE(kernel_.table.empty());
  EXPECT_TRUE(remembered_.back().empty());
}

TEST_F(ReconcilerTest, RemovesWhatAnEarlierRunOwned) {
  const auto old = sample::service(8080, 1, false);
  kernel_.table[old.service.key].service = old.service;
  reconciler_.previously_owned({old.service.key});
  configure({sample::service(80, 1, false)});
  settle();
  EXPECT_EQ(kernel_.table, balancer_.wanted());
  EXPECT_EQ(remembered_.front().size(), 2U);
  EXPECT_EQ(remembered_.back().size(), 1U);
}

TEST_F(ReconcilerTest, AServiceThatLeavesTheConfigurationLeavesTheKernel) {
  configure({sample::service(80, 1, false), sample::service(81, 1, false)});
  settle();
  configure({sample::service(80, 1, false)});
  settle();
  EXPECT_EQ(kernel_.table, balancer_.wanted());
  EXPECT_EQ(remembered_.back().size(), 1U);
}

TEST_F(ReconcilerTest, WaitsForAKernelWithoutIpvs) {
  kernel_.loaded = false;
  configure({sample::service(80, 1, false)});
  const auto notices = settle();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(described().kernel, KernelState::Missing);
  EXPECT_TRUE(wait(1s).empty()) << "the same news is told once";
  kernel_.loaded = true;
  wait(30s);
  EXPECT_EQ(kernel_.table, balancer_.wanted());
  EXPECT_EQ(described().kernel, KernelState::InSync);
}

TEST_F(ReconcilerTest, AnUnknownSchedulerFailsItsServiceAndNoOther) {
  auto bad = sample::service(80, 1, false);
  bad.service.scheduler = "nonsense";
  configure({bad, sample::service(81, 1, false)});
  settle();
  EXPECT_EQ(kernel_.table.size(), 1U);
  EXPECT_THAT(reconciler_.failure(bad.service.key), HasSubstr("refused"));
  EXPECT_FALSE(reconciler_.holds(bad.service.key));
  EXPECT_EQ(described().kernel, KernelState::Refusing);
  kernel_.done.clear();
  EXPECT_TRUE(wait(5s).empty()) << "not a retry loop";
  EXPECT_TRUE(kernel_.done.empty());
  kernel_.unknown_scheduler = "another";
  wait(31s);
  EXPECT_EQ(kernel_.table, balancer_.wanted());
  EXPECT_EQ(reconciler_.failure(bad.service.key), "");
}

TEST_F(ReconcilerTest, ARefusedSchedulerDoesNotKeepTheDeadInTheTable) {
  auto service = sample::service(80, 2);
  configure({service});
  const auto report = [this](std::uint32_t id, Reason reason) {
    const std::vector<checks::CheckOutcome> outcomes(3, sample::outcome(id, reason));
    static_cast<void>(balancer_.record(outcomes, TimePoint()));
  };
  report(0, Reason::Passed);
  report(1, Reason::Passed);
  settle();
  service.service.scheduler = "nonsense";
  configure({service});
  settle();
  EXPECT_EQ(described().kernel, KernelState::Refusing);
  kernel_.done.clear();
  report(1, Reason::ConnectRefused);
  wait(1s);
  EXPECT_EQ(kernel_.table.begin()->second.destinations.size(), 1U);
  ASSERT_EQ(kernel_.done.size(), 1U) << "and the scheduler is not tried again so soon";
  EXPECT_EQ(kernel_.done[0].kind, OperationKind::RemoveDestination);
  EXPECT_THAT(reconciler_.failure(service.service.key), HasSubstr("refused"));
  kernel_.unknown_scheduler = "another";
  wait(31s);
  EXPECT_EQ(kernel_.table, balancer_.wanted());
  EXPECT_EQ(reconciler_.failure(service.service.key), "");
}

TEST_F(ReconcilerTest, WhatWasSentAndNotAnsweredIsNotForgotten) {
  configure({sample::service(80, 1, false)});
  settle();
  kernel_.lose_answer_once = true;
  configure({sample::service(80, 1, false), sample::service(81, 1, false)});
  settle();  // it has arrived, and we do not know
  ASSERT_EQ(kernel_.table.size(), 2U);
  configure({sample::service(80, 1, false)});
  wait(31s);
  EXPECT_EQ(kernel_.table, balancer_.wanted());
}

TEST_F(ReconcilerTest, WhatIsGoneAlreadyNeedsNoRemoval) {
  configure({sample::service(80, 2, false), sample::service(81, 2, false)});
  settle();
  kernel_.table.erase(sample::service(81, 2, false).service.key);
  auto& destinations = kernel_.table.begin()->second.destinations;
  destinations.erase(destinations.begin());  // and we do not know yet
  auto smaller = sample::service(80, 2, false);
  smaller.real_servers.erase(smaller.real_servers.begin());
  configure({smaller});
  settle();
  EXPECT_EQ(kernel_.table, balancer_.wanted());
  EXPECT_EQ(described().kernel, KernelState::InSync);
  EXPECT_EQ(described().counters.refused_operations, 0U);
}

TEST_F(ReconcilerTest, AReloadLooksAgainForAMissingModule) {
  kernel_.loaded = false;
  configure({sample::service(80, 1, false)});
  settle();
  kernel_.loaded = true;
  configure({sample::service(80, 1, false)});
  settle();
  EXPECT_EQ(kernel_.table, balancer_.wanted());
}

TEST_F(ReconcilerTest, WhatWasNeverSentIsNeverOurs) {
  kernel_.loaded = false;
  configure({sample::service(80, 1, false)});
  settle();
  configure({});
  settle();
  EXPECT_EQ(described().kernel, KernelState::Unused);
  EXPECT_TRUE(remembered_.back().empty());
  const auto theirs = sample::service(80, 1, false).service;
  kernel_.table[theirs.key].service = theirs;
  kernel_.loaded = true;
  configure({sample::service(81, 1, false)});
  settle();
  EXPECT_TRUE(kernel_.table.contains(theirs.key));
}

TEST_F(ReconcilerTest, ReadsAgainWhenItsPictureIsOld) {
  configure({sample::service(80, 1, false)});
  settle();
  auto changed = sample::service(80, 1, false);
  changed.real_servers[0].destination.weight = 5;
  kernel_.table.clear();  // and we do not know yet
  configure({changed});
  settle();
  EXPECT_EQ(kernel_.table, balancer_.wanted());
  EXPECT_EQ(described().kernel, KernelState::InSync);
}

TEST_F(ReconcilerTest, AServiceThatBecomesOursIsAdoptedFirst) {
  configure({sample::service(80, 1, false)});
  settle();
  const auto theirs = sample::service(443, 2);  // with checks: Unknown
  auto& entry = kernel_.table[theirs.service.key];
  entry.service = theirs.service;
  for (const auto& server : theirs.real_servers) {
    entry.destinations.emplace(server.destination.key, server.destination);
  }
  const auto before = kernel_.table;
  kernel_.done.clear();
  configure({sample::service(80, 1, false), theirs});
  settle();
  EXPECT_EQ(kernel_.table, before);
  EXPECT_TRUE(kernel_.done.empty());
}

TEST_F(ReconcilerTest, AFirstReadThatTimesOutDoesNotSkipAdoption) {
  const auto service = sample::service(80, 2);
  auto& entry = kernel_.table[service.service.key];
  entry.service = service.service;
  for (const auto& server : service.real_servers) {
    entry.destinations.emplace(server.destination.key, server.destination);
  }
  const auto before = kernel_.table;
  kernel_.time_out_once = true;
  configure({service});
  settle();
  EXPECT_EQ(described().kernel, KernelState::Failing);
  wait(2s);
  EXPECT_EQ(kernel_.table, before);
  EXPECT_TRUE(kernel_.done.empty());
  EXPECT_EQ(attached_, 2);
}

TEST_F(ReconcilerTest, AnUnknownSchedulerDoesNotHurryOrDelayOthers) {
  auto unknown = sample::service(80, 1, false);
  unknown.service.scheduler = "nonsense";
  configure({unknown});
  settle();
  EXPECT_EQ(kernel_.reads, 1) << "a refused service's destinations are no reason to read again";
  const auto tries = [this] {
    return std::count_if(kernel_.done.begin(), kernel_.done.end(), [](const auto& operation) {
      return operation.kind == OperationKind::AddService &&
             operation.service.scheduler == "nonsense";
    });
  };
  EXPECT_EQ(tries(), 1);
  configure({unknown, sample::service(81, 1, false)});
  settle();
  EXPECT_EQ(tries(), 2);
  wait(5s);
  EXPECT_EQ(tries(), 2);
}

TEST_F(ReconcilerTest, AReloadDuringProgrammingDropsTheOldPlan) {
  std::vector<ServiceConfig> services;
  for (std::uint16_t port = 1; port <= 100; ++port)
    services.push_back(sample::service(port, 10, false));
  configure(services);
  static_cast<void>(reconciler_.step(now_));
  static_cast<void>(reconciler_.step(now_));
  configure({services[0]});
  settle();
  EXPECT_EQ(kernel_.table, balancer_.wanted());
}

TEST_F(ReconcilerTest, ARefusalIsNotForgottenByAReloadDuringProgramming) {
  std::vector<ServiceConfig> services;
  for (std::uint16_t port = 1; port <= 100; ++port)
    services.push_back(sample::service(port, 10, false));
  services[0].service.scheduler = "nonsense";
  configure(services);
  for (int i = 0; i < 3; ++i) static_cast<void>(reconciler_.step(now_));  // read, plan, a batch
  ASSERT_FALSE(kernel_.done.empty());
  configure(services);
  settle();
  EXPECT_THAT(reconciler_.failure(services[0].service.key), HasSubstr("refused"));
  kernel_.unknown_scheduler = "another";
  wait(31s);
  EXPECT_EQ(kernel_.table, balancer_.wanted());
}

TEST_F(ReconcilerTest, RemovingWhatIsGoneIsNoError) {
  configure({sample::service(80, 2, false)});
  settle();
  kernel_.table.clear();
  for (const Notice& notice : reconciler_.remove_all()) EXPECT_NE(notice.level, Severity::Error);
  EXPECT_TRUE(remembered_.back().empty());
  configure({sample::service(80, 2, false)});
  settle();
  kernel_.loaded = false;
  for (const Notice& notice : reconciler_.remove_all()) EXPECT_NE(notice.level, Severity::Error);
  EXPECT_TRUE(remembered_.back().empty());
}

TEST_F(ReconcilerTest, RemovesAllWhenAsked) {
  configure({sample::service(80, 2, false)});
  settle();
  static_cast<void>(reconciler_.remove_all());
  EXPECT_TRUE(kernel_.table.empty());
  EXPECT_TRUE(remembered_.back().empty());
}

// A batch that the socket does not take, say: reading works all the while.
TEST_F(ReconcilerTest, WhatCannotBeSentIsToldOnceAndTriedAtAGrowingPause) {
  kernel_.takes_nothing = true;
  configure({sample::service(80, 2)});
  std::vector<Notice> told = settle();
  for (int second = 0; second < 300; ++second) {
    for (Notice& notice : wait(1s)) told.push_back(std::move(notice));
  }
  const auto errors = std::count_if(told.begin(), told.end(), [](const Notice& notice) {
    return notice.level == Severity::Error;
  });
  EXPECT_EQ(errors, 1);
  EXPECT_GE(kernel_.attempts, 10);
  EXPECT_LE(kernel_.attempts, 20) << "1, 2, 4, 8, 16 s, then each 30 s";
  kernel_.takes_nothing = false;
  static_cast<void>(wait(30s));
  EXPECT_EQ(kernel_.table.size(), 1U);
}

}  // namespace
}  // namespace evenkeel::daemon
