#include "daemon/spawner/spawner.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <csignal>
#include <deque>
#include <fcntl.h>
#include <map>
#include <utility>

#include "daemon/spawner/environment.h"
#include "daemon/spawner/orphan_hunt.h"
#include "daemon/spawner/program_list.h"
#include "daemon/spawner/run_queue.h"
#include "daemon/spawner/running_program.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kLate = 1s;
constexpr int kBegunAtOnce = 4;  ///< runs, in one turn of the loop
/// Of a program whose runs may overlap: that are stuck, until no further one begins. What holds one
/// of several owners' runs need not hold the others'.
constexpr std::ptrdiff_t kMaxStuck = 4;

}  // namespace

class Spawner::Impl : public std::enable_shared_from_this<Spawner::Impl> {
 public:
  Impl(boost::asio::io_context& loop, bool may_change_user, std::optional<ControlGroups> groups,
       Hooks hooks)
      : loop_(loop),
        hooks_(std::move(hooks)),
        groups_(std::move(groups)),
        null_device_(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
        may_change_user_(may_change_user),
        hunt_(loop, {.is_known = [this](pid_t pid) { return is_run(pid); },
                     .is_spared = [this](const auto& orphan) { return is_spared(orphan); },
                     .kill = [](pid_t pid) { ::kill(pid, SIGKILL); },
                     .warn = [this](const auto& text) { hooks_.warn(text); }}) {}

  void configure(std::vector<Program> list) {
    process_limits_ = process_limits(list);
    programs_.clear();
    for (Program& each : list) programs_.emplace(each.id, std::move(each));
    for (const RunRequest& gone : queue_.drop_unless(
             [this](const auto& each) { return programs_.contains(each.program); })) {
      report(cannot_run(gone.run, {RunStep::Program, ENOENT}));
    }
    begin_runs();
  }

  void run(RunRequest request) {
    const auto refuse = [&](RunStep step, int number) {
      report(cannot_run(request.run, {step, number}));
    };
    if (is_leaving_) return;
    if (!programs_.contains(request.program)) return refuse(RunStep::Program, ENOENT);
    if (has_bad_settings(request)) return refuse(RunStep::Settings, EINVAL);
    if (has_enough_stuck(request.program)) return refuse(RunStep::Wait, EBUSY);
    const RunId run = request.run;
    if (!queue_.add({.run = std::move(request), .since = Clock::now()})) {
      return report(cannot_run(run, {RunStep::Wait, EAGAIN}));
    }
    begin_runs();
  }

  void end(RunId run) {
    for (auto& [number, active] : active_) {
      if (active.run == run) active.program->end(RunEnd::Withdrawn);
    }
    for (const RunRequest& each :
         queue_.drop_unless([&](const RunRequest& waiting) { return waiting.run != run; })) {
      report(RunEnded{.run = each.run, .how = RunEnd::Withdrawn, .last_line = {}});
    }
  }

  void resume() {
    send_reports();
    begin_runs();
  }

  void leave(std::function<void()> left) {
    is_leaving_ = true;
    left_ = std::move(left);
    (void)queue_.drop_unless([](const RunRequest&) { return false; });
    for (auto& [number, active] : active_) active.program->end(RunEnd::Deadline);
    go_when_done();
  }

  [[nodiscard]] std::size_t behind() const {
    return queue_.is_full() ? queue_.waiting_since_before(Clock::now() - kLate) : 0;
  }

 private:
  /// A run that is under way.
  struct Active {
    RunId run;
    ProgramId program_id;
    pid_t pid;
    std::uint64_t began;  ///< clock ticks since the boot, as the kernel says it of processes
    std::optional<std::size_t> group;
    bool is_stuck = false;
    std::unique_ptr<RunningProgram> program{};
  };

  static RunEnded cannot_run(RunId run, const LaunchError& error) {
    return {.run = run,
            .how = RunEnd::CannotRun,
            .number = error.number,
            .step = error.step,
            .last_line = {}};
  }

  [[nodiscard]] bool may_overlap(ProgramId id) const { return programs_.at(id).may_overlap; }
  /// Each further run of a program that gets stuck would leave one more process that nobody can
  /// kill.
  [[nodiscard]] bool has_enough_stuck(ProgramId id) const {
    const auto stuck = std::count_if(active_.begin(), active_.end(), [&](const auto& entry) {
      return entry.second.is_stuck && entry.second.program_id == id;
    });
    return stuck >= (may_overlap(id) ? kMaxStuck : 1);
  }

  /// In the next turn of the loop, and a few in each: where a fork takes long, main is still told
  /// that we live.
  void begin_runs() {
    if (std::exchange(is_beginning_, true)) return;
    boost::asio::post(loop_, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->begin_some();
    });
  }

  void begin_some() {
    is_beginning_ = false;
    for (int begun = 0; unsent_.empty() && !is_leaving_; ++begun) {
      if (begun == kBegunAtOnce) return begin_runs();
      auto next = queue_.next([this](ProgramId id) { return may_overlap(id); });
      if (!next) return;
      begin(*next);
    }
  }

