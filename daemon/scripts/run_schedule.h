// When each of many programs that run again and again is to run next. Their runs are spread: the
// first ones over a second, at most their interval, later ones over the interval.
//
// Pure. Each step takes logarithmic time, however many there are.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace evenkeel::daemon {

class RunSchedule {
 public:
  using Key = std::uint64_t;
  using Duration = std::chrono::steady_clock::duration;
  using TimePoint = std::chrono::steady_clock::time_point;

  void add(Key key, Duration interval, TimePoint now);
  void remove(Key key);

  /// A key whose run is to begin now. The key is not due again before again().
  [[nodiscard]] std::optional<Key> take_due(TimePoint now);
  /// Its run has ended: the next one is due `interval` after that one was, or now.
  void again(Key key, Duration interval, TimePoint now);
  /// When the next one is due; nothing: none is.
  [[nodiscard]] std::optional<TimePoint> next() const;
  /// How many have been due for longer than `limit_of(key)`. First runs do not count: they take the
  /// time that they take. Linear in what is due.
  template <typename LimitOf>
  [[nodiscard]] std::size_t late(TimePoint now, const LimitOf& limit_of) const {
    const auto is_late = [&](const std::pair<TimePoint, Key>& each) {
      return entries_.at(each.second).is_spread && now - each.first > limit_of(each.second);
    };
    return static_cast<std::size_t>(
        std::count_if(queue_.begin(), queue_.lower_bound({now, 0}), is_late));
  }

 private:
  struct Entry {
    TimePoint due;
    double place = 0;  ///< 0 .. 1: its part of a spread
    bool is_due = true;
    bool is_spread = false;  ///< over its interval
  };
  void set(Key key, Entry& entry, TimePoint due);
  void unset(Key key, Entry& entry);

  std::map<Key, Entry> entries_;
  std::set<std::pair<TimePoint, Key>> queue_;
  double next_place_ = 0;
};

}  // namespace evenkeel::daemon
