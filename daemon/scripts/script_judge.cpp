#include "daemon/scripts/script_judge.h"

#include "daemon/config/diagnostics.h"

namespace evenkeel::daemon {

using checks::Health;
using checks::Reason;
using vrrp::TrackState;

namespace {

bool has_passed(const RunEnded& ended) {
  return ended.how == RunEnd::Exit && ended.number == 0;
}

Reason reason_of(const RunEnded& ended) {
  if (ended.how == RunEnd::CannotRun) return Reason::LocalError;
  return has_passed(ended) ? Reason::Passed : Reason::Deadline;  // of failures all count alike
}

std::string count(std::uint16_t n, std::uint16_t of) {
  return " (" + std::to_string(n) + " of " + std::to_string(of) + ")";
}

}  // namespace

ScriptJudge::ScriptJudge(const Script& script)
    : rise_(script.rise), fall_(script.fall), verdict_(script.rise, script.fall) {}

void ScriptJudge::configure(const Script& script) {
  if (script.rise == rise_ && script.fall == fall_) return;
  rise_ = script.rise;
  fall_ = script.fall;
  verdict_ = verdict_.under(rise_, fall_);
}

void ScriptJudge::record(const RunEnded& ended) {
  was_lost_ = ended.how == RunEnd::Lost;
  if (was_lost_) {
    result_.is_stale = result_.state != TrackState::Unknown;
    return;
  }
  result_.is_stale = false;
  const Reason reason = reason_of(ended);
  static_cast<void>(verdict_.record({.reason = reason}));
  const std::string line = ended.last_line.empty() ? "" : ": " + printable(ended.last_line);
  if (reason == Reason::LocalError) {
    if (verdict_.is_stale() || !verdict_.is_decided()) result_.state = TrackState::CannotRun;
    result_.reason = to_string(ended) + line;
    return;
  }
  const bool is_up = verdict_.health() == Health::Up;
  const std::uint16_t against = verdict_.against();
  result_.state = is_up ? TrackState::Holds : TrackState::Fails;
  if (reason == Reason::Passed) {
    result_.reason = is_up ? "" : "passes again" + count(against, rise_);
  } else {
    result_.reason = to_string(ended) + (is_up ? count(against, fall_) : "") + line;
  }
}

}  // namespace evenkeel::daemon
