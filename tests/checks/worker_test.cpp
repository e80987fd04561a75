#include "checks/worker.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "loopback_server.h"

namespace evenkeel::checks {
namespace {

using namespace std::chrono_literals;

class WorkerTest : public testing::Test {
 protected:
  Check check(std::uint16_t port, Duration interval = 100ms) {
    Check result;
    result.probe = TcpCheck{};
    result.address = boost::asio::ip::address_v4::loopback();
    result.port = port;
    result.interval = result.fast_interval = result.down_interval = interval;
    result.timeout = interval;
    return result;
  }

  /// As main does: an equal check is the same one, and keeps its id for as long as the test runs.
  std::vector<ListedCheck> listed(const std::vector<Check>& checks) {
    std::map<CheckId, Check> sorted;
    for (const Check& each : checks) {
      const auto known = std::find(known_.begin(), known_.end(), each);
      sorted[static_cast<CheckId>(known - known_.begin())] = each;
      if (known == known_.end()) known_.push_back(each);
    }
    std::vector<ListedCheck> list;
    for (const auto& [id, each] : sorted) list.push_back({id, each, {}, {}});
    return list;
  }

  ReportSink sink() {
    return [this](const Report& report) {
      ++offered_;
      if (!has_room_) return false;
      reports_.push_back(report);
      for (const CheckOutcome& outcome : report.outcomes) outcomes_[outcome.id].push_back(outcome);
      return true;
    };
  }

  /// Runs the loop until something is so; a test that waits in vain fails.
  testing::AssertionResult run_until(const std::function<bool()>& is_so, Duration patience = 20s) {
    const std::shared_ptr<bool> is_over = timeout(patience);
    while (!*is_over && !is_so()) context_.run_one();
    if (*is_over) return testing::AssertionFailure() << "waited in vain";
    return testing::AssertionSuccess();
  }
  void run_for(Duration time) {
    const std::shared_ptr<bool> is_over = timeout(time);
    while (!*is_over) context_.run_one();
  }
  std::shared_ptr<bool> timeout(Duration time) {
    auto is_over = std::make_shared<bool>(false);
    auto timer = std::make_shared<boost::asio::steady_timer>(context_, time);
    timer->async_wait([timer, is_over](boost::system::error_code) { *is_over = true; });
    return is_over;
  }
  /// A timeout, or, on a machine that was so late that it is not believed, what stands for one.
  static bool ran_out_of_time(const CheckOutcome& outcome) {
    return outcome.reason == Reason::ConnectTimeout ||
           (outcome.reason == Reason::LocalError &&
            outcome.detail.find("this process was late by") != std::string::npos);
  }
  [[nodiscard]] bool has_first_round() const {
    return !reports_.empty() && reports_.back().is_first_round_done;
  }

