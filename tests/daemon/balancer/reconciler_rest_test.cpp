// The reconciler comes to rest: after whatever the kernel refuses, somebody else changes and the
// operator reloads, nothing is due at once, and what is due later moves on when its time has come.

#include <array>
#include <gtest/gtest.h>
#include <random>

#include "tests/daemon/balancer/reconciler_fixture.h"

namespace evenkeel::daemon {
namespace {

using checks::Reason;

/// One kind of operation on one service (and one destination, where the kind is about one).
struct Refused {
  OperationKind kind = OperationKind::AddService;
  std::uint16_t port = 0;
  int errno_value = 0;
};

class ReconcilerRestTest : public ReconcilerTest, public testing::WithParamInterface<unsigned> {
 protected:
  static constexpr std::uint32_t kPorts = 4;
  static constexpr std::uint32_t kServers = 3;

  ReconcilerRestTest() {
    kernel_.refuse = [this](const ipvs::Operation& operation) {
      for (const Refused& each : refused_) {
        if (each.kind == operation.kind && each.port == operation.service.key.port) {
          return each.errno_value;
        }
      }
      return 0;
    };
  }

  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
  bool one_in(std::uint32_t number) { return below(number) == 0; }
  std::uint16_t port() { return static_cast<std::uint16_t>(80 + below(kPorts)); }

  ServiceConfig random_service(std::uint16_t port) {
    auto service = sample::service(port, static_cast<int>(below(kServers + 1)), one_in(2));
    if (one_in(6)) service.service.scheduler = "nonsense";
    if (one_in(4)) service.service.scheduler = "mh";
    for (RealServerConfig& server : service.real_servers) server.destination.weight = 1 + below(3);
    return service;
  }

  void reload() {
    std::vector<ServiceConfig> services;
    for (std::uint16_t each = 80; each < 80 + kPorts; ++each) {
      if (!one_in(4)) services.push_back(random_service(each));
    }
    auto config = std::make_shared<Config>(*sample::config(std::move(services)));
    config->ipvs.exclusive = one_in(8);
    config->ipvs.drift_interval = one_in(8) ? 0s : 30s;
    static_cast<void>(balancer_.configure(config, TimePoint()));
    reconciler_.configured(now_);
  }

  void drift() {
    const auto entry = kernel_.table.find(sample::service(port(), 1, false).service.key);
    if (entry == kernel_.table.end() || one_in(4)) {
      const auto service = random_service(port());
      kernel_.table[service.service.key].service = service.service;
    } else if (one_in(2)) {
      kernel_.table.erase(entry);
    } else if (entry->second.destinations.empty() || one_in(3)) {
      const auto server = sample::service(80, 9, false).real_servers[below(9)].destination;
      entry->second.destinations[server.key] = server;
    } else if (one_in(2)) {
      entry->second.destinations.erase(entry->second.destinations.begin());
    } else {
      entry->second.destinations.begin()->second.upper_threshold = below(9);
    }
  }

  void refuse_or_relent() {
    static constexpr std::array kErrors{EINVAL, EEXIST, ESRCH, ENOENT, EPERM, ENOMEM};
    if (refused_.size() > 3 || (!refused_.empty() && one_in(3))) {
      refused_.erase(refused_.begin());
    } else {
      refused_.push_back({static_cast<OperationKind>(below(6)), port(), kErrors[below(6)]});
    }
  }

  void report() {
    static constexpr std::array kReasons{Reason::Passed, Reason::ConnectRefused, Reason::HttpStatus,
                                         Reason::LocalError};
    const std::vector<checks::CheckOutcome> outcomes(
        1 + below(3),
        sample::outcome(sample::id_at(balancer_, below(kPorts * kServers)), kReasons[below(4)]));
    static_cast<void>(balancer_.record(outcomes, TimePoint()));
  }

