#include "daemon/process/spawner_child.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <csignal>
#include <cstring>
#include <utility>

#include "daemon/counted.h"
#include "daemon/process/capabilities.h"
#include "daemon/process/log.h"
#include "daemon/process/sealed_file.h"
#include "daemon/spawner/orphans.h"
#include "daemon/spawner/program_list.h"
#include "daemon/spawner/run_queue.h"

namespace evenkeel::daemon {
namespace {

/// The spawner gives programs 200 ms to leave, and hunts orphans for 2 s.
constexpr auto kStopLimit = std::chrono::seconds(4);

void kill_orphan(pid_t pid) {
  const ScopedCapability capability(Capability::Kill);
  ::kill(pid, SIGKILL);
}

}  // namespace

SpawnerChild::SpawnerChild(boost::asio::io_context& loop, Hooks hooks, std::string executable)
    : loop_(loop),
      hooks_(std::move(hooks)),
      supervisor_(
          loop,
          RoleConfig{
              .name = "spawner", .executable = std::move(executable), .stop_limit = kStopLimit},
          {.on_started =
               [this](Channel&) {
                 send_list();
                 tell_it_is_there();
               },
           .on_message = [this](const Message& message) { received(message); },
           .on_gone = [this](const std::string&) { has_died(); }}),
      hunt_(loop, {.is_known =
                       [this](pid_t pid) {
                         return pid == supervisor_.status().pid || hooks_.is_child(pid);
                       },
                   .is_spared = [](const ProcessStat&) { return false; },
                   .kill = kill_orphan,
                   .warn = [](const std::string& text) { log_warning(text); }}) {}

void SpawnerChild::start() {
  if (const int error = adopt_orphans()) {
    log_warning(std::string("what a spawner that dies leaves behind is not found: ") +
                std::strerror(error));
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
  const auto file = seal("evenkeel-programs", encode_programs(programs_));
  if (!file) {
    log_error("cannot hand the spawner its list of programs: " + to_string(file.error()));
    return;
  }
  channel->send(Configure{.generation = generation_}, {file->get()});
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

void SpawnerChild::stop(std::function<void()> stopped) {
  is_stopping_ = true;
  supervisor_.stop(std::move(stopped));
}

void SpawnerChild::received(const Message& message) {
  if (const auto* started = std::get_if<RunStarted>(&message)) {
    if (!is_stopping_ && pending_.contains(started->run)) hooks_.on_run_started(*started);
  } else if (const auto* ended = std::get_if<RunEnded>(&message)) {
    if (pending_.erase(ended->run) > 0 && !is_stopping_) hooks_.on_run_ended(*ended);
  } else if (const auto* pong = std::get_if<Pong>(&message)) {
    const bool is_news = (behind_ > 0) != (pong->behind > 0);
    behind_ = pong->behind;
    if (is_news && behind_ > 0) log_warning("spawner: " + problem());
    if (is_news && behind_ == 0) log_info("spawner: no run waits for a free place any more");
  } else if (const auto* configured = std::get_if<Configured>(&message)) {
    if (!configured->problem.empty()) log_error("spawner: " + configured->problem);
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
  if (behind_ == 0) return "";
  return counted(behind_, "run") + " wait: " + std::to_string(RunQueue::kMaxRunning) +
         " programs run already, which is as many as may at once";
}

}  // namespace evenkeel::daemon
