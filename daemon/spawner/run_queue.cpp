#include "daemon/spawner/run_queue.h"

#include <algorithm>
#include <utility>

namespace evenkeel::daemon {

bool RunQueue::add(WaitingRun waiting) {
  const std::size_t octets = octets_of(waiting.run);
  if (waiting_.size() >= kMaxWaiting || octets_ + octets > kMaxOctets) return false;
  octets_ += octets;
  waiting_.push_back(std::move(waiting));
  return true;
}

void RunQueue::has_ended(ProgramId program) {
  --running_;
  forget(program);
}

std::size_t RunQueue::waiting_since_before(std::chrono::steady_clock::time_point then) const {
  const auto first_later = std::find_if(waiting_.begin(), waiting_.end(),
                                        [&](const WaitingRun& each) { return each.since >= then; });
  return static_cast<std::size_t>(first_later - waiting_.begin());
}

std::size_t RunQueue::octets_of(const RunRequest& run) {
  std::size_t octets = 0;
  for (const Setting& each : run.settings) octets += each.value.size();
  return octets;
}

WaitingRun RunQueue::begin(const std::deque<WaitingRun>::iterator& at) {
  WaitingRun taken = std::move(*at);
  waiting_.erase(at);
  octets_ -= octets_of(taken.run);
  ++runs_of_[taken.run.program];
  ++running_;
  return taken;
}

void RunQueue::forget(ProgramId program) {
  const auto runs = runs_of_.find(program);
  if (runs != runs_of_.end() && --runs->second == 0) runs_of_.erase(runs);
}

}  // namespace evenkeel::daemon
