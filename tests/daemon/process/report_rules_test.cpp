#include "daemon/process/report_rules.h"

#include <gtest/gtest.h>
#include <limits>

namespace evenkeel::daemon {
namespace {

using checks::CheckId;

/// A report of `generation` that ends the first round, with an outcome of each id.
CheckReport report(Generation generation, const std::vector<CheckId>& ids) {
  CheckReport result{.generation = generation, .first_round_done = true, .outcomes = {}};
  for (const CheckId id : ids) {
    result.outcomes.push_back(
        {.id = id, .reason = checks::Reason::Passed, .detail = "", .latency = {}});
  }
  return result;
}

/// What is left of it, with the checks 3, 4 and 9 in force under generation 7.
CheckReport kept(CheckReport report) {
  keep_what_counts(report, {3, 4, 9}, 7);
  return report;
}

TEST(ReportRules, WhatIsOfThePresentCounts) {
  EXPECT_EQ(kept(report(7, {9, 3, 4})), report(7, {9, 3, 4}));
  EXPECT_EQ(kept(report(7, {3, 3, 3})), report(7, {3, 3, 3})) << "probes of one check, one by one";
  EXPECT_EQ(kept(report(7, {})), report(7, {}));
}

TEST(ReportRules, AnIdThatIsNotInForceIsNobodys) {
  constexpr CheckId kNever = std::numeric_limits<CheckId>::max();
  EXPECT_EQ(kept(report(7, {0, 3, 5, kNever})), report(7, {3}));
  CheckReport nobody = report(7, {3});
  keep_what_counts(nobody, {}, 7);
  EXPECT_EQ(nobody, report(7, {}));
}

TEST(ReportRules, AnOlderReportTellsOfTheChecksThatGoOnButEndsNoRound) {
  for (const Generation older : {6U, 2U, 0U}) {
    CheckReport expected = report(older, {4});
    expected.first_round_done = false;
    EXPECT_EQ(kept(report(older, {2, 4})), expected);
  }
}

TEST(ReportRules, AReportOfWhatMainHasNotBegunSaysNothing) {
  CheckReport expected = report(8, {});
  expected.first_round_done = false;
  EXPECT_EQ(kept(report(8, {3, 4, 9})), expected);
}

}  // namespace
}  // namespace evenkeel::daemon
