#include "checks/schedule.h"

#include <algorithm>
#include <boost/container_hash/hash.hpp>
#include <unordered_map>
#include <utility>

namespace evenkeel::checks {
namespace {

using namespace std::chrono_literals;

/// While failures are counted, a dead server may be in use: it is probed at least this often.
constexpr Duration kUnprovenPace = 1s;

/// A start is late beyond two turns: the loop takes one, and may be late by another.
constexpr Duration kUnavoidable = 2 * kTurn;

Verdict trusted(Verdict verdict) {
  verdict.trust();
  return verdict;
}

/// Finds each check of one list in another, once.
class Former {
 public:
  explicit Former(const std::vector<Check>& checks) : checks_(checks) {
    by_hash_.reserve(checks.size());
    for (std::size_t id = 0; id < checks.size(); ++id) {
      by_hash_.emplace(hash_value(checks[id]), static_cast<CheckId>(id));
    }
  }

  [[nodiscard]] std::optional<CheckId> take(const Check& check) {
    auto [at, end] = by_hash_.equal_range(hash_value(check));
    for (; at != end; ++at) {
      const CheckId id = at->second;
      if (checks_[id] != check) continue;
      by_hash_.erase(at);
      return id;
    }
    return std::nullopt;
  }

 private:
  const std::vector<Check>& checks_;
  std::unordered_multimap<std::size_t, CheckId> by_hash_;
};

/// The verdicts of a list, found by the question of their probe.
template <typename Entry>
class Known {
 public:
  Known(const std::vector<Check>& checks, const std::vector<Entry>& entries)
      : checks_(checks), entries_(entries) {}

  /// Null: nobody asked that before. Made when the first one asks: most reloads add nothing.
  [[nodiscard]] const Entry* of(const Check& check) {
    if (known_.empty()) {
      for (std::size_t id = 0; id < checks_.size(); ++id) {
        known_.emplace(probe_of(checks_[id]), &entries_[id]);
      }
    }
    const auto found = known_.find(probe_of(check));
    return found == known_.end() ? nullptr : found->second;
  }

