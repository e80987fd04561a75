#include "daemon/hooks/hook_queue.h"

#include <utility>

namespace evenkeel::daemon {

std::size_t HookQueue::add(HookEvent event) {
  newest_ = event;
  // Told once more, twice: once is enough.
  if (event.is_again && !waiting_.empty() && waiting_.back().is_again) waiting_.pop_back();
  const std::size_t dropped = waiting_.size() >= kMaxWaiting ? drop_waiting() : 0;
  waiting_.push_back(std::move(event));
  return dropped;
}

std::size_t HookQueue::drop_waiting() {
  return std::exchange(waiting_, {}).size();
}

std::optional<HookRun> HookQueue::begin(const HookPrograms& programs) {
  if (is_running_) return std::nullopt;
  while (left_.empty() && !waiting_.empty()) take_next(programs);
  if (left_.empty()) return std::nullopt;
  const Left next = left_.front();
  left_.pop_front();
  is_running_ = true;
  return HookRun{.key = next.key, .program = next.program, .settings = settings_};
}

void HookQueue::take_next(const HookPrograms& programs) {
  HookEvent event = std::move(waiting_.front());
  waiting_.pop_front();
  ++told_;
  settings_ = std::move(event.settings);
  settings_.push_back({Variable::State, event.state});
  settings_.push_back({Variable::PreviousState, std::exchange(last_state_, event.state)});
  settings_.push_back({Variable::Reason, std::move(event.reason)});
  for (const HookKey key : {event.key, HookKey::OnChange}) {
    for (const ProgramId program : programs[static_cast<std::size_t>(key)]) {
      left_.push_back({.key = key, .program = program});
    }
  }
}

}  // namespace evenkeel::daemon
