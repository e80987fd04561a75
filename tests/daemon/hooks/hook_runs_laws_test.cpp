// Laws of all hooks, over random histories of changes, ends, reloads and lost spawners.

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

#include "daemon/hooks/hook_runs.h"

namespace evenkeel::daemon {
namespace {

const std::chrono::steady_clock::time_point kNow{};
const HookOwner kWeb{.kind = HookOwnerKind::Instance, .name = "web", .real_server = ""};

int state_of(const HookRun& run) {
  for (const Setting& each : run.settings) {
    if (each.variable == Variable::State) return std::stoi(each.value);
  }
  return -1;
}

/// States are numbers that ascend, so that their order shows.
class History {
 public:
  explicit History(unsigned seed) : random_(seed) { configure(); }

  void change() {
    ++newest_;
    static_cast<void>(
        runs_.tell(kWeb, {.key = newest_ % 2 == 0 ? HookKey::OnMaster : HookKey::OnBackup,
                          .state = std::to_string(newest_),
                          .reason = "why",
                          .settings = {}}));
    run();
  }
  void end(RunEnd how) {
    if (!running_) return;
    running_.reset();
    RunEnded ended;
    ended.how = how;
    static_cast<void>(runs_.has_ended(kWeb, ended, kNow));
    if (how == RunEnd::Lost) has_spawner_ = false;
    run();
  }
  void reload() {
    configure();
    if (newest_ > 0) {
      static_cast<void>(runs_.tell(kWeb, {.key = HookKey::OnMaster,
                                          .state = std::to_string(newest_),
                                          .reason = "reloaded",
                                          .settings = {},
                                          .is_again = true}));
    }
    run();
  }
  void respawn() {
    has_spawner_ = true;
    runs_.spawner_is_there();
    run();
  }
  void settle() {
    respawn();
    while (running_) end(RunEnd::Exit);
  }
  unsigned draw(unsigned below) {
    return std::uniform_int_distribution<unsigned>(0, below - 1)(random_);
  }

  [[nodiscard]] const std::vector<int>& told() const { return told_; }
  [[nodiscard]] int newest() const { return newest_; }
  [[nodiscard]] const HookRuns& runs() const { return runs_; }

 private:
  void configure() {
    HookPrograms programs;
    const ProgramId first = 1 + draw(2) * 10;
    programs[static_cast<std::size_t>(HookKey::OnMaster)] = {first, first + 1};
    programs[static_cast<std::size_t>(HookKey::OnBackup)] = {first + 2};
    programs[static_cast<std::size_t>(HookKey::OnChange)] = {first + 3};
    std::map<ProgramId, std::string> files;
    for (ProgramId each = first; each < first + 4; ++each) files[each] = "/etc/notify";
    runs_.configure({{kWeb, programs}}, std::move(files));
  }
  void run() {
    const auto requests = runs_.next(kNow);
    ASSERT_LE(requests.size(), 1U);
    if (requests.empty()) return;
    ASSERT_FALSE(running_) << "two at once";
    ASSERT_TRUE(has_spawner_);
    running_ = state_of(requests[0].run);
    told_.push_back(*running_);
  }

  std::mt19937 random_;
  HookRuns runs_;
  std::optional<int> running_;
  std::vector<int> told_;
  int newest_ = 0;
  bool has_spawner_ = true;
};

TEST(HookLaws, ThreeHundredChangesInARowWithAHookThatSleeps) {
  History history(1);
  for (int i = 0; i < 300; ++i) {
    history.change();
    if (i % 40 == 0) history.end(RunEnd::Exit);  // it sleeps for forty changes
  }
  history.settle();
  EXPECT_TRUE(std::is_sorted(history.told().begin(), history.told().end())) << "out of order";
  EXPECT_EQ(history.told().back(), 300);
  EXPECT_GT(history.runs().status(kWeb)->dropped, 200U);
  EXPECT_TRUE(history.runs().are_elections_idle());
}

TEST(HookLaws, OrderIsKeptAndTheNewestIsToldLastWhateverHappens) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    History history(seed);
    const unsigned ends = 1 + history.draw(8);  // slow hooks and fast ones
    for (int i = 0; i < 400; ++i) {
      const unsigned what = history.draw(20);
      if (what < 8) {
        history.change();
      } else if (what < 8 + ends) {
        history.end(RunEnd::Exit);
      } else if (what == 17) {
        history.end(RunEnd::Lost);
      } else if (what == 18) {
        history.respawn();
      } else if (what == 19) {
        history.reload();
      }
    }
    history.settle();
    const auto& told = history.told();
    ASSERT_TRUE(std::is_sorted(told.begin(), told.end())) << "a state was told after a later one";
    ASSERT_EQ(told.empty() ? 0 : told.back(), history.newest()) << "the last state was not told";
    ASSERT_TRUE(history.runs().are_elections_idle());
  }
}

TEST(HookLaws, WhereHooksKeepUpNothingIsDropped) {
  History history(7);
  for (int i = 0; i < 300; ++i) {
    history.change();
    for (int run = 0; run < 4; ++run) history.end(RunEnd::Exit);
  }
  std::vector<int> distinct = history.told();
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  EXPECT_EQ(distinct.size(), 300U);
}

}  // namespace
}  // namespace evenkeel::daemon
