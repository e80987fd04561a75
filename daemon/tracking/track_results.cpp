#include "daemon/tracking/track_results.h"

#include "daemon/counted.h"

namespace evenkeel::daemon {

using vrrp::NamedTrackResult;
using vrrp::TrackKind;
using vrrp::TrackResult;
using vrrp::TrackState;

namespace {

Severity level_of(const TrackResult& before, const TrackResult& now) {
  switch (now.state) {
    case TrackState::CannotRun:
      return Severity::Error;
    case TrackState::Fails:
      return Severity::Warning;
    case TrackState::Unknown:
      break;
    case TrackState::Holds:
      // At the start everything that is well would have a line.
      if (before.state == TrackState::Unknown && now.number == 0) return Severity::Debug;
      break;
  }
  return Severity::Info;
}

std::string text_of(TrackKind kind, bool is_number, const TrackResult& result) {
  std::string text;
  if (kind == TrackKind::File && is_number && result.state == TrackState::Holds) {
    text = std::to_string(result.number);
  } else {
    text = fields::to_string(result.state);
  }
  if (result.state != TrackState::Holds && !result.reason.empty()) text += ": " + result.reason;
  if (kind == TrackKind::Service && is_number) {
    text += ", " + counted(static_cast<std::size_t>(result.number), "real server") + " down";
  }
  return text;
}

bool is_looked_at(TrackKind kind) {
  return kind == TrackKind::File || kind == TrackKind::Process;
}

}  // namespace

void TrackResults::follow(const Config& config) {
  const Tracked& tracked = config.tracked;
  std::map<Key, Followed> before = std::exchange(results_, {});
  const auto add = [&](TrackKind kind, const std::string& name, bool is_number = false) {
    const Key key(kind, name);
    const auto known = before.find(key);
    const bool is_same = known != before.end() && known->second.is_number == is_number;
    if (is_same) {
      results_.insert(before.extract(known));
    } else {
      results_[key] = {.result = {}, .is_number = is_number};
      changed_.insert(key);
    }
  };
  for (const ServerCheck& check : tracked.checks) add(TrackKind::Check, check.name);
  for (const TrackedService& service : tracked.services) {
    add(TrackKind::Service, config.services[service.service].name, service.counts_servers);
  }
  for (const Script& script : tracked.scripts) add(TrackKind::Script, script.name);
  for (const TrackedFile& file : tracked.files) add(TrackKind::File, file.path, file.is_number);
  for (const std::string& unit : tracked.units) add(TrackKind::Unit, unit);
  for (const TrackedProcess& process : tracked.processes) add(TrackKind::Process, process.track);
  std::erase_if(changed_, [&](const Key& key) { return !results_.contains(key); });
}

std::vector<Notice> TrackResults::put(const std::vector<NamedTrackResult>& results) {
  std::vector<Notice> notices;
  for (const NamedTrackResult& each : results) {
    const auto found = results_.find({each.kind, each.name});
    if (found == results_.end()) continue;
    Followed& followed = found->second;
    TrackResult now = each.result;
    if (is_looked_at(each.kind)) now.is_stale = are_looks_stale_;
    if (now == followed.result) continue;
    changed_.insert(found->first);
    const TrackResult before = std::exchange(followed.result, now);
    if (before.state == now.state && before.number == now.number) continue;
    notices.push_back({level_of(before, now), "track " + std::string(fields::name(each.kind)) +
                                                  " " + each.name + ": " +
                                                  text_of(each.kind, followed.is_number, now)});
  }
  return notices;
}

void TrackResults::set_looks_stale(bool is_stale) {
  are_looks_stale_ = is_stale;
  for (auto& [key, followed] : results_) {
    const bool is_known = followed.result.state != TrackState::Unknown;
    if (!is_looked_at(key.first) || !is_known) continue;
    if (std::exchange(followed.result.is_stale, is_stale) != is_stale) changed_.insert(key);
  }
}

std::vector<NamedTrackResult> TrackResults::take_changes() {
  std::vector<NamedTrackResult> changes;
  changes.reserve(changed_.size());
  for (const Key& key : std::exchange(changed_, {})) {
    changes.push_back({.kind = key.first, .name = key.second, .result = results_.at(key).result});
  }
  return changes;
}

std::vector<NamedTrackResult> TrackResults::all() const {
  std::vector<NamedTrackResult> all;
  all.reserve(results_.size());
  for (const auto& [key, followed] : results_) {
    all.push_back({.kind = key.first, .name = key.second, .result = followed.result});
  }
  return all;
}

}  // namespace evenkeel::daemon
