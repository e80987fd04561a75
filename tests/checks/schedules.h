// Lists and probes for the tests of the schedule.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <utility>
#include <vector>

#include "checks/schedule.h"

namespace evenkeel::checks {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1000s};

inline Check check(std::uint16_t port) {
  Check result;
  result.probe = TcpCheck{};
  result.address = boost::asio::ip::make_address("192.0.2.1");
  result.port = port;
  result.interval = 2s;
  result.timeout = 1s;
  result.fast_interval = 500ms;
  result.down_interval = 10s;
  return result;
}

/// Their ids are their places.
inline CheckList list(const std::vector<Check>& checks) {
  std::vector<ListedCheck> result;
  for (const Check& each : checks) result.push_back({result.size(), each, {}, {}});
  return std::make_shared<const std::vector<ListedCheck>>(std::move(result));
}
inline CheckList list_with_ids(std::vector<ListedCheck> checks) {
  return std::make_shared<const std::vector<ListedCheck>>(std::move(checks));
}

inline std::vector<Check> some(std::uint16_t count) {
  std::vector<Check> checks;
  for (std::uint16_t port = 1; port <= count; ++port) checks.push_back(check(port));
  return checks;
}
inline CheckList pool(std::uint16_t count) {
  return list(some(count));
}

inline Due start(Slot id) {
  return {Due::What::Start, id};
}

/// Waits for the next start and makes the probe end at once; returns when it was.
inline TimePoint run_next(Schedule& schedule, Reason reason) {
  const TimePoint when = *schedule.next();
  const auto due = schedule.pop(when);
  EXPECT_TRUE(due && due->what == Due::What::Start);
  schedule.start(due->slot, when);
  schedule.finish(due->slot, reason);
  return when;
}

}  // namespace evenkeel::checks
