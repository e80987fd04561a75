#include "daemon/hooks/hook_runs.h"

#include <algorithm>
#include <utility>

#include "daemon/counted.h"

namespace evenkeel::daemon {
namespace {

using Clock = std::chrono::steady_clock;

std::string seconds(std::chrono::nanoseconds duration) {
  const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

/// "instance web: hook on_master, /etc/evenkeel/notify"
std::string words_about(const HookOwner& owner, HookKey key, const std::string& file) {
  return to_string(owner) + ": hook " + std::string(name(key)) + ", " + file;
}

/// "instance web: hook on_master, /etc/evenkeel/notify: exit status 1 after 0.2 s: last line"
std::string line_about(const HookOwner& owner, HookKey key, const std::string& file,
                       const RunEnded& ended) {
  std::string line = words_about(owner, key, file) + ": " + to_string(ended);
  if (ended.duration.count() > 0) line += " after " + seconds(ended.duration);
  if (!ended.last_line.empty()) line += ": " + ended.last_line;
  return line;
}

static_assert(HookRuns::kElectionsAtOnce + HookRuns::kServicesAtOnce + HookRuns::kRepeatedAtOnce <=
              RunningHooks::kMost);

/// At most one.
const std::vector<ProgramId>& repeated_of(const HookPrograms& programs) {
  return programs[static_cast<std::size_t>(HookKey::WhileMaster)];
}

/// A program that runs again and again is in the log when it begins to fail, fails in another way,
/// or fails no more.
Severity severity_of(const RunEnded& ended, const std::optional<PastHookRun>& before) {
  if (ended.how == RunEnd::Withdrawn) return Severity::Info;
  const bool is_news = !before || to_string(before->ended) != to_string(ended);
  if (has_failed(ended)) return is_news ? Severity::Warning : Severity::Debug;
  return has_failed(before) ? Severity::Info : Severity::Debug;
}

bool is_of_election(const HookOwner& owner) {
  return owner.kind == HookOwnerKind::Instance || owner.kind == HookOwnerKind::Group;
}

}  // namespace

std::string to_string(const HookOwner& owner) {
  const std::string_view kind = owner.kind == HookOwnerKind::RealServer
                                    ? to_string(HookOwnerKind::Service)
                                    : to_string(owner.kind);
  std::string text = std::string(kind) + " " + owner.name;
  if (!owner.real_server.empty()) text += ": real server " + owner.real_server;
  return text;
}

bool has_failed(const RunEnded& ended) {
  if (ended.how == RunEnd::Withdrawn) return false;
  return ended.how != RunEnd::Exit || ended.number != 0;
}

bool has_failed(const std::optional<PastHookRun>& run) {
  return run && has_failed(run->ended);
}

bool HookStatus::has_failed() const {
  return daemon::has_failed(last) || daemon::has_failed(last_repeated);
}

void HookRuns::configure(const std::map<HookOwner, HookPrograms>& programs,
                         std::map<ProgramId, std::string> files) {
  for (auto& [owner, state] : owners_) {
    if (programs.contains(owner)) continue;
    set_due(owner, state, std::nullopt);
    HookStatus status;
    status.running = std::move(state.status.running);
    state = {.status = std::move(status), .is_gone = true};
  }
  for (const auto& [owner, list] : programs) {
    Owner& state = owners_[owner];
    state.is_gone = false;
    if (state.programs != list) {
      state.queue.cut_short();
      set_due(owner, state, std::nullopt);
    }
    state.programs = list;
  }
  std::erase_if(
      owners_, [](const auto& each) { return each.second.is_gone && !each.second.status.running; });
  files_ = std::move(files);
  const auto is_gone = [&](const HookOwner& owner) { return find(owner) == nullptr; };
  std::erase_if(elections_.ready, is_gone);
  std::erase_if(services_.ready, is_gone);
}

HookRuns::Owner* HookRuns::find(const HookOwner& owner) {
  const auto found = owners_.find(owner);
  return found == owners_.end() || found->second.is_gone ? nullptr : &found->second;
}

std::vector<Notice> HookRuns::tell(const HookOwner& owner, HookEvent event) {
  Owner* const found = find(owner);
  if (found == nullptr) return {};
  Owner& state = *found;
  const std::string newest = event.state;
  const bool repeats = event.key == HookKey::OnMaster && !repeated_of(state.programs).empty();
  set_due(owner, state, repeats ? std::optional(Clock::time_point::min()) : std::nullopt);
  if (event.key != HookKey::OnMaster) state.status.last_repeated.reset();
  const std::size_t dropped = state.queue.add(std::move(event));
  make_ready(owner, state);
  if (dropped == 0) return {};
  state.status.dropped += dropped;
  return {{Severity::Warning, to_string(owner) +
                                  ": the hooks are behind: " + counted(dropped, "state") +
                                  " will not be told, the newest is " + newest}};
}

std::size_t HookRuns::forget() {
  std::size_t states = 0;
  for (auto& [owner, state] : owners_) {
    states += state.queue.forget();
    set_due(owner, state, std::nullopt);
    state.was_lost = false;  // what is told from now on shows whether there is a spawner
  }
  return states;
}

void HookRuns::set_due(const HookOwner& owner, Owner& state, std::optional<Clock::time_point> due) {
  if (state.due) due_.erase({*state.due, owner});
  state.due = due;
}

HookRuns::Line& HookRuns::line_of(const HookOwner& owner) {
  return is_of_election(owner) ? elections_ : services_;
}

void HookRuns::make_ready(const HookOwner& owner, Owner& state) {
  if (state.is_ready || state.was_lost || state.status.running) return;
  if (state.queue.has_work()) {
    state.is_ready = true;
    line_of(owner).ready.push_back(owner);
  } else if (state.due) {
    due_.emplace(*state.due, owner);
  }
}

std::vector<HookRuns::Request> HookRuns::next(Clock::time_point now) {
  std::vector<Request> requests;
  begin_in(elections_, now, requests);
  begin_in(services_, now, requests);
  begin_due(now, requests);
  return requests;
}

void HookRuns::begin_in(Line& line, Clock::time_point now, std::vector<Request>& requests) {
  while (!line.ready.empty() && line.running < line.most) {
    const HookOwner owner = std::move(line.ready.front());
    line.ready.pop_front();
    Owner& state = owners_.at(owner);
    state.is_ready = false;
    const std::size_t told = state.queue.told();
    auto run = state.queue.next(state.programs);
    if (!run) {
      // A state for which there is no program has been told without a failure.
      if (state.queue.told() != told) state.status.last.reset();
      make_ready(owner, state);  // it may have a program that is due
      continue;
    }
    ++line.running;
    requests.push_back(begin(owner, state, std::move(*run), now));
  }
}

void HookRuns::begin_due(Clock::time_point now, std::vector<Request>& requests) {
  while (next_due() && *next_due() <= now) {
    const auto [due, owner] = due_.extract(due_.begin()).value();
    Owner& state = owners_.at(owner);
    const ProgramId program = repeated_of(state.programs).front();
    state.due = now + state.programs.interval;
    ++repeated_running_;
    requests.push_back(begin(owner, state, state.queue.again(HookKey::WhileMaster, program), now));
  }
}

HookRuns::Request HookRuns::begin(const HookOwner& owner, Owner& state, HookRun run,
                                  Clock::time_point now) const {
  const std::string& file = files_.at(run.program);
  state.status.running = {.key = run.key, .file = file, .since = now};
  return {.owner = owner, .run = std::move(run), .file = file};
}

void HookRuns::has_started(const HookOwner& owner, std::uint32_t pid, Clock::time_point now) {
  HookStatus::Running& running = *owners_.at(owner).status.running;
  running.pid = pid;
  running.since = now;
}

bool HookRuns::is_in_the_way(const HookOwner& owner) const {
  const auto found = owners_.find(owner);
  if (found == owners_.end()) return false;
  const Owner& state = found->second;
  const auto& running = state.status.running;
  return running && running->key == HookKey::WhileMaster && !state.due && state.queue.has_work();
}

bool HookRuns::repeats(const HookOwner& owner) const {
  const auto found = owners_.find(owner);
  return found != owners_.end() && found->second.due.has_value();
}

std::optional<Clock::time_point> HookRuns::next_due() const {
  if (due_.empty() || repeated_running_ >= kRepeatedAtOnce) return std::nullopt;
  return due_.begin()->first;
}

std::vector<Notice> HookRuns::has_ended(const HookOwner& owner, const RunEnded& ended,
                                        Clock::time_point now) {
  Owner& state = owners_.at(owner);
  const HookStatus::Running run = *std::exchange(state.status.running, std::nullopt);
  const bool is_repeated = run.key == HookKey::WhileMaster;
  --(is_repeated ? repeated_running_ : line_of(owner).running);
  const Notice notice{severity_of(ended, is_repeated ? state.status.last_repeated : std::nullopt),
                      line_about(owner, run.key, run.file, ended)};
  if (state.is_gone) {
    owners_.erase(owner);
    return {notice};
  }
  PastHookRun past{.key = run.key, .file = run.file, .ended = ended, .at = now};
  if (is_repeated) {
    if (state.due) state.status.last_repeated = std::move(past);
  } else if (state.last_is_of != state.queue.told() || !has_failed(state.status.last)) {
    state.status.last = std::move(past);
    state.last_is_of = state.queue.told();
  }
  if (ended.how == RunEnd::Lost && !is_repeated) {
    state.queue.cut_short();
    state.was_lost = true;
  }
  make_ready(owner, state);
  return {notice};
}

void HookRuns::spawner_is_there() {
  for (auto& [owner, state] : owners_) {
    if (!std::exchange(state.was_lost, false)) continue;
    state.queue.tell_anew("resumed");
    make_ready(owner, state);
  }
}

Notice HookRuns::was_cut_off(const RunningHook& run, Clock::time_point now) {
  PastHookRun past{.key = run.key,
                   .file = run.file,
                   .ended = {.how = RunEnd::CutOff, .last_line = {}},
                   .at = now};
  Notice notice{Severity::Warning,
                line_about(run.owner, run.key, run.file, past.ended) + ", begun " + begin_of(run)};
  if (Owner* const owner = find(run.owner)) {
    const bool is_repeated = run.key == HookKey::WhileMaster;
    (is_repeated ? owner->status.last_repeated : owner->status.last) = std::move(past);
  }
  return notice;
}

bool HookRuns::are_elections_idle() const {
  return std::all_of(owners_.begin(), owners_.end(), [](const auto& each) {
    return !is_of_election(each.first) || each.second.is_idle();
  });
}

std::vector<Notice> HookRuns::unfinished() const {
  std::vector<Notice> notices;
  for (const auto& [owner, state] : owners_) {
    if (!is_of_election(owner) || state.is_idle()) continue;
    const auto& running = state.status.running;
    const std::string what = running
                                 ? words_about(owner, running->key, running->file) + " runs still"
                                 : to_string(owner) + ": a hook has not run" +
                                       (state.was_lost ? ", because the spawner has died" : "");
    notices.push_back({Severity::Warning, what});
  }
  return notices;
}

HookStatus HookRuns::status_of(const Owner& state) {
  HookStatus status = state.status;
  status.waiting = state.queue.waiting();
  return status;
}

std::optional<HookStatus> HookRuns::status(const HookOwner& owner) const {
  const auto found = owners_.find(owner);
  if (found == owners_.end() || found->second.is_gone) return std::nullopt;
  return status_of(found->second);
}

std::vector<std::pair<HookOwner, HookStatus>> HookRuns::failures(std::size_t most) const {
  std::vector<std::pair<HookOwner, HookStatus>> failures;
  for (const auto& [owner, state] : owners_) {
    if (failures.size() >= most) break;
    if (state.status.has_failed()) failures.emplace_back(owner, status_of(state));
  }
  return failures;
}

}  // namespace evenkeel::daemon
