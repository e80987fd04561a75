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

/// "instance web: hook on_master, /etc/evenkeel/notify: exit status 1 after 0.2 s: last line"
std::string line_about(const HookOwner& owner, HookKey key, const std::string& file,
                       const RunEnded& ended) {
  std::string line = to_string(owner) + ": hook " + std::string(name(key));
  if (!file.empty()) line += ", " + file;
  line += ": " + to_string(ended);
  if (ended.duration.count() > 0) line += " after " + seconds(ended.duration);
  if (!ended.last_line.empty()) line += ": " + ended.last_line;
  return line;
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
  return ended.how != RunEnd::Exit || ended.number != 0;
}

bool HookStatus::has_failed() const {
  return last && daemon::has_failed(last->ended);
}

void HookRuns::configure(const std::map<HookOwner, HookPrograms>& programs,
                         std::map<ProgramId, std::string> files) {
  for (auto& [owner, state] : owners_) {
    if (programs.contains(owner)) continue;
    state = {.running = std::move(state.running), .is_gone = true};
  }
  for (const auto& [owner, list] : programs) {
    Owner& state = owners_[owner];
    state.is_gone = false;
    if (state.programs != list) state.queue.cut_short();
    state.programs = list;
  }
  std::erase_if(owners_,
                [](const auto& each) { return each.second.is_gone && !each.second.running; });
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
  const std::size_t dropped = state.queue.add(std::move(event));
  make_ready(owner, state);
  if (dropped == 0) return {};
  state.dropped += dropped;
  return {{Severity::Warning, to_string(owner) +
                                  ": the hooks are behind: " + counted(dropped, "state") +
                                  " will not be told, the newest is " + newest}};
}

void HookRuns::tell_last(const HookOwner& owner, HookEvent event) {
  Owner* const found = find(owner);
  if (found == nullptr) return;
  Owner& state = *found;
  state.queue.cut_short();
  state.dropped += state.queue.drop_waiting();
  state.queue.add(std::move(event));
  make_ready(owner, state);
}

HookRuns::Line& HookRuns::line_of(const HookOwner& owner) {
  const bool is_election =
      owner.kind == HookOwnerKind::Instance || owner.kind == HookOwnerKind::Group;
  return is_election ? elections_ : services_;
}

void HookRuns::make_ready(const HookOwner& owner, Owner& state) {
  if (state.is_ready || state.was_lost || state.running || !state.queue.has_work()) return;
  state.is_ready = true;
  line_of(owner).ready.push_back(owner);
}

std::vector<HookRuns::Request> HookRuns::next(Clock::time_point now) {
  std::vector<Request> requests;
  begin_in(elections_, now, requests);
  begin_in(services_, now, requests);
  return requests;
}

void HookRuns::begin_in(Line& line, Clock::time_point now, std::vector<Request>& requests) {
  while (!line.ready.empty() && line.running < line.most) {
    const HookOwner owner = std::move(line.ready.front());
    line.ready.pop_front();
    Owner& state = owners_.at(owner);
    state.is_ready = false;
    auto run = state.queue.begin(state.programs);
    if (!run) continue;
    ++line.running;
    state.running = {.key = run->key, .file = file_of(run->program), .since = now};
    requests.push_back({.owner = owner, .run = std::move(*run)});
  }
}

std::vector<Notice> HookRuns::has_ended(const HookOwner& owner, const RunEnded& ended,
                                        Clock::time_point now) {
  --line_of(owner).running;
  Owner& state = owners_.at(owner);
  const HookStatus::Running run = *std::exchange(state.running, std::nullopt);
  const Notice notice{has_failed(ended) ? Severity::Warning : Severity::Debug,
                      line_about(owner, run.key, run.file, ended)};
  if (state.is_gone) {
    owners_.erase(owner);
    return {notice};
  }
  state.queue.end();
  if (state.last_is_of != state.queue.told() || !state.last || !has_failed(state.last->ended)) {
    state.last = {.key = run.key, .file = run.file, .ended = ended, .at = now};
    state.last_is_of = state.queue.told();
  }
  if (ended.how == RunEnd::Lost) {
    state.queue.cut_short();
    state.was_lost = true;
  }
  make_ready(owner, state);
  return {notice};
}

void HookRuns::spawner_is_there() {
  for (auto& [owner, state] : owners_) {
    if (!std::exchange(state.was_lost, false)) continue;
    if (state.queue.waiting() == 0 && state.queue.newest()) {
      HookEvent again = *state.queue.newest();
      again.reason = "resumed";
      again.is_again = true;
      state.queue.add(std::move(again));
    }
    make_ready(owner, state);
  }
}

std::optional<HookStatus> HookRuns::status(const HookOwner& owner) const {
  const auto found = owners_.find(owner);
  if (found == owners_.end() || found->second.is_gone) return std::nullopt;
  const Owner& state = found->second;
  return HookStatus{.running = state.running,
                    .last = state.last,
                    .waiting = state.queue.waiting(),
                    .dropped = state.dropped};
}

std::vector<std::pair<HookOwner, HookStatus>> HookRuns::failures(std::size_t most) const {
  std::vector<std::pair<HookOwner, HookStatus>> failures;
  for (const auto& [owner, state] : owners_) {
    if (failures.size() >= most) break;
    if (state.is_gone || !state.last || !daemon::has_failed(state.last->ended)) continue;
    failures.emplace_back(owner, *status(owner));
  }
  return failures;
}

std::string HookRuns::file_of(ProgramId program) const {
  const auto found = files_.find(program);
  return found == files_.end() ? "" : found->second;
}

}  // namespace evenkeel::daemon