  void begin(const WaitingRun& next) {
    const Program& program = programs_.at(next.run.program);
    const auto waited = Clock::now() - next.since;
    std::optional<std::size_t> group = groups_ ? groups_->take() : std::nullopt;
    auto child = launch(program, environment_of(program, next.run),
                        {.null_device = null_device_.get(),
                         .process_limit = process_limits_.at(program.uid),
                         .may_change_user = may_change_user_,
                         .control_group = group ? groups_->entrance_of(*group) : -1});
    if (!child) {
      if (group) groups_->give_back(*group);
      queue_.has_ended(program.id);
      return report(cannot_run(next.run.run, child.error()));
    }
    const pid_t pid = child->pid;
    const auto stat = stat_of(pid);
    const std::uint64_t number = ++last_number_;
    Active& active = active_[number];
    active = {.run = next.run.run,
              .program_id = program.id,
              .pid = pid,
              .began = stat ? stat->began : 0,
              .group = group};
    active.program = std::make_unique<RunningProgram>(
        loop_, std::move(*child), program.timeout,
        RunningProgram::Hooks{
            .on_ended = [this, number](RunEnded ended) { has_ended(number, std::move(ended)); },
            .on_stuck = [this, number](RunEnded ended) { is_stuck(number, std::move(ended)); },
            .on_loose = [this, number] { has_come_loose(number); },
            .kill_group =
                [this, group] {
                  if (group) groups_->kill(*group);
                }});
    hunt_.watch();
    report(
        RunStarted{.run = next.run.run, .pid = static_cast<std::uint32_t>(pid), .waited = waited});
  }

  void has_ended(std::uint64_t number, RunEnded ended) {
    auto active = active_.extract(number);
    ended.run = active.mapped().run;
    queue_.has_ended(active.mapped().program_id);
    is_gone(active.mapped());
    report(std::move(ended));
    begin_runs();
    go_when_done();
  }

  void is_stuck(std::uint64_t number, RunEnded ended) {
    Active& active = active_.at(number);
    active.is_stuck = true;
    queue_.is_stuck();
    ended.run = active.run;
    const ProgramId stuck = active.program_id;
    const bool is_refused = programs_.contains(stuck) && has_enough_stuck(stuck);
    hooks_.warn("process " + std::to_string(active.pid) +
                " cannot be killed: the kernel or a tracer holds it" +
                (is_refused ? "; its program cannot be run until it is gone" : ""));
    report(std::move(ended));
    for (const RunRequest& each :
         queue_.drop_unless([&](const auto& run) { return run.program != stuck || !is_refused; })) {
      report(cannot_run(each.run, {RunStep::Wait, EBUSY}));
    }
    hunt_.begin();
    begin_runs();
    go_when_done();
  }

  void has_come_loose(std::uint64_t number) {
    auto active = active_.extract(number);
    queue_.has_come_loose(active.mapped().program_id);
    is_gone(active.mapped());
    begin_runs();
    go_when_done();
  }

  /// Processes that the program has left behind become our children, or are it already.
  void is_gone(const Active& active) {
    if (active.group) groups_->give_back(*active.group);
    hunt_.begin();
  }

  [[nodiscard]] bool is_run(pid_t pid) const {
    return std::any_of(active_.begin(), active_.end(),
                       [&](const auto& entry) { return entry.second.pid == pid; });
  }

  [[nodiscard]] bool is_spared(const ProcessStat& orphan) const {
    std::vector<std::uint64_t> running;
    for (const auto& [number, active] : active_) {
      if (!active.is_stuck)
        running.push_back(active.began);  // its time is over, and its children's
    }
    return may_belong_to(orphan, running);
  }

  void report(RunReport report) {
    if (is_leaving_) return;
    unsent_.push_back(std::move(report));
    send_reports();
    if (unsent_.size() > kMaxUnsent) hooks_.on_overflow();
  }

  void send_reports() {
    while (!unsent_.empty() && hooks_.report(unsent_.front())) unsent_.pop_front();
  }

  void go_when_done() {
    const auto runs = [](const auto& entry) { return !entry.second.is_stuck; };
    if (!is_leaving_ || std::any_of(active_.begin(), active_.end(), runs)) return;
    hunt_.finish([this] {
      if (auto left = std::exchange(left_, {})) left();
    });
  }

  boost::asio::io_context& loop_;
  Hooks hooks_;
  std::optional<ControlGroups> groups_;
  UniqueFd null_device_;
  bool may_change_user_;
  std::map<ProgramId, Program> programs_;
  std::map<std::uint32_t, std::uint32_t> process_limits_;  ///< of each user
  RunQueue queue_;
  std::map<std::uint64_t, Active> active_;
  std::uint64_t last_number_ =
      0;  ///< of active_: a main that uses a RunId twice confuses itself only
  std::deque<RunReport> unsent_;
  OrphanHunt hunt_;
  bool is_beginning_ = false;  ///< begin_some() will be called
  bool is_leaving_ = false;
  std::function<void()> left_;
};

Spawner::Spawner(boost::asio::io_context& loop, bool may_change_user,
                 std::optional<ControlGroups> groups, Hooks hooks)
    : impl_(std::make_shared<Impl>(loop, may_change_user, std::move(groups), std::move(hooks))) {}
Spawner::~Spawner() = default;
void Spawner::configure(std::vector<Program> list) {
  impl_->configure(std::move(list));
}
void Spawner::run(RunRequest request) {
  impl_->run(std::move(request));
}
void Spawner::end(RunId run) {
  impl_->end(run);
}
void Spawner::resume() {
  impl_->resume();
}
void Spawner::leave(std::function<void()> left) {
  impl_->leave(std::move(left));
}
std::size_t Spawner::behind() const {
  return impl_->behind();
}

}  // namespace evenkeel::daemon
