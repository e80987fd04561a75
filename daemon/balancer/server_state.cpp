#include "daemon/balancer/server_state.h"

#include <algorithm>
#include <utility>

namespace evenkeel::daemon {

using checks::Health;
using checks::Reason;

namespace {

std::string milliseconds(checks::Duration latency) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(latency).count();
  if (us < 1000) return "<1ms";
  return std::to_string((us + 500) / 1000) + "ms";
}

std::string count(std::uint16_t n, std::uint16_t of) {
  return " (" + std::to_string(n) + " of " + std::to_string(of) + ")";
}

/// How well the state of an old check is that of a new one; 0: not at all. `initial` is no part of
/// a check.
int likeness(const CheckState& old, const ServerCheck& old_config, checks::CheckId id,
             const ServerCheck& config) {
  if (old.id == id && old_config.initial == config.initial) return 3;
  if (!old.verdict.is_decided()) return 0;
  if (old.id == id) return 2;
  return asks_the_same(old_config.check, config.check) ? 1 : 0;
}

}  // namespace

std::string describe(const checks::CheckOutcome& outcome) {
  if (outcome.reason == Reason::Passed) {
    return (outcome.detail.empty() ? "connected" : outcome.detail) + " in " +
           milliseconds(outcome.latency);
  }
  std::string text(checks::to_string(outcome.reason));
  if (outcome.detail.empty()) return text;
  const bool is_told =  // else it is a part of the text: "HTTP status 503"
      outcome.reason == Reason::LocalError || outcome.reason == Reason::Deadline;
  return text + (is_told ? ": " : " ") + outcome.detail;
}

std::string progress(const CheckState& state, const checks::Check& check) {
  if (!state.last || state.last->reason == Reason::LocalError) return "";
  const bool passed = state.last->reason == Reason::Passed;
  const bool is_down = state.verdict.health() == Health::Down;
  if (is_down && !passed) {
    return state.verdict.turned_by() == check.fall ? count(check.fall, check.fall) : "";
  }
  const std::uint16_t against = state.verdict.against();
  if (is_down) return count(against, check.rise);
  return passed || against == 0 ? "" : count(against, check.fall);
}

ServerState::ServerState(const RealServerConfig& config, const std::vector<checks::CheckId>& ids,
                         OnFailure on_failure, bool failure_removes, TimePoint now)
    : config_(config.checks),
      on_failure_(on_failure),
      failure_removes_(failure_removes),
      since_(now) {
  for (std::size_t i = 0; i < config_.size(); ++i) {
    const checks::Check& check = config_[i].check;
    checks_.push_back(
        CheckState{.id = ids[i],
                   .verdict = checks::Verdict(check.rise, check.fall, config_[i].initial),
                   .last = std::nullopt,
                   .weight = std::nullopt});
  }
  update(now);
}

void ServerState::inherit(const ServerState& before, TimePoint now) {
  for (std::size_t i = 0; i < config_.size(); ++i) {
    CheckState& state = checks_[i];
    const CheckState* best = nullptr;
    int most = 0;
    for (std::size_t j = 0; j < before.checks_.size(); ++j) {
      const int here = likeness(before.checks_[j], before.config_[j], state.id, config_[i]);
      if (here <= most) continue;
      most = here;
      best = &before.checks_[j];
    }
    if (best == nullptr) continue;
    const checks::CheckId id = std::exchange(state, *best).id;
    if (id == best->id) continue;
    state.id = id;
    state.verdict = best->verdict.under(config_[i].check.rise, config_[i].check.fall);
  }
  usage_ = before.usage_;
  if (usage_ != Usage::Absent) trust();  // a check that is new to it as well
  // A changed check that starts as "up" must not put a dead server back.
  is_withheld_ = before.is_withheld_ || before.health_ == Health::Down;
  gone_ = before.gone_;
  health_ = before.health_;
  since_ = before.since_;
  update(now);
}

void ServerState::share(std::size_t check, const CheckState& known, TimePoint now) {
  CheckState& state = checks_.at(check);
  if (state.last || !known.last) return;
  state = known;
  if (usage_ != Usage::Absent) trust();
  update(now);
}

void ServerState::trust() {
  for (CheckState& state : checks_) state.verdict.trust();
}

void ServerState::adopt(std::uint32_t weight, TimePoint now) {
  usage_ = weight > 0 ? Usage::Used : Usage::Quiesced;
  for (std::size_t i = 0; i < checks_.size() && weight > 0; ++i) {
    const bool is_ours = gives_weight(config_[i].check) && !checks_[i].last;
    if (is_ours) checks_[i].weight = weight;  // as our script has said, before we started
  }
  trust();
  update(now);
}

void ServerState::adopt_absence(TimePoint now) {
  if (!is_checked() || is_decided()) return;
  is_withheld_ = true;
  usage_ = Usage::Absent;
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (checks_[i].verdict.is_decided()) continue;
    checks_[i].verdict = checks::Verdict(config_[i].check.rise, config_[i].check.fall);
  }
  update(now);
}

