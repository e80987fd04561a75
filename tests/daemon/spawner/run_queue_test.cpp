#include "daemon/spawner/run_queue.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

constexpr auto kNone = [](ProgramId) { return false; };
constexpr auto kAll = [](ProgramId) { return true; };

WaitingRun waiting(RunId run, ProgramId program, std::string value = "") {
  return {
      .run = {.run = run, .program = program, .settings = {{Variable::Reason, std::move(value)}}},
      .since = {}};
}

/// The run that begins; 0 = none.
template <typename MayOverlap>
RunId next(RunQueue& queue, const MayOverlap& may_overlap) {
  const auto begun = queue.next(may_overlap);
  return begun ? begun->run.run : 0;
}

TEST(RunQueue, InOrderAndOfAProgramOneAtATime) {
  RunQueue queue;
  ASSERT_TRUE(queue.add(waiting(1, 7)));
  ASSERT_TRUE(queue.add(waiting(2, 7)));
  ASSERT_TRUE(queue.add(waiting(3, 7)));
  ASSERT_TRUE(queue.add(waiting(4, 8)));
  EXPECT_EQ(next(queue, kNone), 1U);
  EXPECT_EQ(next(queue, kNone), 4U) << "others pass those that wait for their program";
  EXPECT_EQ(next(queue, kNone), 0U);
  queue.has_ended(8);
  EXPECT_EQ(next(queue, kNone), 0U);
  queue.has_ended(7);
  EXPECT_EQ(next(queue, kNone), 2U);
  EXPECT_EQ(next(queue, kAll), 3U) << "asked for";
  EXPECT_EQ(next(queue, kAll), 0U);
  ASSERT_TRUE(queue.add(waiting(5, 7)));
  queue.has_ended(7);
  EXPECT_EQ(next(queue, kNone), 0U) << "one of two has ended";
  queue.has_ended(7);
  EXPECT_EQ(next(queue, kNone), 5U);
}

TEST(RunQueue, NoMoreRunAtOnceThanMay) {
  RunQueue queue;
  for (ProgramId i = 1; i <= 100; ++i) ASSERT_TRUE(queue.add(waiting(i, i)));
  for (RunId i = 1; i <= RunQueue::kMaxRunning; ++i) EXPECT_EQ(next(queue, kNone), i);
  EXPECT_EQ(next(queue, kNone), 0U);
  queue.has_ended(1);
  EXPECT_EQ(next(queue, kNone), RunQueue::kMaxRunning + 1);
  EXPECT_EQ(next(queue, kNone), 0U);
}

TEST(RunQueue, WhatWaitsIsBoundedInNumberAndSize) {
  RunQueue queue;
  std::size_t taken = 0;
  for (int i = 0; i < 10'000; ++i) taken += queue.add(waiting(1, 1)) ? 1U : 0U;
  EXPECT_EQ(taken, RunQueue::kMaxWaiting);
  ASSERT_EQ(next(queue, kNone), 1U);
  EXPECT_TRUE(queue.add(waiting(1, 1)));

  RunQueue octets;
  const std::string value(kMaxValue * 2, 'x');
  taken = 0;
  while (octets.add(waiting(1, 1, value))) ++taken;
  EXPECT_EQ(taken, RunQueue::kMaxOctets / value.size());
  ASSERT_EQ(next(octets, kNone), 1U);
  EXPECT_TRUE(octets.add(waiting(1, 1, value)));
  EXPECT_EQ(octets.drop_unless([](const RunRequest&) { return false; }).size(), taken);
  EXPECT_TRUE(octets.add(waiting(1, 1, value)));
}

TEST(RunQueue, ThoseOfProgramsThatAreGoneAreDroppedInOrder) {
  RunQueue queue;
  for (const auto& [run, program] : {std::pair{1, 7}, {2, 8}, {3, 7}, {4, 9}}) {
    ASSERT_TRUE(queue.add(waiting(static_cast<RunId>(run), static_cast<ProgramId>(program))));
  }
  std::vector<RunId> dropped;
  for (const RunRequest& run :
       queue.drop_unless([](const RunRequest& each) { return each.program == 8; })) {
    dropped.push_back(run.run);
  }
  EXPECT_EQ(dropped, (std::vector<RunId>{1, 3, 4}));
  EXPECT_EQ(next(queue, kNone), 2U);
}

TEST(RunQueue, AStuckOneKeepsItsProgramButNoPlace) {
  RunQueue queue;
  ASSERT_TRUE(queue.add(waiting(1, 7)));
  ASSERT_EQ(next(queue, kNone), 1U);
  queue.is_stuck();
  ASSERT_TRUE(queue.add(waiting(2, 7)));
  EXPECT_EQ(next(queue, kNone), 0U);
  for (ProgramId i = 1; i <= RunQueue::kMaxRunning; ++i) {
    ASSERT_TRUE(queue.add(waiting(100 + i, 100 + i)));
    EXPECT_NE(next(queue, kNone), 0U) << "its place is free";
  }
  EXPECT_TRUE(queue.is_full());
  queue.has_ended(101);
  queue.has_come_loose(7);
  EXPECT_EQ(next(queue, kNone), 2U);
}

}  // namespace
}  // namespace evenkeel::daemon
