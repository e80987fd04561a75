#include "checks/schedule.h"

#include <algorithm>
#include <boost/container_hash/hash.hpp>
#include <unordered_map>
#include <utility>

namespace evenkeel::checks {
namespace {

using namespace std::chrono_literals;

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

using VerdictOfProbe = std::unordered_map<Check, const Verdict*, boost::hash<Check>>;

}  // namespace

Duration pace(const Check& check, const Verdict& verdict) {
  if (verdict.against() > 0) return check.fast_interval;
  if (verdict.health() == Health::Down) return check.down_interval;
  return check.interval;
}

Duration lateness_allowed(const Check& check) {
  return check.interval / 10;
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
  VerdictOfProbe known;
  for (std::size_t index = 0; index < checks_->size(); ++index) {
    const auto id = static_cast<CheckId>(index);
    const Check& check = (*checks_)[index];
    if (const std::optional<CheckId> was = former.take(check)) {
      successors[*was] = id;
      entries_.push_back(entries_before[*was]);
      if (timers_before[*was]) timers_.set(id, *timers_before[*was]);
    } else {
      // What main knows of it stands too: the pace follows the same count.
      if (known.empty()) {
        for (std::size_t former_id = 0; former_id < before->size(); ++former_id) {
          known.emplace(probe_of((*before)[former_id]), &entries_before[former_id].verdict);
        }
      }
      const auto kin = known.find(probe_of(check));
      entries_.push_back({now, kin == known.end() ? Verdict(check.rise, check.fall)
                                                  : kin->second->under(check.rise, check.fall)});
      added.push_back(id);
    }
    if (!entries_.back().has_outcome) ++without_outcome_;
  }

  const auto count = static_cast<Duration::rep>(added.size());
  for (Duration::rep index = 0; index < count; ++index) {
    const CheckId id = added[static_cast<std::size_t>(index)];
    const Duration window = std::min<Duration>((*checks_)[id].interval, 1s);
    entries_[id].due = now + window * index / count;
    timers_.set(id, entries_[id].due);
  }
  return successors;
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
    const Duration interval = pace((*checks_)[timer->id], entry.verdict);
    const Duration lateness = now - entry.due;
    if (lateness < interval) {
      entry.state = State::Ready;
      timers_.clear(timer->id);
      return Due{Due::What::Start, timer->id};
    }
    ++late_;
    entry.due += interval * (lateness / interval + 1);
    timers_.set(timer->id, entry.due);
  }
}

TimePoint Schedule::start(CheckId id, TimePoint now) {
  Entry& entry = entries_[id];
  const Check& check = (*checks_)[id];
  if (now - entry.due > lateness_allowed(check)) ++late_;
  entry.state = State::Running;
  const TimePoint deadline = now + check.timeout;
  timers_.set(id, deadline);
  return deadline;
}

void Schedule::finish(CheckId id, Reason reason) {
  Entry& entry = entries_[id];
  CheckOutcome outcome;
  outcome.id = id;
  outcome.reason = reason;
  static_cast<void>(entry.verdict.record(outcome));  // only the pace follows from it
  if (!entry.has_outcome) {
    entry.has_outcome = true;
    --without_outcome_;
  }
  entry.state = State::Idle;
  entry.due += pace((*checks_)[id], entry.verdict);
  timers_.set(id, entry.due);
}

}  // namespace evenkeel::checks
