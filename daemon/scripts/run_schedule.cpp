#include "daemon/scripts/run_schedule.h"

#include <algorithm>

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

/// The golden ratio: any number of places that follow each other in steps of it are spread.
constexpr double kStep = 0.6180339887498949;

/// The time over which first runs are spread.
RunSchedule::Duration first(RunSchedule::Duration interval) {
  return std::min<RunSchedule::Duration>(interval, 1s);
}

RunSchedule::Duration part(double place, RunSchedule::Duration of) {
  return std::chrono::duration_cast<RunSchedule::Duration>(place * of);
}

}  // namespace

void RunSchedule::add(Key key, Duration interval, TimePoint now) {
  Entry& entry = entries_[key];
  entry.place = next_place_;
  next_place_ += kStep;
  if (next_place_ >= 1) next_place_ -= 1;
  set(key, entry, now + part(entry.place, first(interval)));
}

void RunSchedule::remove(Key key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  unset(key, found->second);
  entries_.erase(found);
}

std::optional<RunSchedule::Key> RunSchedule::take_due(TimePoint now) {
  if (queue_.empty() || queue_.begin()->first > now) return std::nullopt;
  const Key key = queue_.begin()->second;
  unset(key, entries_.at(key));
  return key;
}

void RunSchedule::again(Key key, Duration interval, TimePoint now) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.is_due) return;
  Entry& entry = found->second;
  // The second run comes early: from then on they are spread over the interval.
  const Duration pause = std::exchange(entry.is_spread, true)
                             ? interval
                             : interval / 2 + part(entry.place, interval - first(interval));
  set(key, entry, std::max(entry.due + pause, now));
}

std::optional<RunSchedule::TimePoint> RunSchedule::next() const {
  return queue_.empty() ? std::nullopt : std::optional(queue_.begin()->first);
}

void RunSchedule::set(Key key, Entry& entry, TimePoint due) {
  entry.due = due;
  entry.is_due = true;
  queue_.emplace(due, key);
}

void RunSchedule::unset(Key key, Entry& entry) {
  entry.is_due = false;
  queue_.erase({entry.due, key});
}

}  // namespace evenkeel::daemon