  boost::asio::io_context context_{1};
  std::vector<Check> known_;  // by CheckId
  bool has_room_ = true;
  int offered_ = 0;
  std::vector<Report> reports_;
  std::map<CheckId, std::vector<CheckOutcome>> outcomes_;
};

TEST_F(WorkerTest, EveryCheckGetsOutcomesUnderItsId) {
  const LoopbackServer server(context_, {});
  const RefusedPort refused(context_);
  Worker worker(context_, sink());
  worker.configure(listed({check(server.port()), check(refused.port())}));
  ASSERT_TRUE(run_until([&] { return outcomes_[0].size() >= 5 && outcomes_[1].size() >= 5; }));
  for (const CheckOutcome& outcome : outcomes_[0]) {
    EXPECT_EQ(outcome.reason, Reason::Passed);
    EXPECT_GT(outcome.latency, Duration::zero());
    EXPECT_LT(outcome.latency, 5s);
  }
  for (const CheckOutcome& outcome : outcomes_[1]) {
    EXPECT_EQ(outcome.reason, Reason::ConnectRefused);
  }
}

TEST_F(WorkerTest, TheFirstRoundIsToldWhenItIsOver) {
  const LoopbackServer server(context_, {});
  Worker worker(context_, sink());
  std::vector<Check> checks;
  for (std::uint16_t rise = 1; rise <= 20; ++rise) {
    checks.push_back(check(server.port(), 1s));
    checks.back().rise = rise;
  }
  worker.configure(listed(checks));
  ASSERT_TRUE(run_until([&] { return has_first_round(); }));
  EXPECT_EQ(outcomes_.size(), 20U);
  for (std::size_t i = 0; i + 1 < reports_.size(); ++i) {
    EXPECT_FALSE(reports_[i].is_first_round_done);
  }
  EXPECT_GT(reports_.size(), 5U);  // spread over a second, not all at once
}

TEST_F(WorkerTest, NoChecksAreSaidToBeDone) {
  Worker worker(context_, sink());
  worker.configure(listed({}));
  ASSERT_TRUE(run_until([&] { return has_first_round(); }));
  EXPECT_TRUE(reports_[0].outcomes.empty());
}

TEST_F(WorkerTest, ADeadlineEndsTheProbe) {
  const SilentPort silent(context_);
  Worker worker(context_, sink());
  worker.configure(listed({check(silent.port())}));
  ASSERT_TRUE(run_until([&] { return outcomes_[0].size() >= 3; }));
  for (const CheckOutcome& outcome : outcomes_[0]) {
    EXPECT_TRUE(ran_out_of_time(outcome));
    EXPECT_GE(outcome.latency, 100ms);
  }
}

TEST_F(WorkerTest, ATimeoutWhileWeWereLateOurselvesIsOurFaultForAWhile) {
  const SilentPort silent(context_);
  Worker worker(context_, sink());
  worker.configure(listed({check(silent.port(), 200ms)}));
  std::vector<Reason> reasons;
  while (reasons.size() < 4) {
    ASSERT_TRUE(run_until([&] { return worker.running() == 1; }));
    std::this_thread::sleep_for(300ms);  // and the loop stands still
    ASSERT_TRUE(run_until([&] { return outcomes_[0].size() > reasons.size(); }));
    reasons.push_back(outcomes_[0].back().reason);
  }
  EXPECT_EQ(reasons, (std::vector{Reason::LocalError, Reason::LocalError, Reason::LocalError,
                                  Reason::ConnectTimeout}))
      << "fall is 3";
}

TEST_F(WorkerTest, WhatHasArrivedBeforeTheDeadlineIsBelievedHoweverLateWeAre) {
  const LoopbackServer server(context_, {});
  const RefusedPort refused(context_);
  Worker worker(context_, sink());
  worker.configure(listed({check(server.port(), 200ms), check(refused.port(), 200ms)}));
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(run_until([&] { return worker.running() > 0; }));
    std::this_thread::sleep_for(300ms);
    run_for(50ms);
  }
  for (const CheckOutcome& outcome : outcomes_[0]) EXPECT_EQ(outcome.reason, Reason::Passed);
  for (const CheckOutcome& outcome : outcomes_[1]) {
    EXPECT_EQ(outcome.reason, Reason::ConnectRefused) << "a refusal always counts";
  }
  EXPECT_GE(outcomes_[0].size() + outcomes_[1].size(), 6U);
}

TEST_F(WorkerTest, ARunningProbeThatIsKeptReports) {
  const SilentPort silent(context_);
  const LoopbackServer server(context_, {});
  Worker worker(context_, sink());
  worker.configure(listed({check(silent.port(), 1s)}));
  ASSERT_TRUE(run_until([&] { return worker.running() == 1; }));
  worker.configure(
      listed({check(server.port(), 1s), check(server.port(), 2s), check(silent.port(), 1s)}));
  ASSERT_TRUE(run_until([&] { return !outcomes_[0].empty(); }));
  EXPECT_TRUE(ran_out_of_time(outcomes_[0][0]));
  for (const CheckId id : {1U, 2U}) {
    ASSERT_TRUE(run_until([&] { return !outcomes_[id].empty(); }));
    for (const CheckOutcome& outcome : outcomes_[id]) EXPECT_EQ(outcome.reason, Reason::Passed);
  }
}

TEST_F(WorkerTest, ARunningProbeStaysItsChecksWhenOneBeforeItGoes) {
  const SilentPort silent(context_);
  const LoopbackServer server(context_, {});
  Worker worker(context_, sink());
  worker.configure(listed({check(server.port(), 1s), check(silent.port(), 1s)}));
  ASSERT_TRUE(run_until([&] { return outcomes_[0].size() == 1 && worker.running() == 1; }));
  worker.configure(listed({check(silent.port(), 1s)}));
  ASSERT_TRUE(run_until([&] { return !outcomes_[1].empty(); }));
  EXPECT_TRUE(ran_out_of_time(outcomes_[1][0]));
}

TEST_F(WorkerTest, ACheckThatIsGoneIsNeverHeardOfAgain) {
  const SilentPort silent(context_);
  const LoopbackServer server(context_, {});
  Worker worker(context_, sink());
  std::vector<Check> checks(50, check(silent.port(), 300ms));
  for (std::uint16_t i = 0; i < 50; ++i) checks[i].rise = static_cast<std::uint16_t>(i + 1);
  worker.configure(listed(checks));
  ASSERT_TRUE(run_until([&] { return worker.running() >= 20; }));
  worker.configure(listed({check(server.port())}));
  ASSERT_TRUE(run_until([&] { return outcomes_[50].size() >= 10; }));
  EXPECT_EQ(outcomes_.size(), 1U);
  for (const CheckOutcome& outcome : outcomes_[50]) EXPECT_EQ(outcome.reason, Reason::Passed);
  EXPECT_EQ(worker.running(), 0U);
}

TEST_F(WorkerTest, AnOutcomeOnItsWayIsKeptOrGoesWithItsCheck) {
  const LoopbackServer server(context_, {});
  const RefusedPort refused(context_);
  Worker worker(context_, sink());
  has_room_ = false;
  worker.configure(listed({check(refused.port(), 5s), check(server.port(), 5s)}));
  ASSERT_TRUE(run_until([&] { return offered_ > 0 && worker.running() == 0; }));
  worker.configure(listed({check(server.port(), 4s), check(refused.port(), 5s)}));
  has_room_ = true;
  worker.resume();
  ASSERT_TRUE(run_until([&] { return has_first_round(); }));
  ASSERT_EQ(outcomes_[0].size(), 1U);
  EXPECT_EQ(outcomes_[0][0].reason, Reason::ConnectRefused);
  EXPECT_TRUE(outcomes_[1].empty()) << "its check is gone";
  ASSERT_EQ(outcomes_[2].size(), 1U);
  EXPECT_EQ(outcomes_[2][0].reason, Reason::Passed);
}

TEST_F(WorkerTest, AFullSinkStopsStartsAndLosesNothing) {
  const LoopbackServer server(context_, {});
  Worker worker(context_, sink());
  has_room_ = false;
  worker.configure(listed({check(server.port()), check(server.port(), 150ms)}));
  ASSERT_TRUE(run_until([&] { return offered_ > 0; }));
  run_for(600ms);
  EXPECT_EQ(offered_, 1);  // not asked again before resume()
  EXPECT_EQ(worker.running(), 0U);
  EXPECT_TRUE(reports_.empty());

  has_room_ = true;
  worker.resume();
  ASSERT_TRUE(run_until([&] { return has_first_round(); }));
  EXPECT_GT(worker.late(), 0U);
  const auto before = outcomes_[0].size();
  EXPECT_LE(before, 3U);
  ASSERT_TRUE(run_until([&] { return outcomes_[0].size() > before + 3; }));  // it goes on
}

TEST_F(WorkerTest, NoMoreRunAtOnceThanMayAndAllGetTheirTurn) {
  const SilentPort silent(context_);
  Worker worker(context_, sink(), 2);
  std::vector<Check> checks(6, check(silent.port(), 100ms));
  for (std::uint16_t i = 0; i < 6; ++i) checks[i].rise = static_cast<std::uint16_t>(i + 1);
  worker.configure(listed(checks));
  std::size_t most = 0;
  ASSERT_TRUE(run_until([&] {
    most = std::max(most, worker.running());
    return has_first_round();
  }));
  EXPECT_EQ(most, 2U);
  EXPECT_EQ(outcomes_.size(), 6U);
  EXPECT_GT(worker.late(), 0U);
}

TEST_F(WorkerTest, AReloadKeepsThePhase) {
  const LoopbackServer server(context_, {});
  Worker worker(context_, sink());
  const Check kept = check(server.port(), 400ms);
  worker.configure(listed({kept}));
  ASSERT_TRUE(run_until([&] { return !outcomes_[0].empty(); }));
  // Reloads come faster than the interval: had each begun anew, there would be one probe for each.
  const TimePoint begin = std::chrono::steady_clock::now();
  int reloads = 0;
  while (std::chrono::steady_clock::now() - begin < 1s) {
    worker.configure(listed({kept, check(server.port(), 10s + reloads * 1ms)}));
    ++reloads;
    run_for(50ms);
  }
  const auto passed = std::chrono::steady_clock::now() - begin;
  EXPECT_LE(outcomes_[0].size(), 2U + static_cast<std::size_t>(passed / 400ms));
  EXPECT_GE(outcomes_[0].size(), 2U);
}

TEST_F(WorkerTest, ItCanGoWhileProbesRun) {
  const SilentPort silent(context_);
  {
    Worker worker(context_, sink());
    worker.configure(listed({check(silent.port()), check(silent.port(), 200ms)}));
    ASSERT_TRUE(run_until([&] { return worker.running() == 2; }));
  }
  run_for(300ms);
  EXPECT_TRUE(outcomes_.empty());
}

TEST_F(WorkerTest, TheLoopCanGoWhileProbesRun) {
  std::vector<Report> reports;
  {
    boost::asio::io_context context{1};
    const SilentPort silent(context);
    Worker worker(context, [&reports](const Report& report) {
      reports.push_back(report);
      return true;
    });
    worker.configure(listed({check(silent.port(), 10s)}));
    while (worker.running() == 0) context.run_one();
  }  // the worker goes first; what its probe left in the loop goes with the loop
  EXPECT_TRUE(reports.empty());
}

TEST(ProbeLimit, IsPositiveAndBelowTheDescriptors) {
  EXPECT_GE(probe_limit(), 1U);
}

}  // namespace
}  // namespace evenkeel::checks
