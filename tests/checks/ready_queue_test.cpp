#include "checks/ready_queue.h"

#include <gtest/gtest.h>

namespace evenkeel::checks {
namespace {

std::vector<Slot> drained(ReadyQueue& queue) {
  std::vector<Slot> ids;
  while (!queue.empty()) ids.push_back(queue.pop());
  return ids;
}

TEST(ReadyQueue, FirstProbesAndOthersTakeTurnsEachInTheirOrder) {
  ReadyQueue queue;
  EXPECT_TRUE(queue.empty());
  for (Slot id = 0; id < 5; ++id) queue.push(id, true);
  queue.push(10, false);
  queue.push(11, false);
  EXPECT_EQ(drained(queue), (std::vector<Slot>{10, 0, 11, 1, 2, 3, 4}));
  for (Slot id = 0; id < 3; ++id) queue.push(id, false);
  EXPECT_EQ(drained(queue), (std::vector<Slot>{0, 1, 2}));
}

TEST(ReadyQueue, FollowsAReload) {
  ReadyQueue queue;
  for (Slot id = 0; id < 3; ++id) queue.push(id, true);
  queue.push(3, false);
  queue.rename({7, std::nullopt, 5, 1});
  EXPECT_EQ(drained(queue), (std::vector<Slot>{1, 7, 5}));
  queue.push(0, true);
  queue.push(1, false);
  queue.rename({std::nullopt, std::nullopt});
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace evenkeel::checks
