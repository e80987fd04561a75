#include "checks/schedule.h"

#include <algorithm>
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

Schedule::Schedule() : checks_(std::make_shared<const std::vector<ListedCheck>>()) {}

std::vector<std::optional<Slot>> Schedule::configure(CheckList checks, TimePoint now) {
  const CheckList before = std::exchange(checks_, std::move(checks));
  const std::vector<Entry> entries_before = std::move(entries_);
  const TimerHeap timers_before = std::exchange(timers_, TimerHeap());
  entries_.clear();
  entries_.reserve(checks_->size());
  timers_.reset(checks_->size());
  without_outcome_ = 0;

  std::vector<std::optional<Slot>> successors(before->size());
  std::vector<Slot> added;
  Slot was = 0;
  for (Slot slot = 0; slot < checks_->size(); ++slot) {
    const ListedCheck& listed = (*checks_)[slot];
    while (was < before->size() && (*before)[was].id < listed.id) ++was;
    if (was < before->size() && (*before)[was].id == listed.id) {
      successors[was] = slot;
      entries_.push_back(entries_before[was]);
      if (const auto timer = timers_before.when(was)) timers_.set(slot, *timer);
    } else {
      entries_.push_back(new_entry(listed, now));
      entries_.back().is_unproven = before->empty();
      added.push_back(slot);
    }
    if (!entries_.back().has_outcome) ++without_outcome_;
  }
  spread(added, now);
  return successors;
}

Schedule::Entry Schedule::new_entry(const ListedCheck& listed, TimePoint now) {
  const Check& check = listed.check;
  return {.due = now,
          .not_down = trusted(Verdict(check.rise, check.fall, listed.not_down)),
          .down = Verdict(check.rise, check.fall, listed.down)};
}

void Schedule::spread(const std::vector<Slot>& added, TimePoint now) {
  const auto count = static_cast<Duration::rep>(added.size());
  for (Duration::rep index = 0; index < count; ++index) {
    const Slot slot = added[static_cast<std::size_t>(index)];
    const Duration window = std::min<Duration>((*checks_)[slot].check.interval, 1s);
    entries_[slot].due = now + window * index / count;
    timers_.set(slot, entries_[slot].due);
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
    Entry& entry = entries_[timer->slot];
    if (entry.state == State::Running) {
      entry.state = State::Expired;
      timers_.clear(timer->slot);
      return Due{Due::What::Expire, timer->slot};
    }
    const Duration interval = pace_of(timer->slot);
    const Duration lateness = now - entry.due;
    const Duration too_late = std::max(interval, kUnavoidable);
    if (lateness < too_late || !entry.has_outcome) {
      entry.state = State::Ready;
      timers_.clear(timer->slot);
      return Due{Due::What::Start, timer->slot};
    }
    count_late(entry, lateness / too_late + 1);
    entry.due += interval * (lateness / interval + 1);
    timers_.set(timer->slot, entry.due);
  }
}

TimePoint Schedule::start(Slot slot, TimePoint now) {
  Entry& entry = entries_[slot];
  const Check& check = (*checks_)[slot].check;
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
  timers_.set(slot, deadline);
  return deadline;
}

bool Schedule::extend(Slot slot, TimePoint until) {
  Entry& entry = entries_[slot];
  if (std::exchange(entry.is_extended, true)) return false;
  entry.state = State::Running;
  timers_.set(slot, until);
  return true;
}

Duration Schedule::pace_of(Slot slot, bool is_excused) const {
  const Check& check = (*checks_)[slot].check;
  const Entry& entry = entries_[slot];
  const Duration asked =
      std::min(pace(check, entry.not_down, is_excused), pace(check, entry.down, is_excused));
  const bool is_falling = entry.is_unproven && entry.not_down.against() > 0;
  return is_falling ? std::min(asked, std::max<Duration>(kUnprovenPace, check.timeout)) : asked;
}

void Schedule::count_late(Entry& entry, Duration::rep probes) {
  ++late_;
  entry.late_in_row =
      static_cast<std::uint8_t>(std::min<Duration::rep>(entry.late_in_row + probes, kBehind));
}

std::size_t Schedule::behind(TimePoint now) const {
  std::size_t count = 0;
  for (Slot slot = 0; slot < entries_.size(); ++slot) {
    const Entry& entry = entries_[slot];
    const bool waits = entry.state == State::Idle || entry.state == State::Ready;
    const bool is_overdue =
        waits && now - entry.due >= kBehind * std::max(pace_of(slot), kUnavoidable);
    if (is_overdue || entry.late_in_row >= kBehind) ++count;
  }
  return count;
}

Reason Schedule::finish(Slot slot, Reason reason, bool is_our_lateness) {
  Entry& entry = entries_[slot];
  if (!is_our_lateness) {
    entry.excused_in_row = 0;
  } else if (entry.excused_in_row < (*checks_)[slot].check.fall) {
    ++entry.excused_in_row;
    reason = Reason::LocalError;
  }
  CheckOutcome outcome;
  outcome.reason = reason;
  if (reason == Reason::Passed) entry.is_unproven = false;
  static_cast<void>(entry.not_down.record(outcome));  // only the pace follows from them
  static_cast<void>(entry.down.record(outcome));
  if (!entry.has_outcome) {
    entry.has_outcome = true;
    --without_outcome_;
  }
  entry.state = State::Idle;
  entry.due += pace_of(slot, entry.excused_in_row > 0);
  timers_.set(slot, entry.due);
  return reason;
}

}  // namespace evenkeel::checks
