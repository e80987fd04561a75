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

void TimerHeap::set(Slot slot, TimePoint when) {
  std::size_t at = position_[slot];
  if (at == kAbsent) {
    at = heap_.size();
    heap_.push_back({when, slot});
    position_[slot] = at;
  } else {
    heap_[at].when = when;
  }
  sift_up(at);
  sift_down(position_[slot]);
}

void TimerHeap::clear(Slot slot) {
  const std::size_t at = position_[slot];
  if (at == kAbsent) return;
  position_[slot] = kAbsent;
  const Timer last = heap_.back();
  heap_.pop_back();
  if (last.slot == slot) return;
  put(at, last);
  sift_up(at);
  sift_down(position_[last.slot]);
}

std::optional<TimerHeap::Timer> TimerHeap::earliest() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front();
}

std::optional<TimePoint> TimerHeap::when(Slot slot) const {
  if (position_[slot] == kAbsent) return std::nullopt;
  return heap_[position_[slot]].when;
}

void TimerHeap::put(std::size_t at, Timer timer) {
  heap_[at] = timer;
  position_[timer.slot] = at;
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
