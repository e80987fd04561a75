#include "daemon/process/checks_child.h"

#include <utility>

#include "daemon/config/checks_codec.h"
#include "daemon/counted.h"
#include "daemon/process/log.h"
#include "daemon/process/report_rules.h"
#include "daemon/process/sealed_file.h"
#include "daemon/process/stop_limits.h"

namespace evenkeel::daemon {

ChecksChild::ChecksChild(boost::asio::io_context& loop, Hooks hooks)
    : hooks_(std::move(hooks)),
      supervisor_(loop, RoleConfig{.name = "checks", .stop_limit = kChecksStopLimit},
                  {.on_started = [this](Channel&) { send_list(); },
                   .on_message = [this](Message message) { received(std::move(message)); },
                   .on_gone =
                       [this](const std::string&) {
                         behind_ = 0;
                         hooks_.on_lost();
                       }}) {}

void ChecksChild::configure(Generation generation) {
  generation_ = generation;
  is_first_round_done_ = false;
  send_list();
}

void ChecksChild::send_list() {
  const std::vector<checks::ListedCheck> list = hooks_.list();
  ids_.clear();
  for (const checks::ListedCheck& listed : list) ids_.push_back(listed.id);
  list_problem_.clear();
  Channel* channel = supervisor_.channel();
  if (channel == nullptr) return;  // the next one is told when it starts
  const auto file = seal("evenkeel-checks", encode_checks(list));
  if (!file) {
    list_problem_ = to_string(file.error());
    log_error("cannot hand the checks process its configuration: " + list_problem_);
    return;
  }
  channel->send(Configure{.generation = generation_}, {file->get()});
}

void ChecksChild::received(Message message) {
  if (auto* report = std::get_if<CheckReport>(&message)) return received(std::move(*report));
  if (const auto* pong = std::get_if<Pong>(&message)) return received(*pong);
  if (const auto* configured = std::get_if<Configured>(&message)) {
    if (configured->generation == generation_) list_problem_ = configured->problem;
    if (!configured->problem.empty()) log_error("checks: " + configured->problem);
  }
}

void ChecksChild::received(CheckReport report) {
  if (report.generation != generation_) ++counters_.stale_reports;  // it crossed our Configure
  keep_what_counts(report, ids_, generation_);
  counters_.outcomes += report.outcomes.size();
  is_first_round_done_ |= report.first_round_done;
  hooks_.on_report(report.outcomes);
}

void ChecksChild::received(const Pong& pong) {
  constexpr int kPunctual = 10;  // pings, one a second: no line for each of many short delays
  if (pong.behind > 0) {
    punctual_pongs_ = 0;
    const bool is_news = behind_ == 0;
    behind_ = pong.behind;
    if (is_news) log_warning("checks: " + lateness());
  } else if (behind_ > 0 && ++punctual_pongs_ >= kPunctual) {
    behind_ = 0;
    log_info("checks: on time again");
  }
}

std::string ChecksChild::problem() const {
  if (!list_problem_.empty())
    return "it has not the checks of this configuration: " + list_problem_;
  return behind_ == 0 ? "" : lateness();
}

std::string ChecksChild::lateness() const {
  return "late: " + std::to_string(behind_) + " of " + counted(ids_.size(), "check") +
         " did not begin on time for 3 intervals: this host is too busy for them";
}

}  // namespace evenkeel::daemon
