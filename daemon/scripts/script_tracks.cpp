#include "daemon/scripts/script_tracks.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "daemon/spawner/user_program.h"

namespace evenkeel::daemon {
namespace {

using Clock = std::chrono::steady_clock;

constexpr RunSchedule::Duration kRetry = std::chrono::seconds(1);

/// What is known of the one holds for the other.
bool asks_the_same(const Script& one, const Script& other) {
  return one.command == other.command && one.user == other.user && one.setuid == other.setuid;
}

}  // namespace

ScriptTracks::ScriptTracks(boost::asio::io_context& loop, Ways ways)
    : loop_(loop), ways_(std::move(ways)), timer_(loop, [this] { run_due(); }) {}

void ScriptTracks::configure(const std::vector<Script>& scripts, const Users& users,
                             ProgramIds& ids) {
  std::map<std::string, std::pair<Key, Followed>> before;
  for (auto& [key, followed] : std::exchange(followed_, {})) {
    std::string name = followed.script.name;
    before.emplace(std::move(name), std::pair(key, std::move(followed)));
  }
  const auto now = Clock::now();
  for (const Script& script : scripts) {
    Followed followed{.script = script, .why_not = {}, .judge = ScriptJudge(script)};
    const auto user = users.find(script.user);
    if (user == users.end()) {
      followed.program = ids.none();
      followed.why_not = user_not_found(script.user);
    } else {
      Program program = user_program(script.command, user->second, script.timeout);
      program.may_gain_privileges = script.setuid;
      followed.program = ids.add(std::move(program));
    }
    const auto known = before.find(script.name);
    const bool is_known = known != before.end();
    if (is_known && asks_the_same(known->second.second.script, script)) {
      followed.judge = known->second.second.judge;
      followed.judge.configure(script);
      followed_.emplace(known->second.first, std::move(followed));
      before.erase(known);
      continue;
    }
    if (is_known) untold_.push_back({vrrp::TrackKind::Script, script.name, {}});
    schedule_.add(next_key_, script.interval, now);
    followed_.emplace(next_key_++, std::move(followed));
  }
  for (const auto& [name, gone] : before) schedule_.remove(gone.first);
  boost::asio::post(loop_, [this] { tell(); });
  wait();
}

void ScriptTracks::has_ended(const RunEnded& ended) {
  const auto run = running_.find(ended.run);
  if (run == running_.end()) return;
  const Key key = run->second;
  running_.erase(run);
  const auto found = followed_.find(key);
  if (found == followed_.end()) return;
  record(key, found->second, ended);
  wait();
  tell();
}

void ScriptTracks::stop() {
  followed_.clear();
  running_.clear();
  schedule_ = {};
  wait();
}

void ScriptTracks::run_due() {
  const auto now = Clock::now();
  for (auto key = schedule_.take_due(now); key; key = schedule_.take_due(now)) {
    run(*key, followed_.at(*key));
  }
  wait();
  tell();
}

void ScriptTracks::run(Key key, const Followed& followed) {
  if (followed.why_not.empty()) {
    running_.emplace(ways_.run(followed.program), key);
    return;
  }
  record(key, followed_.at(key), run_without_user(followed.why_not));
}

void ScriptTracks::record(Key key, Followed& followed, const RunEnded& ended) {
  const vrrp::TrackResult before = followed.judge.result();
  followed.judge.record(ended);
  // Without a spawner every run is lost at once, until there is one again.
  const auto pause = followed.judge.was_lost() ? std::min(followed.script.interval, kRetry)
                                               : followed.script.interval;
  schedule_.again(key, pause, Clock::now());
  if (followed.judge.result() == before) return;
  untold_.push_back({vrrp::TrackKind::Script, followed.script.name, followed.judge.result()});
}

void ScriptTracks::wait() {
  timer_.wait_until(schedule_.next());
}

void ScriptTracks::tell() {
  if (!untold_.empty()) ways_.on_results(std::exchange(untold_, {}));
}

}  // namespace evenkeel::daemon
