#include "daemon/tracking/tracking.h"

#include <utility>

#include "daemon/tracking/judge.h"

namespace evenkeel::daemon {

Tracking::Tracking(boost::asio::io_context& loop, const Balancer& balancer, Hooks hooks)
    : balancer_(balancer),
      hooks_(std::move(hooks)),
      watch_(loop,
             {.on_results = [this](const auto& results) { put(results); },
              .on_stuck = [this](bool is_stuck, const std::string& at) { set_stuck(is_stuck, at); },
              .on_problem =
                  [this](const std::string& problem) {
                    hooks_.log({{Severity::Error, problem}});
                  }}) {}

void Tracking::configure() {
  const Config& config = *balancer_.config();
  results_.follow(config);
  watch_.configure(config.tracked);
  judge();
}

void Tracking::judge() {
  put(daemon::judge(balancer_));
}

void Tracking::put(const std::vector<vrrp::NamedTrackResult>& results) {
  hooks_.log(results_.put(results));
  tell_change();
}

void Tracking::set_stuck(bool is_stuck, const std::string& at) {
  results_.set_looks_stale(is_stuck);
  const std::string what = at.empty() ? "a process" : at;
  hooks_.log({is_stuck ? Notice{Severity::Error,
                                "tracks of files and processes are stale: a look "
                                "at " +
                                    what + " does not end"}
                       : Notice{Severity::Info, "tracks of files and processes are up to date"}});
  tell_change();
}

void Tracking::tell_change() {
  auto changes = results_.take_changes();
  if (!changes.empty()) hooks_.on_change(std::move(changes));
}

}  // namespace evenkeel::daemon
