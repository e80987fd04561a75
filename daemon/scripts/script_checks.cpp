#include "daemon/scripts/script_checks.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "checks/schedule.h"
#include "daemon/counted.h"
#include "daemon/spawner/user_program.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

static_assert(ScriptChecks::kMaxOpen == 48, "evenkeel.toml(5) says so");

constexpr RunSchedule::Duration kRetry = 1s;
/// Outcomes within it are told together: what follows from them is found out once.
constexpr RunSchedule::Duration kGather = 20ms;
/// A check that has been due for so long is late, or for its interval, where that is longer.
constexpr RunSchedule::Duration kLate = 1s;
/// The checks are on time again when none has been late for so long.
constexpr RunSchedule::Duration kPunctual = 10s;

checks::Verdict trusted(checks::Verdict verdict) {
  verdict.trust();
  return verdict;
}

}  // namespace

std::vector<Notice> record(Balancer& balancer, const std::vector<ScriptOutcome>& outcomes,
                           TimePoint now) {
  std::vector<Notice> notices;
  const auto add = [&](std::vector<Notice> more) {
    std::move(more.begin(), more.end(), std::back_inserter(notices));
  };
  std::vector<checks::CheckOutcome> of_checks;
  of_checks.reserve(outcomes.size());
  for (const ScriptOutcome& each : outcomes) {
    const bool passed = each.outcome.reason == checks::Reason::Passed;
    if (passed) add(balancer.weigh(each.outcome.id, each.weight));
    of_checks.push_back(each.outcome);
  }
  add(balancer.record(of_checks, now));
  return notices;
}

ScriptChecks::ScriptChecks(boost::asio::io_context& loop, Ways ways)
    : ways_(std::move(ways)), timer_(loop, [this] { run_due(); }), tell_timer_(loop) {}

const checks::ScriptCheck& ScriptChecks::script_of(const checks::Check& check) {
  return std::get<checks::ScriptCheck>(check.probe);
}

void ScriptChecks::configure(const std::vector<checks::ListedCheck>& list, const Users& users,
                             ProgramIds& ids) {
  const auto now = Clock::now();
  const auto before = std::exchange(made_, {});
  without_outcome_ = 0;
  for (const checks::ListedCheck& listed : list) {
    const checks::Check& check = listed.check;
    Made made{.check = check,
              .not_down = trusted(checks::Verdict(check.rise, check.fall, listed.not_down)),
              .down = checks::Verdict(check.rise, check.fall, listed.down),
              .why_not = {}};
    // An id is one check, whatever the configuration.
    const auto known = before.find(listed.id);
    if (known == before.end()) {
      schedule_.add(listed.id, check.interval, now);
    } else {
      made.not_down = known->second.not_down;
      made.down = known->second.down;
      made.has_outcome = known->second.has_outcome;
    }
    if (!made.has_outcome) ++without_outcome_;
    const std::string& name = script_of(check).user;
    const auto user = users.find(name);
    if (user == users.end()) {
      made.program = ids.none();
      made.why_not = user_not_found(name);
    } else {
      made.program = ids.add(program_of(check, user->second));
    }
    made_.emplace(listed.id, std::move(made));
  }
  for (const auto& [id, made] : before) {
    if (!made_.contains(id)) schedule_.remove(id);
  }
  std::erase_if(untold_, [this](const auto& each) { return !made_.contains(each.outcome.id); });
  wait();
}

void ScriptChecks::has_ended(const RunEnded& ended) {
  const auto run = running_.find(ended.run);
  if (run == running_.end()) return;
  const checks::CheckId id = run->second;
  const bool was_full = is_full();
  running_.erase(run);
  const auto found = made_.find(id);
  if (found != made_.end()) record(id, found->second, ended);
  if (was_full) {
    run_due();
  } else {
    wait();
  }
}

void ScriptChecks::stop() {
  made_.clear();
  running_.clear();
  untold_.clear();
  schedule_ = {};
  without_outcome_ = 0;
  wait();
}

bool ScriptChecks::is_first_round_done() const {
  return without_outcome_ == 0 && untold_.empty();
}

std::string ScriptChecks::problem() const {
  if (late_ == 0) return "";
  return "late: " + std::to_string(late_) + " of " + counted(made_.size(), "script check") +
         " did not begin for an interval: this host is too busy for them, or they take too long";
}

void ScriptChecks::run_due() {
  const auto now = Clock::now();
  while (!is_full()) {
    const auto id = schedule_.take_due(now);
    if (!id) break;
    Made& made = made_.at(*id);
    if (made.why_not.empty()) {
      running_.emplace(ways_.run(made.program), *id);
      continue;
    }
    record(*id, made, run_without_user(made.why_not));
  }
  look_for_late(now);
  wait();
}

void ScriptChecks::record(checks::CheckId id, Made& made, const RunEnded& ended) {
  ScriptOutcome outcome = outcome_of(id, script_of(made.check), ended);
  static_cast<void>(made.not_down.record(outcome.outcome));
  static_cast<void>(made.down.record(outcome.outcome));
  if (!std::exchange(made.has_outcome, true)) --without_outcome_;
  const auto pace =
      std::min(checks::pace(made.check, made.not_down), checks::pace(made.check, made.down));
  // Every run is lost at once, until there is a spawner again.
  schedule_.again(id, ended.how == RunEnd::Lost ? std::min(pace, kRetry) : pace, Clock::now());
  untold_.push_back(std::move(outcome));
  tell_soon();
}

void ScriptChecks::look_for_late(RunSchedule::TimePoint now) {
  if (now - last_look_ < kLate) return;
  last_look_ = now;
  const std::size_t late = schedule_.late(now, [this](RunSchedule::Key id) {
    return std::max<RunSchedule::Duration>(made_.at(id).check.interval, kLate);
  });
  const bool was_late = late_ > 0;
  if (late > 0) {
    late_ = late;
    last_late_ = now;
    if (!was_late) ways_.log({{Severity::Warning, "spawner: " + problem()}});
  } else if (was_late && now - last_late_ >= kPunctual) {
    late_ = 0;
    ways_.log({{Severity::Info, "spawner: script checks begin on time again"}});
  }
}

void ScriptChecks::wait() {
  // Where no place is free, the end of a run is waited for.
  timer_.wait_until(is_full() ? std::nullopt : schedule_.next());
}

void ScriptChecks::tell_soon() {
  if (std::exchange(will_tell_, true)) return;
  tell_timer_.expires_at(last_told_ + kGather);
  tell_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    will_tell_ = false;
    last_told_ = Clock::now();
    if (!untold_.empty()) ways_.on_outcomes(std::exchange(untold_, {}));
  });
}

}  // namespace evenkeel::daemon
