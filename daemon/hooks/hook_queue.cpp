#include "daemon/hooks/hook_queue.h"

#include <utility>

namespace evenkeel::daemon {

std::size_t HookQueue::add(HookEvent event) {
  newest_ = event;
  // The present state is told once more only once, however many reasons there are.
  if (event.is_again && !waiting_.empty() && waiting_.back().is_again) waiting_.pop_back();
  const std::size_t dropped =
      waiting_.size() >= kMaxWaiting ? std::exchange(waiting_, {}).size() : 0;
  waiting_.push_back(std::move(event));
  return dropped;
}

std::optional<HookRun> HookQueue::next(const HookPrograms& programs) {
  while (left_.empty() && !waiting_.empty()) take_next(programs);
  if (left_.empty()) return std::nullopt;
  const Left next = left_.front();
  left_.pop_front();
  return HookRun{.key = next.key, .program = next.program, .settings = settings_};
}

void HookQueue::take_next(const HookPrograms& programs) {
  HookEvent event = std::move(waiting_.front());
  waiting_.pop_front();
  ++told_;
  state_before_ = std::exchange(last_state_, event.state);
  settings_ = std::move(event.settings);
  settings_.push_back({Variable::State, std::move(event.state)});
  settings_.push_back({Variable::PreviousState, state_before_});
  settings_.push_back({Variable::Reason, std::move(event.reason)});
  for (const HookKey key : {event.key, HookKey::OnChange}) {
    for (const ProgramId program : programs[static_cast<std::size_t>(key)]) {
      left_.push_back({.key = key, .program = program});
    }
  }
}

HookRun HookQueue::again(HookKey key, ProgramId program) const {
  HookRun run{.key = key, .program = program, .settings = settings_};
  for (Setting& each : run.settings) {
    if (each.variable == Variable::PreviousState) each.value = last_state_;
    if (each.variable == Variable::Reason) each.value = name(key);
  }
  return run;
}

void HookQueue::tell_anew(const std::string& reason) {
  if (!waiting_.empty() || !newest_) return;
  left_.clear();
  last_state_ = state_before_;
  if (newest_->key != HookKey::OnStop) newest_->reason = reason;
  newest_->is_again = true;
  waiting_.push_back(*newest_);
}

std::size_t HookQueue::forget() {
  left_.clear();
  newest_.reset();
  return std::exchange(waiting_, {}).size();
}

}  // namespace evenkeel::daemon
