#include "daemon/balancer/reconciler.h"

#include <algorithm>
#include <cerrno>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utility>

#include "ipvs/brief_view.h"
#include "ipvs/plan.h"
#include "tests/daemon/balancer/sample.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using checks::Reason;
using ipvs::OperationKind;
using testing::HasSubstr;

const WallTime kWall{};

/// The kernel's table as the reference model keeps it, with what the tests need to go wrong.
class ModelKernel : public ipvs::Backend {
 public:
  tl::expected<ipvs::Reading, ipvs::Error> read() override {
    ++reads;
    if (auto error = failure()) return tl::unexpected(*error);
    if (std::exchange(time_out_once, false)) {
      return tl::unexpected(ipvs::Error{.kind = ipvs::ErrorKind::TimedOut, .message = "no answer"});
    }
    return ipvs::Reading{.table = table, .counters = {}};
  }
  tl::expected<ipvs::BriefReading, ipvs::Error> read_brief() override {
    if (auto error = failure()) return tl::unexpected(*error);
    return ipvs::BriefReading{.table = ipvs::brief_view(table), .counters = {}};
  }
  tl::expected<std::vector<ipvs::Refusal>, ipvs::Error> execute(
      std::span<const ipvs::Operation> batch) override {
    if (auto error = failure()) return tl::unexpected(*error);
    EXPECT_LE(batch.size(), kBatch);
    batches.push_back(batch.size());
    std::vector<ipvs::Refusal> refusals;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      done.push_back(batch[i]);
      const bool is_about_service =
          batch[i].kind == OperationKind::AddService || batch[i].kind == OperationKind::SetService;
      const bool unknown = is_about_service && batch[i].service.scheduler == unknown_scheduler;
      const bool refused = batch[i].kind == OperationKind::AddDestination &&
                           batch[i].destination.key == refused_destination;
      if (refused) {
        refusals.push_back({.index = i, .errno_value = EINVAL, .message = "refused"});
      } else if (unknown || !ipvs::apply(table, batch[i])) {
        const bool exists = batch[i].kind == OperationKind::AddService ||
                            batch[i].kind == OperationKind::AddDestination;
        const bool has_service = table.contains(batch[i].service.key);
        const int code = unknown ? ENOENT : !has_service ? ESRCH : exists ? EEXIST : ENOENT;
        refusals.push_back(
            {.index = i, .errno_value = code, .message = ipvs::to_string(batch[i]) + ": refused"});
      }
    }
    if (std::exchange(lose_answer_once, false)) {
      return tl::unexpected(ipvs::Error{.kind = ipvs::ErrorKind::TimedOut, .message = "no answer"});
    }
    return refusals;
  }
  tl::expected<ipvs::KernelInfo, ipvs::Error> info() override {
    if (auto error = failure()) return tl::unexpected(*error);
    return ipvs::KernelInfo{.version = 0x010201, .connection_table_size = 4096};
  }
  tl::expected<ipvs::Timeouts, ipvs::Error> timeouts() override { return ipvs::Timeouts{}; }
  tl::expected<void, ipvs::Error> set_timeouts(const ipvs::Timeouts&) override { return {}; }

  [[nodiscard]] std::optional<ipvs::Error> failure() const {
    if (loaded) return std::nullopt;
    return ipvs::Error{
        .kind = ipvs::ErrorKind::NotLoaded, .errno_value = ENOENT, .message = "no ip_vs"};
  }

  ipvs::Table table;
  std::vector<ipvs::Operation> done;
  std::vector<std::size_t> batches;
  std::string unknown_scheduler = "nonsense";
  std::optional<ipvs::DestinationKey> refused_destination;
  bool loaded = true;
  bool time_out_once = false;     ///< the next read
  bool lose_answer_once = false;  ///< of what is executed next
  int reads = 0;
};

class ReconcilerTest : public testing::Test {
 protected:
  ReconcilerTest()
      : reconciler_(kernel_, balancer_,
                    {.remember = [this](const auto& owned) { remembered_.push_back(owned); },
                     .attached = [this] { ++attached_; }}) {}

  void configure(std::vector<ServiceConfig> services, bool exclusive = false,
                 OnStop on_stop = OnStop::Keep) {
    auto config = std::make_shared<Config>(*sample::config(std::move(services)));
    config->ipvs.exclusive = exclusive;
    config->ipvs.on_stop = on_stop;
    static_cast<void>(balancer_.configure(config, sample::uses_of(*config), kWall));
    reconciler_.configured(now_);
  }
  /// Steps until nothing is due at this moment.
  std::vector<Notice> settle() {
    std::vector<Notice> all;
    for (int i = 0; i < 200 && reconciler_.next_step(now_) <= now_; ++i) {
      for (Notice& notice : reconciler_.step(now_, kWall)) all.push_back(std::move(notice));
    }
    EXPECT_GT(reconciler_.next_step(now_), now_) << "does not come to rest";
    return all;
  }
  std::vector<Notice> wait(std::chrono::seconds time) {
    now_ += time;
    return settle();
  }
  Snapshot described() const {
    Snapshot snapshot;
    reconciler_.describe(snapshot);
    return snapshot;
  }

  ModelKernel kernel_;
  Balancer balancer_;
  std::vector<Reconciler::OwnedServices> remembered_;
  int attached_ = 0;
  std::chrono::steady_clock::time_point now_{1000s};
  Reconciler reconciler_;
};

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
  static_cast<void>(balancer_.record(outcomes, kWall));
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
  static_cast<void>(balancer_.configure(config, sample::uses_of(*config), kWall));
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
    static_cast<void>(balancer_.record(outcomes, kWall));
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

TEST_F(ReconcilerTest, AReloadDuringProgrammingDropsTheOldPlan) {
  std::vector<ServiceConfig> services;
  for (std::uint16_t port = 1; port <= 100; ++port)
    services.push_back(sample::service(port, 10, false));
  configure(services);
  static_cast<void>(reconciler_.step(now_, kWall));
  static_cast<void>(reconciler_.step(now_, kWall));
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
  for (int i = 0; i < 3; ++i)
    static_cast<void>(reconciler_.step(now_, kWall));  // read, plan, a batch
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
  for (const Notice& notice : reconciler_.remove_all()) EXPECT_NE(notice.level, LogLevel::Error);
  EXPECT_TRUE(remembered_.back().empty());
  configure({sample::service(80, 2, false)});
  settle();
  kernel_.loaded = false;
  for (const Notice& notice : reconciler_.remove_all()) EXPECT_NE(notice.level, LogLevel::Error);
  EXPECT_TRUE(remembered_.back().empty());
}

TEST_F(ReconcilerTest, RemovesAllWhenAsked) {
  configure({sample::service(80, 2, false)});
  settle();
  static_cast<void>(reconciler_.remove_all());
  EXPECT_TRUE(kernel_.table.empty());
  EXPECT_TRUE(remembered_.back().empty());
}

}  // namespace
}  // namespace evenkeel::daemon
