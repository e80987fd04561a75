// Commands and their answers in as many messages as their names take: 1,024 names of 128 octets
// are twice a datagram. Pure.
//
// The parts of one go out one after another, each but the last with `more`; the receiver acts on
// the whole.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/process/message.h"

namespace evenkeel::daemon {

inline auto& entries_of(Command& command) {
  return command.instances;
}
inline auto& entries_of(CommandDone& done) {
  return done.outcomes;
}

/// At least one part; each fits a datagram.
template <typename Whole>
[[nodiscard]] std::vector<Whole> parts_of(Whole whole) {
  auto entries = std::exchange(entries_of(whole), {});
  std::vector<Whole> parts;
  std::size_t at = 0;
  do {
    const std::size_t end = std::min(entries.size(), at + kMaxNames);
    Whole part = whole;
    entries_of(part).assign(
        std::make_move_iterator(entries.begin() + static_cast<std::ptrdiff_t>(at)),
        std::make_move_iterator(entries.begin() + static_cast<std::ptrdiff_t>(end)));
    part.more = end < entries.size();
    parts.push_back(std::move(part));
    at = end;
  } while (at < entries.size());
  return parts;
}

/// One side's half-received message.
template <typename Whole>
class Parts {
 public:
  /// The whole, with its last part. What has more than kMaxInstances entries never becomes one: no
  /// sender of ours makes it, and a stranger's must not fill the memory.
  [[nodiscard]] std::optional<Whole> take(Whole part) {
    if (!begun_ || begun_->sequence != part.sequence) begun_.reset();
    if (begun_) {
      auto& entries = entries_of(*begun_);
      auto& rest = entries_of(part);
      if (entries.size() <= kMaxInstances) {
        entries.insert(entries.end(), std::make_move_iterator(rest.begin()),
                       std::make_move_iterator(rest.end()));
      }
      begun_->more = part.more;
    } else {
      begun_ = std::move(part);
    }
    if (begun_->more) return std::nullopt;
    auto whole = std::exchange(begun_, std::nullopt);
    if (entries_of(*whole).size() > kMaxInstances) return std::nullopt;
    return whole;
  }

 private:
  std::optional<Whole> begun_;
};

}  // namespace evenkeel::daemon
