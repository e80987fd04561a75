// What somebody else does to the kernel's table: seen, told, repaired, or given up.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/balancer/reconciler_fixture.h"

namespace evenkeel::daemon {
namespace {

using testing::HasSubstr;

TEST_F(ReconcilerTest, RepairsWhatSomebodyElseRemoved) {
  configure({sample::service(80, 2, false)});
  settle();
  kernel_.table.clear();
  const auto notices = wait(31s);
  EXPECT_EQ(kernel_.table, balancer_.wanted());
  EXPECT_EQ(described().counters.drift_repairs, 1U);
  EXPECT_THAT(notices.at(0).text, HasSubstr("drift: TCP 192.0.2.10:80: the service is missing"));
}

TEST_F(ReconcilerTest, WhatStatusReadsIsToldAsDriftAndLookedAfterAtOnce) {
  configure({sample::service(80, 2, false), sample::service(81, 2, false)});
  settle();
  reconciler_.has_seen(kernel_.table, false, now_);
  EXPECT_EQ(described().kernel, KernelState::InSync);
  EXPECT_GT(reconciler_.next_step(now_), now_);
  kernel_.table.clear();
  reconciler_.has_seen(ipvs::brief_view(kernel_.table), true, now_);
  EXPECT_EQ(described().kernel, KernelState::Drift);
  EXPECT_EQ(described().kernel_detail, "TCP 192.0.2.10:80: the service is missing, and 1 more");
  EXPECT_FALSE(reconciler_.holds(sample::service(80, 2, false).service.key));
  settle();
  EXPECT_EQ(kernel_.table, balancer_.wanted());
  EXPECT_EQ(described().kernel, KernelState::InSync);
  EXPECT_EQ(described().kernel_detail, "");
  EXPECT_TRUE(reconciler_.holds(sample::service(80, 2, false).service.key));
  wait(31s);
  // What only a whole reading tells is found by the look after it.
  kernel_.table.begin()->second.destinations.begin()->second.upper_threshold = 7;
  reconciler_.has_seen(ipvs::brief_view(kernel_.table), true, now_);
  EXPECT_EQ(described().kernel, KernelState::InSync);
  reconciler_.has_seen(kernel_.table, false, now_);
  EXPECT_EQ(described().kernel, KernelState::Drift);
  settle();
  EXPECT_EQ(kernel_.table, balancer_.wanted());
}

TEST_F(ReconcilerTest, WhoLooksOftenDoesNotMakeAFightOfIt) {
  configure({sample::service(80, 1, false)});
  settle();
  for (int second = 0; second < 60; ++second) {
    kernel_.table.clear();
    reconciler_.has_seen({}, true, now_);
    wait(1s);
  }
  EXPECT_LE(described().counters.drift_repairs, 3U);
  wait(31s);
  EXPECT_EQ(kernel_.table, balancer_.wanted());
}

TEST_F(ReconcilerTest, WithoutDriftIntervalDriftIsToldAndLeft) {
  auto config = std::make_shared<Config>(*sample::config({sample::service(80, 2, false)}));
  config->ipvs.drift_interval = 0s;
  static_cast<void>(balancer_.configure(config, TimePoint()));
  reconciler_.configured(now_);
  settle();
  kernel_.table.clear();
  reconciler_.has_seen({}, true, now_);
  settle();
  EXPECT_EQ(described().kernel, KernelState::Drift);
  EXPECT_THAT(described().kernel_detail, HasSubstr("not repaired, drift_interval is 0"));
  EXPECT_TRUE(kernel_.table.empty());
}

TEST_F(ReconcilerTest, AContestedServiceIsNoNewDrift) {
  configure({sample::service(80, 1, false), sample::service(81, 1, false)});
  settle();
  const ipvs::ServiceKey contested = sample::service(80, 1, false).service.key;
  for (int i = 0; i < 8; ++i) {
    kernel_.table.erase(contested);
    wait(31s);
  }
  reconciler_.has_seen(kernel_.table, false, now_);
  EXPECT_GT(reconciler_.next_step(now_), now_);
  EXPECT_EQ(described().kernel_detail, "");
}

TEST_F(ReconcilerTest, AReloadLooksAtOnce) {
  configure({sample::service(80, 2, false)});
  settle();
  kernel_.table.clear();
  configure({sample::service(80, 2, false)});
  settle();
  EXPECT_EQ(kernel_.table, balancer_.wanted());
}

TEST_F(ReconcilerTest, AFullLookFindsWhatTheBriefOneCannotSee) {
  configure({sample::service(80, 1, false)});
  settle();
  kernel_.table.begin()->second.destinations.begin()->second.upper_threshold = 7;
  for (int i = 0; i < 12; ++i) wait(31s);
  EXPECT_EQ(kernel_.table, balancer_.wanted());
}

TEST_F(ReconcilerTest, LeavesForeignServicesAloneUnlessExclusive) {
  const auto foreign = sample::service(9999, 1, false).service;
  kernel_.table[foreign.key].service = foreign;
  configure({sample::service(80, 1, false)});
  settle();
  wait(31s);
  EXPECT_TRUE(kernel_.table.contains(foreign.key));
  EXPECT_EQ(described().foreign_services, 1U);
  EXPECT_EQ(described().counters.drift_repairs, 0U);
  configure({sample::service(80, 1, false)}, true);
  settle();
  wait(31s);
  EXPECT_FALSE(kernel_.table.contains(foreign.key));
}

TEST_F(ReconcilerTest, GivesUpAgainstAnotherWriter) {
  configure({sample::service(80, 1, false)});
  settle();
  std::string last;
  for (int i = 0; i < 8; ++i) {
    kernel_.table.clear();
    for (const Notice& notice : wait(31s)) {
      if (notice.text.find("drift") != std::string::npos) last = notice.text;
    }
  }
  EXPECT_TRUE(kernel_.table.empty());
  EXPECT_THAT(last, HasSubstr("giving up"));
  EXPECT_EQ(described().counters.drift_repairs, DriftGuard::kRepairs);
  EXPECT_EQ(described().kernel, KernelState::Drift);
  configure({sample::service(80, 1, false)});  // a reload takes it up again
  settle();
  EXPECT_EQ(kernel_.table, balancer_.wanted());
}

TEST_F(ReconcilerTest, ARefusedDestinationDoesNotKeepAFlushedServiceAway) {
  kernel_.refused_destination = sample::service(80, 2, false).real_servers[1].destination.key;
  configure({sample::service(80, 2, false)});
  settle();
  for (int i = 0; i < 6; ++i) wait(31s);  // the longest backoff
  EXPECT_EQ(described().kernel, KernelState::Refusing);
  kernel_.table.clear();
  reconciler_.has_seen({}, true, now_);
  EXPECT_EQ(described().kernel, KernelState::Drift);
  settle();
  ASSERT_EQ(kernel_.table.size(), 1U);
  EXPECT_EQ(kernel_.table.begin()->second.destinations.size(), 1U);
}

TEST_F(ReconcilerTest, AServiceThatIsContestedAndRefusedIsNotTriedAgain) {
  const auto contested = sample::service(80, 2, false);
  kernel_.refused_destination = contested.real_servers[1].destination.key;
  configure({contested, sample::service(81, 1, false)});
  settle();
  EXPECT_THAT(reconciler_.failure(contested.service.key), HasSubstr("refused"));
  for (int i = 0; i < 8; ++i) {
    kernel_.table.erase(contested.service.key);
    wait(31s);
  }
  EXPECT_EQ(described().warnings.size(), 1U);
  EXPECT_EQ(reconciler_.failure(contested.service.key), "") << "somebody else has it";
  const int reads = kernel_.reads;
  for (int i = 0; i < 120; ++i) wait(1s);
  EXPECT_LE(kernel_.reads - reads, 4) << "looks for drift only";
}

TEST_F(ReconcilerTest, AContestedServiceIsNotWrittenByTheWay) {
  auto bad = sample::service(81, 1, false);
  bad.service.scheduler = "nonsense";
  configure({sample::service(80, 1, false), bad});
  settle();
  for (int i = 0; i < 8; ++i) {
    kernel_.table.clear();
    wait(31s);
  }
  kernel_.done.clear();
  wait(120s);  // the refused one is tried again, and reads the kernel for it
  EXPECT_FALSE(kernel_.done.empty());
  EXPECT_TRUE(kernel_.table.empty());
}

TEST_F(ReconcilerTest, ExclusiveByReloadIsNoDrift) {
  const auto foreign = sample::service(9999, 1, false).service;
  kernel_.table[foreign.key].service = foreign;
  configure({sample::service(80, 1, false)});
  settle();
  configure({sample::service(80, 1, false)}, true);
  settle();
  EXPECT_FALSE(kernel_.table.contains(foreign.key));
  EXPECT_EQ(described().counters.drift_repairs, 0U);
  configure({sample::service(80, 1, false)}, false);
  kernel_.table[foreign.key].service = foreign;
  settle();
  EXPECT_TRUE(kernel_.table.contains(foreign.key));
  EXPECT_EQ(remembered_.back().size(), 1U) << "a stranger's service never becomes ours";
}

}  // namespace
}  // namespace evenkeel::daemon
