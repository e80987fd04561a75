// A balancer with what the tests of it ask again and again.
#pragma once

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "daemon/balancer/balancer.h"
#include "tests/daemon/balancer/sample.h"

namespace evenkeel::daemon {

inline const TimePoint kNow{};

class BalancerTest : public testing::Test {
 protected:
  void configure(std::vector<ServiceConfig> services) {
    auto config = sample::config(std::move(services));
    static_cast<void>(balancer_.configure(config, kNow));
  }
  /// Outcomes of the check at `place` in the order of the configuration.
  std::vector<Notice> record(std::size_t place, checks::Reason reason,
                             const std::string& detail = "", int times = 1) {
    std::vector<Notice> notices;
    const checks::CheckId id = sample::id_at(balancer_, place);
    for (int i = 0; i < times; ++i) {
      const std::vector<checks::CheckOutcome> outcomes = {sample::outcome(id, reason, detail)};
      for (Notice& notice : balancer_.record(outcomes, kNow)) notices.push_back(std::move(notice));
    }
    return notices;
  }
  void all_pass() {
    for (std::size_t place = 0; place < 10; ++place) record(place, checks::Reason::Passed);
    static_cast<void>(balancer_.first_round_done(kNow));
  }
  /// Weights of the wanted destinations of a service; -1 = absent. Servers are 10.0.0.1 and up.
  std::vector<int> weights(std::size_t service = 0) const {
    const auto entry = balancer_.wanted_service(service);
    std::vector<int> result;
    for (const auto& server : balancer_.config()->services[service].real_servers) {
      const auto found = entry.destinations.find(server.destination.key);
      result.push_back(found == entry.destinations.end() ? -1
                                                         : static_cast<int>(found->second.weight));
    }
    return result;
  }

  Balancer balancer_;
};

}  // namespace evenkeel::daemon
