// How many probes may begin: a bound on those whose server may be about to answer.
//
// Pure: the time comes in as an argument. A probe counts from its start until it ends, or until it
// is kYoung old. An older one costs a timer only, so that many dead servers do not hold up the
// healthy ones. The bound limits the answers that may come at once, and so the time that a server's
// answer waits until the loop looks at it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "checks/check.h"

namespace evenkeel::checks {

class StartWindow {
 public:
  static constexpr Duration kYoung = std::chrono::milliseconds(100);
  using Ticket = std::uint64_t;

  /// At most `size` count at once; 0 is taken for 1.
  explicit StartWindow(std::size_t size) : size_(size == 0 ? 1 : size) {}

  [[nodiscard]] bool has_room(TimePoint now);
  /// When the oldest probe that counts becomes too old to count; nothing: none counts.
  [[nodiscard]] std::optional<TimePoint> next_room() const;
  /// A probe begins: end() takes its ticket, once. `now` never goes back.
  [[nodiscard]] Ticket begin(TimePoint now);
  void end(Ticket ticket);

 private:
  struct Started {
    TimePoint when;
    bool has_ended = false;
  };

  std::size_t size_;
  std::size_t young_ = 0;        // of started_, those that have not ended
  std::deque<Started> started_;  // in the order of their tickets
  Ticket first_ = 0;             // the ticket of started_.front()
};

}  // namespace evenkeel::checks
