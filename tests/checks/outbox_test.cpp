#include "checks/outbox.h"

#include <gtest/gtest.h>

namespace evenkeel::checks {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1000s};

CheckOutcome outcome(CheckId id) {
  CheckOutcome result;
  result.id = id;
  return result;
}

struct Reports {
  std::vector<Report> taken;
  bool has_room = true;

  ReportSink sink() {
    return [this](const Report& report) {
      if (has_room) taken.push_back(report);
      return has_room;
    };
  }
  [[nodiscard]] std::vector<CheckId> ids() const {
    std::vector<CheckId> result;
    for (const Report& report : taken) {
      for (const CheckOutcome& one : report.outcomes) result.push_back(one.id);
    }
    return result;
  }
};

TEST(Outbox, GathersForAWhileUnlessItIsTheFirstInAWhile) {
  Reports reports;
  Outbox outbox(reports.sink());
  EXPECT_FALSE(outbox.deadline(false));
  outbox.add(outcome(1));
  ASSERT_TRUE(outbox.deadline(false));
  EXPECT_LE(*outbox.deadline(false), kStart);
  outbox.flush(false, kStart);
  EXPECT_FALSE(outbox.deadline(false));
  outbox.add(outcome(2));
  outbox.add(outcome(3));
  EXPECT_EQ(outbox.deadline(false), kStart + 20ms);
  outbox.flush(false, kStart + 20ms);
  ASSERT_EQ(reports.taken.size(), 2U);
  EXPECT_EQ(reports.ids(), (std::vector<CheckId>{1, 2, 3}));
}

TEST(Outbox, AFullBatchDoesNotWaitAndBatchesAreBounded) {
  Reports reports;
  Outbox outbox(reports.sink());
  outbox.add(outcome(0));
  outbox.flush(false, kStart);
  for (CheckId id = 1; id <= 600; ++id) outbox.add(outcome(id));
  EXPECT_LE(*outbox.deadline(false), kStart);
  outbox.flush(true, kStart);
  ASSERT_EQ(reports.taken.size(), 4U);
  EXPECT_EQ(reports.taken[1].outcomes.size(), 256U);
  EXPECT_EQ(reports.taken[2].outcomes.size(), 256U);
  EXPECT_EQ(reports.taken[3].outcomes.size(), 88U);
  EXPECT_FALSE(reports.taken[2].is_first_round_done);  // not with these yet
  EXPECT_TRUE(reports.taken[3].is_first_round_done);
  const std::vector<CheckId> ids = reports.ids();
  for (CheckId id = 0; id <= 600; ++id) EXPECT_EQ(ids[id], id);
}

TEST(Outbox, WhatTheSinkDoesNotTakeComesAgainWhole) {
  Reports reports;
  Outbox outbox(reports.sink());
  for (CheckId id = 0; id < 300; ++id) outbox.add(outcome(id));
  reports.has_room = false;
  outbox.flush(false, kStart);
  EXPECT_TRUE(outbox.is_full());
  EXPECT_FALSE(outbox.deadline(false));
  outbox.add(outcome(300));
  EXPECT_FALSE(outbox.deadline(false));
  reports.has_room = true;
  outbox.resume();
  EXPECT_TRUE(outbox.deadline(false));
  outbox.flush(false, kStart + 1s);
  const std::vector<CheckId> ids = reports.ids();
  ASSERT_EQ(ids.size(), 301U);
  for (CheckId id = 0; id <= 300; ++id) EXPECT_EQ(ids[id], id);
}

TEST(Outbox, OutcomesGoWithTheirChecks) {
  Reports reports;
  Outbox outbox(reports.sink());
  for (const CheckId id : {0U, 1U, 2U, 1U}) outbox.add(outcome(id));
  outbox.configure({{0, {}, {}, {}}, {2, {}, {}, {}}, {5, {}, {}, {}}});
  outbox.flush(false, kStart);
  EXPECT_EQ(reports.ids(), (std::vector<CheckId>{0, 2}));
}

TEST(Outbox, TheEndOfTheFirstRoundIsToldEvenWithoutOutcomesAndOnceAConfiguration) {
  Reports reports;
  Outbox outbox(reports.sink());
  EXPECT_TRUE(outbox.deadline(true));
  outbox.flush(true, kStart);
  EXPECT_FALSE(outbox.deadline(true));
  outbox.configure({});
  EXPECT_TRUE(outbox.deadline(true));
  outbox.flush(true, kStart + 1s);
  Report done;
  done.is_first_round_done = true;
  EXPECT_EQ(reports.taken, (std::vector<Report>{done, done}));
}

}  // namespace
}  // namespace evenkeel::checks