bool ServerState::record(std::size_t check, const checks::CheckOutcome& outcome, TimePoint now) {
  CheckState& state = checks_.at(check);
  state.last = outcome;
  state.is_silent = false;
  // No change is reported from here: the combined health decides, below.
  static_cast<void>(state.verdict.record(outcome));
  if (outcome.reason == Reason::Passed || is_wrong_answer(outcome.reason)) {
    gone_ = 0;
  } else if (outcome.reason != Reason::LocalError && usage_ == Usage::Quiesced) {
    ++gone_;
  }
  return update(now);
}

bool ServerState::weigh(std::size_t check, std::optional<std::uint32_t> weight) {
  return std::exchange(checks_.at(check).weight, weight) != weight;
}

std::uint32_t ServerState::weight(std::uint32_t configured) const {
  std::optional<std::uint32_t> lowest;
  for (const CheckState& state : checks_) {
    if (state.weight) lowest = std::min(lowest.value_or(*state.weight), *state.weight);
  }
  return lowest.value_or(configured);
}

void ServerState::checks_lost() {
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (!is_script(config_[i].check)) checks_[i].is_silent = true;
  }
}

bool ServerState::is_adopted() const {
  return health_ == Health::Unknown && usage_ != Usage::Absent;
}

bool ServerState::is_decided() const {
  return std::all_of(checks_.begin(), checks_.end(),
                     [](const CheckState& state) { return state.verdict.is_decided(); });
}

bool ServerState::has_outcomes() const {
  return std::all_of(checks_.begin(), checks_.end(),
                     [](const CheckState& state) { return state.last.has_value(); });
}

bool ServerState::is_blind() const {
  return std::any_of(checks_.begin(), checks_.end(),
                     [](const CheckState& state) { return state.verdict.is_stale(); });
}

bool ServerState::is_stale() const {
  return is_blind() || std::any_of(checks_.begin(), checks_.end(), [](const CheckState& state) {
           return state.is_silent && state.last.has_value();
         });
}

Health ServerState::combined_health() const {
  bool unknown = false;
  for (const CheckState& state : checks_) {
    if (state.verdict.health() == Health::Down) return Health::Down;
    if (state.verdict.health() == Health::Unknown) unknown = true;
  }
  return unknown ? Health::Unknown : Health::Up;
}

std::size_t ServerState::deciding_check() const {
  std::size_t first_failing = checks_.size();
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (checks_[i].verdict.health() == Health::Down) return i;
    const bool failed = checks_[i].last && checks_[i].last->reason != Reason::Passed;
    if (failed && first_failing == checks_.size()) first_failing = i;
  }
  return first_failing < checks_.size() ? first_failing : 0;
}

const checks::CheckOutcome* ServerState::deciding_outcome() const {
  if (checks_.empty()) return nullptr;
  const CheckState& state = checks_[deciding_check()];
  return state.last ? &*state.last : nullptr;
}

bool ServerState::update(TimePoint now) {
  const Health health = combined_health();
  if (is_decided()) is_withheld_ = false;
  Usage usage = usage_;
  switch (health) {
    case Health::Up:
      if (!is_withheld_) usage = Usage::Used;  // else as it was found
      break;
    case Health::Unknown:
      break;  // as it was found
    case Health::Down: {
      const checks::CheckOutcome* outcome = deciding_outcome();
      const bool answered = outcome != nullptr && is_wrong_answer(outcome->reason);
      const bool quiesces = on_failure_ == OnFailure::Quiesce ||
                            (on_failure_ == OnFailure::Auto && !failure_removes_ &&
                             (answered || usage_ == Usage::Quiesced));
      if (usage_ == Usage::Absent) break;  // it has no connections to keep
      usage = quiesces ? Usage::Quiesced : Usage::Absent;
      // The server was quiesced for a wrong answer and is now not there: its connections have no
      // other end.
      const std::uint16_t fall = config_[deciding_check()].check.fall;
      if (on_failure_ == OnFailure::Auto && gone_ >= fall) usage = Usage::Absent;
      break;
    }
  }
  if (usage != Usage::Quiesced) gone_ = 0;
  const bool changed = health != health_ || usage != usage_;
  if (health != health_) since_ = now;
  health_ = health;
  usage_ = usage;
  return changed;
}

std::string ServerState::cause() const {
  const checks::CheckOutcome* outcome = deciding_outcome();
  return outcome == nullptr ? "no outcome yet" : describe(*outcome);
}

std::string ServerState::explanation() const {
  if (checks_.empty()) return "not checked";
  const std::size_t index = deciding_check();
  const CheckState& state = checks_[index];
  const std::string origin = is_adopted() ? "as the kernel had it, " : "";
  if (!state.last) return origin + "waiting for the first check";
  std::string text = origin + describe(*state.last) + progress(state, config_[index].check);
  if (state.is_silent) text += ", no news from the checks process";
  return text;
}

}  // namespace evenkeel::daemon