  void act() {
    switch (below(9)) {
      case 0:
        return reload();
      case 1:
        return refuse_or_relent();
      case 2:
        return report();
      case 3:
        kernel_.loaded = !kernel_.loaded || !one_in(4);
        return;
      case 4:
        kernel_.time_out_once = one_in(4);
        return;
      case 5:
        kernel_.lose_answer_once = one_in(2);
        return;
      case 6:
        if (one_in(2))
          reconciler_.has_seen(kernel_.table, false, now_);
        else
          reconciler_.has_seen(ipvs::brief_view(kernel_.table), true, now_);
        return;
      default:
        // The same service again and again: somebody fights for it.
        for (std::uint32_t left = one_in(4) ? 8 : 1; left > 0; --left) {
          drift();
          come_to_rest();
          now_ += std::chrono::seconds(below(40));
        }
    }
  }

  /// How many steps it took until nothing was due.
  int come_to_rest() {
    // Four services: a reading, a plan and a batch each, three quick tries of each, and drift.
    constexpr int kEnough = 60;
    int steps = 0;
    while (reconciler_.next_step(now_) <= now_) {
      static_cast<void>(reconciler_.step(now_));
      if (++steps > kEnough) {
        ADD_FAILURE() << "does not come to rest";
        break;
      }
    }
    return steps;
  }

  /// Whatever is due in this time, as main's loop does it: the number of steps.
  int pass(std::chrono::seconds time) {
    const auto end = now_ + time;
    int steps = come_to_rest();
    while (!HasFailure()) {
      const auto next = reconciler_.next_step(now_);
      EXPECT_GT(next, now_);
      if (next > end) break;
      now_ = next;
      steps += come_to_rest();
    }
    now_ = end;
    return steps;
  }

  /// What is ours, and nobody fights over, is in the kernel as wanted.
  void expect_converged() {
    ipvs::Table wanted = balancer_.wanted();
    const auto warnings = described().warnings;
    for (const auto& [key, entry] : wanted) {
      const auto is_about = [&](const std::string& warning) {
        return warning.rfind(ipvs::to_string(key) + ":", 0) == 0;
      };
      if (std::any_of(warnings.begin(), warnings.end(), is_about)) continue;
      EXPECT_TRUE(kernel_.table.contains(key) && kernel_.table.at(key) == entry)
          << ipvs::to_string(key);
      EXPECT_EQ(reconciler_.failure(key), "");
    }
  }

  std::mt19937 random_{GetParam()};
  std::vector<Refused> refused_;
};

TEST_P(ReconcilerRestTest, AfterAnySequenceOfRefusalsDriftAndReloads) {
  reload();
  for (int i = 0; i < 40 && !HasFailure(); ++i) {
    act();
    come_to_rest();
    if (one_in(2)) pass(std::chrono::seconds(below(90)));
  }
  // A service's retries are 30 s apart at the end, and so are the looks for drift: at most 40 each
  // in 20 minutes, of a few steps.
  EXPECT_LT(pass(20min), 40 * (kPorts + 1) * 6);
  if (HasFailure()) return;

  refused_.clear();
  kernel_.unknown_scheduler = "another";
  kernel_.loaded = true;
  kernel_.time_out_once = false;
  kernel_.lose_answer_once = false;
  pass(10min);  // a whole look for drift is every tenth
  if (balancer_.config()->ipvs.drift_interval > 0s) expect_converged();
  const std::size_t done = kernel_.done.size();
  pass(20min);
  EXPECT_EQ(kernel_.done.size(), done) << "at rest, and still writing";
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReconcilerRestTest, testing::Range(0U, 200U));

TEST_F(ReconcilerTest, AKernelThatNeverAnswersAWriteIsAskedEverMoreRarely) {
  kernel_.loses_answers = true;
  configure({sample::service(80, 1, false)});
  kernel_.refuse = [](const ipvs::Operation&) { return EINVAL; };  // and nothing arrives
  std::vector<Notice> notices;
  for (int second = 0; second < 600; ++second) {
    for (Notice& notice : wait(1s)) {
      if (notice.level == Severity::Error) notices.push_back(std::move(notice));
    }
  }
  EXPECT_LT(kernel_.batches.size(), 30U);
  EXPECT_EQ(notices.size(), 1U) << "and told once";
}

}  // namespace
}  // namespace evenkeel::daemon