 private:
  const std::vector<Check>& checks_;
  const std::vector<Entry>& entries_;
  std::unordered_map<Check, const Entry*, boost::hash<Check>> known_;
};

}  // namespace

Duration pace(const Check& check, const Verdict& verdict, bool is_excused) {
  if (!verdict.is_decided() && (verdict.against() > 0 || is_excused)) {
    return std::min(check.fast_interval, std::max<Duration>(kUnprovenPace, check.timeout));
  }
  if (verdict.against() > 0) return check.fast_interval;
  if (verdict.health() == Health::Down) return check.down_interval;
  return check.interval;
}

Duration lateness_allowed(const Check& check) {
  return std::max<Duration>(check.interval / 10, kUnavoidable);
}

Schedule::Schedule() : checks_(std::make_shared<const std::vector<Check>>()) {}

std::vector<std::optional<CheckId>> Schedule::configure(CheckList checks, TimePoint now) {
  const CheckList before = std::exchange(checks_, std::move(checks));
  const std::vector<Entry> entries_before = std::move(entries_);
  std::vector<std::optional<TimePoint>> timers_before(before->size());
  for (std::size_t id = 0; id < before->size(); ++id) {
    timers_before[id] = timers_.when(static_cast<CheckId>(id));
  }
  entries_.clear();
  entries_.reserve(checks_->size());
  timers_.reset(checks_->size());
  without_outcome_ = 0;

  std::vector<std::optional<CheckId>> successors(before->size());
  std::vector<CheckId> added;
  Former former(*before);
  Known<Entry> known(*before, entries_before);
  for (std::size_t index = 0; index < checks_->size(); ++index) {
    const auto id = static_cast<CheckId>(index);
    const Check& check = (*checks_)[index];
    if (const std::optional<CheckId> was = former.take(check)) {
      successors[*was] = id;
      entries_.push_back(entries_before[*was]);
      if (timers_before[*was]) timers_.set(id, *timers_before[*was]);
    } else {
      entries_.push_back(new_entry(check, known.of(check), now));
      added.push_back(id);
    }
    if (!entries_.back().has_outcome) ++without_outcome_;
  }
  spread(added, now);
  return successors;
}

/// Main keeps its verdict of the same probe: the pace follows the same count.
Schedule::Entry Schedule::new_entry(const Check& check, const Entry* known, TimePoint now) {
  Entry entry{.due = now,
              .in_use = trusted(Verdict(check.rise, check.fall)),
              .as_new = Verdict(check.rise, check.fall)};
  if (known != nullptr) {
    entry.in_use = known->in_use.under(check.rise, check.fall);
    entry.as_new = known->as_new.under(check.rise, check.fall);
  }
  return entry;
}

void Schedule::spread(const std::vector<CheckId>& added, TimePoint now) {
  const auto count = static_cast<Duration::rep>(added.size());
  for (Duration::rep index = 0; index < count; ++index) {
    const CheckId id = added[static_cast<std::size_t>(index)];
    const Duration window = std::min<Duration>((*checks_)[id].interval, 1s);
    entries_[id].due = now + window * index / count;
    timers_.set(id, entries_[id].due);
  }
}

std::optional<TimePoint> Schedule::next() const {
  const auto timer = timers_.earliest();
  if (!timer) return std::nullopt;
  return timer->when;
}

std::optional<Due> Schedule::pop(TimePoint now) {
  for (;;) {
    const auto timer = timers_.earliest();
    if (!timer || timer->when > now) return std::nullopt;
    Entry& entry = entries_[timer->id];
    if (entry.state == State::Running) {
      entry.state = State::Expired;
      timers_.clear(timer->id);
      return Due{Due::What::Expire, timer->id};
    }
    const Duration interval = pace_of(timer->id);
    const Duration lateness = now - entry.due;
    const Duration too_late = std::max(interval, kUnavoidable);
    if (lateness < too_late || !entry.has_outcome) {
      entry.state = State::Ready;
      timers_.clear(timer->id);
      return Due{Due::What::Start, timer->id};
    }
    count_late(entry, lateness / too_late + 1);
    entry.due += interval * (lateness / interval + 1);
    timers_.set(timer->id, entry.due);
  }
}

TimePoint Schedule::start(CheckId id, TimePoint now) {
  Entry& entry = entries_[id];
  const Check& check = (*checks_)[id];
  if (now - entry.due <= lateness_allowed(check)) {
    entry.late_in_row = 0;
  } else if (entry.has_outcome) {
    count_late(entry, 1);
  } else {
    entry.due = now;
  }
  entry.state = State::Running;
  entry.is_extended = false;
  const TimePoint deadline = now + check.timeout;
  timers_.set(id, deadline);
  return deadline;
}

bool Schedule::extend(CheckId id, TimePoint until) {
  Entry& entry = entries_[id];
  if (std::exchange(entry.is_extended, true)) return false;
  entry.state = State::Running;
  timers_.set(id, until);
  return true;
}

Duration Schedule::pace_of(CheckId id, bool is_excused) const {
  const Check& check = (*checks_)[id];
  const Entry& entry = entries_[id];
  return std::min(pace(check, entry.in_use, is_excused), pace(check, entry.as_new, is_excused));
}

void Schedule::count_late(Entry& entry, Duration::rep probes) {
  ++late_;
  entry.late_in_row =
      static_cast<std::uint8_t>(std::min<Duration::rep>(entry.late_in_row + probes, kBehind));
}

std::size_t Schedule::behind(TimePoint now) const {
  std::size_t count = 0;
  for (std::size_t id = 0; id < entries_.size(); ++id) {
    const Entry& entry = entries_[id];
    const bool waits = entry.state == State::Idle || entry.state == State::Ready;
    const bool is_overdue =
        waits &&
        now - entry.due >= kBehind * std::max(pace_of(static_cast<CheckId>(id)), kUnavoidable);
    if (is_overdue || entry.late_in_row >= kBehind) ++count;
  }
  return count;
}

Reason Schedule::finish(CheckId id, Reason reason, bool is_our_lateness) {
  Entry& entry = entries_[id];
  if (!is_our_lateness) {
    entry.excused_in_row = 0;
  } else if (entry.excused_in_row < (*checks_)[id].fall) {
    ++entry.excused_in_row;
    reason = Reason::LocalError;
  }
  CheckOutcome outcome;
  outcome.id = id;
  outcome.reason = reason;
  static_cast<void>(entry.in_use.record(outcome));  // only the pace follows from them
  static_cast<void>(entry.as_new.record(outcome));
  if (!entry.has_outcome) {
    entry.has_outcome = true;
    --without_outcome_;
  }
  entry.state = State::Idle;
  entry.due += pace_of(id, entry.excused_in_row > 0);
  timers_.set(id, entry.due);
  return reason;
}

}  // namespace evenkeel::checks
