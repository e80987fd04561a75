#include "checks/timer_heap.h"

#include <limits>

namespace evenkeel::checks {
namespace {

constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();

}  // namespace

void TimerHeap::reset(std::size_t count) {
  heap_.clear();
  position_.assign(count, kAbsent);
}

void TimerHeap::set(CheckId id, TimePoint when) {
  std::size_t at = position_[id];
  if (at == kAbsent) {
    at = heap_.size();
    heap_.push_back({when, id});
    position_[id] = at;
  } else {
    heap_[at].when = when;
  }
  sift_up(at);
  sift_down(position_[id]);
}

void TimerHeap::clear(CheckId id) {
  const std::size_t at = position_[id];
  if (at == kAbsent) return;
  position_[id] = kAbsent;
  const Timer last = heap_.back();
  heap_.pop_back();
  if (last.id == id) return;
  put(at, last);
  sift_up(at);
  sift_down(position_[last.id]);
}

std::optional<TimerHeap::Timer> TimerHeap::earliest() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front();
}

std::optional<TimePoint> TimerHeap::when(CheckId id) const {
  if (position_[id] == kAbsent) return std::nullopt;
  return heap_[position_[id]].when;
}

void TimerHeap::put(std::size_t at, Timer timer) {
  heap_[at] = timer;
  position_[timer.id] = at;
}

void TimerHeap::sift_up(std::size_t at) {
  const Timer moving = heap_[at];
  while (at > 0) {
    const std::size_t parent = (at - 1) / 2;
    if (heap_[parent].when <= moving.when) break;
    put(at, heap_[parent]);
    at = parent;
  }
  put(at, moving);
}

void TimerHeap::sift_down(std::size_t at) {
  const Timer moving = heap_[at];
  for (;;) {
    std::size_t child = 2 * at + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].when < heap_[child].when) ++child;
    if (moving.when <= heap_[child].when) break;
    put(at, heap_[child]);
    at = child;
  }
  put(at, moving);
}

}  // namespace evenkeel::checks
