#include "daemon/process/spawner_child.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <csignal>
#include <utility>

#include "daemon/counted.h"
#include "daemon/process/capabilities.h"
#include "daemon/process/log.h"
#include "daemon/process/sealed_file.h"
#include "daemon/process/stop_limits.h"
#include "daemon/spawner/orphans.h"
#include "daemon/spawner/program_list.h"
#include "daemon/spawner/run_queue.h"

namespace evenkeel::daemon {
namespace {

void kill_orphan(pid_t pid) {
  const ScopedCapability capability(Capability::Kill);
  ::kill(pid, SIGKILL);
}

}  // namespace

SpawnerChild::SpawnerChild(boost::asio::io_context& loop, Hooks hooks, std::string executable)
    : loop_(loop),
      hooks_(std::move(hooks)),
      supervisor_(loop,
                  RoleConfig{.name = "spawner",
                             .executable = std::move(executable),
                             .stop_limit = kSpawnerStopLimit},
                  {.on_started =
                       [this](Channel&) {
                         send_list();
                         tell_it_is_there();
                       },
                   .on_message = [this](const Message& message) { received(message); },
                   .on_gone = [this](const std::string&) { has_died(); }}),
      hunt_(loop, {.is_known =
                       [this](pid_t pid) {
                         return pid == supervisor_.status().pid || hooks_.is_child(pid) ||
                                inherited_.contains(pid);
                       },
                   .is_spared = [](const ProcessStat&) { return false; },
                   .kill = kill_orphan,
                   .warn = [](const std::string& text) { log_warning(text); }}) {}

void SpawnerChild::start() {
  for (const pid_t child : children()) inherited_.insert(child);
  if (const std::string problem = adopt_orphans(); !problem.empty()) {
    log_warning("what a spawner that dies leaves behind is not found: " + problem);
  }
  supervisor_.start();
}

void SpawnerChild::configure(Generation generation, std::vector<Program> programs) {
  generation_ = generation;
  programs_ = std::move(programs);
  send_list();
}

void SpawnerChild::send_list() {
  Channel* channel = supervisor_.channel();
  if (channel == nullptr) return;  // the next one is told when it starts
  const auto list = encode_programs(programs_);
  if (list.size() > kMaxListOctets) {
    return refused("it has " + std::to_string(list.size()) + " octets, and may have " +
                   std::to_string(kMaxListOctets));
  }
  const auto file = seal("evenkeel-programs", list);
  if (!file) return refused(to_string(file.error()));
  channel->send(Configure{.generation = generation_}, {file->get()});
}

void SpawnerChild::refused(const std::string& why) {
  list_problem_ = "the list of programs is refused, and what is new in it cannot be run: " + why;
  log_error("spawner: " + list_problem_);
}

RunId SpawnerChild::run(ProgramId program, std::vector<Setting> settings) {
  const RunId run = ++last_run_;
  Channel* channel = supervisor_.channel();
  if (channel != nullptr &&
      channel->send(RunRequest{.run = run, .program = program, .settings = std::move(settings)})) {
    pending_.insert(run);
  } else {
    lose({run});
  }
  return run;
}

void SpawnerChild::end(RunId run) {
  Channel* channel = supervisor_.channel();
  if (channel != nullptr && pending_.contains(run)) channel->send(EndRun{.run = run});
}

void SpawnerChild::stop(std::function<void()> stopped) {
  is_stopping_ = true;
  supervisor_.stop([this, stopped = std::move(stopped)] { hunt_.finish(stopped); });
}

void SpawnerChild::received(const Message& message) {
  if (const auto* ended = std::get_if<RunEnded>(&message)) {
    if (pending_.erase(ended->run) > 0 && !is_stopping_) hooks_.on_run_ended(*ended);
  } else if (const auto* started = std::get_if<RunStarted>(&message)) {
    if (pending_.contains(started->run) && !is_stopping_) hooks_.on_run_started(*started);
  } else if (const auto* pong = std::get_if<Pong>(&message)) {
    const bool is_news = (behind_ > 0) != (pong->behind > 0);
    behind_ = pong->behind;
    if (is_news && behind_ > 0) log_warning("spawner: " + problem());
    if (is_news && behind_ == 0) log_info("spawner: no run waits for a free place any more");
  } else if (const auto* configured = std::get_if<Configured>(&message)) {
    if (configured->generation != generation_) return;
    list_problem_.clear();
    if (!configured->problem.empty()) refused(configured->problem);
  }
}

void SpawnerChild::has_died() {
  behind_ = 0;
  hunt_.begin();
  lose(std::exchange(pending_, {}));
}

void SpawnerChild::lose(std::set<RunId> runs) {
  boost::asio::post(loop_, [this, runs = std::move(runs)] {
    for (const RunId run : runs) {
      if (!is_stopping_) {
        hooks_.on_run_ended({.run = run, .how = RunEnd::Lost, .last_line = {}});
      }
    }
  });
}

/// From the loop, as the ends of lost runs are: these come before it.
void SpawnerChild::tell_it_is_there() {
  if (hooks_.on_there) boost::asio::post(loop_, [this] { hooks_.on_there(); });
}

std::string SpawnerChild::problem() const {
  if (!list_problem_.empty()) return list_problem_;
  if (behind_ == 0) return "";
  return counted(behind_, "run") + " wait: " + std::to_string(RunQueue::kMaxRunning) +
         " programs run already, which is as many as may at once";
}

}  // namespace evenkeel::daemon
