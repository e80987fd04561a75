// What the checks process hands to its owner: outcomes in batches.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "checks/check.h"

namespace evenkeel::checks {

/// A batch of outcomes, in the order in which the probes ended.
struct Report {
  static constexpr std::size_t kMaxOutcomes = 256;

  bool is_first_round_done = false;    ///< with these, every check of the list has had an outcome
  std::vector<CheckOutcome> outcomes;  ///< at most kMaxOutcomes; may be empty

  friend bool operator==(const Report&, const Report&) = default;
};

/// Takes a report, or, when there is no room, takes nothing of it and says false: then no probe is
/// started until Worker::resume(), those that are running end, and the report comes again. Must not
/// call the worker.
using ReportSink = std::function<bool(const Report&)>;

}  // namespace evenkeel::checks
