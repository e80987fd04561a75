#include "daemon/hooks/hook_queue.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

HookPrograms programs() {
  HookPrograms list;
  list[static_cast<std::size_t>(HookKey::OnMaster)] = {1, 2};
  list[static_cast<std::size_t>(HookKey::OnChange)] = {9};
  return list;
}

HookEvent event(HookKey key, const std::string& state, const std::string& reason = "why") {
  return {.key = key, .state = state, .reason = reason, .settings = {{Variable::Instance, "web"}}};
}
HookEvent again(HookKey key, const std::string& state, const std::string& reason) {
  HookEvent told = event(key, state, reason);
  told.is_again = true;
  return told;
}

std::string value(const HookRun& run, Variable variable) {
  for (const Setting& each : run.settings) {
    if (each.variable == variable) return each.value;
  }
  return "(not set)";
}

/// The program that is next; 0 = none.
ProgramId next(HookQueue& queue) {
  const auto run = queue.next(programs());
  return run ? run->program : 0;
}

TEST(HookQueue, TheProgramsOfTheStateThenThoseOfAnyChangeOneAtATime) {
  HookQueue queue;
  EXPECT_EQ(queue.add(event(HookKey::OnMaster, "MASTER")), 0U);
  EXPECT_EQ(next(queue), 1U);
  EXPECT_EQ(next(queue), 2U);
  EXPECT_EQ(next(queue), 9U);
  EXPECT_EQ(next(queue), 0U);
  EXPECT_FALSE(queue.has_work());
}

TEST(HookQueue, ARunIsToldTheStateTheOneBeforeAndWhy) {
  HookQueue queue;
  queue.add(event(HookKey::OnMaster, "MASTER", "master_released"));
  queue.add(event(HookKey::OnBackup, "BACKUP", "better_master"));
  const auto first = queue.next(programs());
  ASSERT_TRUE(first);
  EXPECT_EQ(first->key, HookKey::OnMaster);
  EXPECT_EQ(value(*first, Variable::Instance), "web");
  EXPECT_EQ(value(*first, Variable::State), "MASTER");
  EXPECT_EQ(value(*first, Variable::PreviousState), "") << "none is known";
  EXPECT_EQ(value(*first, Variable::Reason), "master_released");
  for (int i = 0; i < 2; ++i) {
    ASSERT_NE(next(queue), 0U);
  }
  const auto next = queue.next(programs());
  ASSERT_TRUE(next) << "BACKUP has no program of its own";
  EXPECT_EQ(next->key, HookKey::OnChange);
  EXPECT_EQ(value(*next, Variable::State), "BACKUP");
  EXPECT_EQ(value(*next, Variable::PreviousState), "MASTER");
}

TEST(HookQueue, SixteenWaitThenTheNewestAlone) {
  HookQueue queue;
  queue.add(event(HookKey::OnMaster, "running"));
  ASSERT_EQ(next(queue), 1U);
  for (std::size_t i = 0; i < HookQueue::kMaxWaiting; ++i) {
    EXPECT_EQ(queue.add(event(HookKey::OnBackup, std::to_string(i))), 0U);
  }
  EXPECT_EQ(queue.add(event(HookKey::OnMaster, "newest")), HookQueue::kMaxWaiting);
  EXPECT_EQ(queue.waiting(), 1U);
  queue.cut_short();
  const auto run = queue.next(programs());
  ASSERT_TRUE(run);
  EXPECT_EQ(value(*run, Variable::State), "newest");
  EXPECT_EQ(value(*run, Variable::PreviousState), "running") << "the one that was told before";
}

TEST(HookQueue, WhatIsToldOnceMoreIsToldOnce) {
  HookQueue queue;
  queue.add(event(HookKey::OnMaster, "MASTER"));
  queue.add(again(HookKey::OnMaster, "MASTER", "reloaded"));
  queue.add(again(HookKey::OnMaster, "MASTER", "resumed"));
  EXPECT_EQ(queue.waiting(), 2U) << "the transition itself is not lost";
}

TEST(HookQueue, WhatIsToldAnewHasTheSameStateBeforeIt) {
  HookQueue queue;
  queue.add(event(HookKey::OnBackup, "BACKUP"));
  ASSERT_EQ(next(queue), 9U);
  queue.add(event(HookKey::OnMaster, "MASTER"));
  ASSERT_EQ(next(queue), 1U);
  for (int i = 0; i < 2; ++i) {
    queue.tell_anew("resumed");
    const auto run = queue.next(programs());
    ASSERT_TRUE(run);
    EXPECT_EQ(run->program, 1U);
    EXPECT_EQ(value(*run, Variable::State), "MASTER");
    EXPECT_EQ(value(*run, Variable::PreviousState), "BACKUP");
    EXPECT_EQ(value(*run, Variable::Reason), "resumed");
  }
  queue.add(event(HookKey::OnBackup, "BACKUP"));
  queue.tell_anew("resumed");
  EXPECT_EQ(queue.waiting(), 1U) << "the newer one alone";
}

TEST(HookQueue, WhatIsForgottenIsNotTold) {
  HookQueue queue;
  queue.add(event(HookKey::OnMaster, "MASTER"));
  ASSERT_EQ(next(queue), 1U);
  queue.add(event(HookKey::OnMaster, "MASTER"));
  EXPECT_EQ(queue.forget(), 1U);
  EXPECT_EQ(next(queue), 0U);
  queue.tell_anew("resumed");
  EXPECT_FALSE(queue.has_work());
}

TEST(HookQueue, AStateWithoutProgramsIsTheOneBeforeOfTheNext) {
  HookQueue queue;
  HookPrograms list;
  list[static_cast<std::size_t>(HookKey::OnMaster)] = {1};
  queue.add(event(HookKey::OnBackup, "BACKUP"));
  EXPECT_FALSE(queue.next(list));
  EXPECT_FALSE(queue.has_work());
  queue.add(event(HookKey::OnMaster, "MASTER"));
  const auto run = queue.next(list);
  ASSERT_TRUE(run);
  EXPECT_EQ(value(*run, Variable::PreviousState), "BACKUP");
}

}  // namespace
}  // namespace evenkeel::daemon
