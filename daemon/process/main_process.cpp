#include "daemon/process/main_process.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdlib>
#include <unistd.h>

#include "daemon/balancer/balancer.h"
#include "daemon/balancer/reconciler.h"
#include "daemon/control/control_server.h"
#include "daemon/os/descriptor_limit.h"
#include "daemon/process/capabilities.h"
#include "daemon/process/checks_child.h"
#include "daemon/process/kernel_settings.h"
#include "daemon/process/load_here.h"
#include "daemon/process/log.h"
#include "daemon/process/main_parts.h"
#include "daemon/process/notice_log.h"
#include "daemon/process/notify.h"
#include "daemon/process/owned_services.h"
#include "daemon/process/programs.h"
#include "daemon/process/reload_message.h"
#include "daemon/process/runtime_directory.h"
#include "daemon/process/side_task.h"
#include "daemon/process/status_snapshot.h"
#include "daemon/process/stop_limits.h"
#include "daemon/process/stop_signal.h"
#include "daemon/process/vrrp_child.h"
#include "daemon/tracking/tracking.h"
#include "daemon/version.h"
#include "ipvs/kernel_backend.h"

namespace evenkeel::daemon {

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

class MainProcess : public Commands {
 public:
  MainProcess(const Options& options, RuntimeDirectory runtime, ParsedConfig parsed)
      : options_(options),
        runtime_(std::move(runtime)),
        reconciler_(
            backend_, balancer_,
            {.remember = [this](const auto& owned) { save_owned_services(runtime_, owned); },
             .attached = [this] { apply_kernel_settings(); }}),
        checks_(loop_, {.list = [this] { return balancer_.check_list(); },
                        .on_report =
                            [this](const auto& outcomes) {
                              has_recorded(balancer_.record(outcomes, SteadyClock::now()));
                            },
                        .on_lost =
                            [this] {
                              balancer_.checks_lost();
                              tracking_.judge();
                            }}),
        vrrp_(loop_, runtime_,
              {.on_configured = [this] { post_step(); },
               .on_report = [this](const auto& status) { programs_.hooks().report(status); },
               .on_died = [this] { programs_.hooks().vrrp_died(); }}),
        tracking_(loop_, balancer_,
                  {.on_change = [this](const auto& results) { vrrp_.set_tracks(results); },
                   .log = [](const auto& notices) { log(notices); }}),
        programs_(loop_, runtime_,
                  {.is_child = [this](pid_t pid) { return is_child(pid); },
                   .on_results = [this](const auto& results) { tracking_.put(results); },
                   .on_outcomes =
                       [this](const auto& outcomes) {
                         has_recorded(record(balancer_, outcomes, SteadyClock::now()));
                       }}) {
    if (auto owned = load_owned_services(runtime_)) reconciler_.previously_owned(*std::move(owned));
    put_in_force(std::move(parsed));
  }

  int run();

  std::shared_ptr<const Snapshot> snapshot(bool with_statistics) override;
  void reload(bool force, const Peer& peer, ReloadDone done) override;
  void failover(std::vector<std::string> instances, const Peer& peer,
                InstanceCommandDone done) override;
  void resume(std::vector<std::string> instances, const Peer& peer,
              InstanceCommandDone done) override;

 private:
  // Configuration.
  ReloadResult take(tl::expected<ParsedConfig, ReloadResult> loaded);
  void put_in_force(ParsedConfig parsed);
  void has_loaded(tl::expected<ParsedConfig, ReloadResult> loaded);
  void answer_reload();
  void wait_for_hangup();
  void reload_for_signal();

  /// What the balancer says of outcomes.
  void has_recorded(const std::vector<Notice>& notices);
  [[nodiscard]] bool is_first_round_done() const {
    return checks_.is_first_round_done() && programs_.checks().is_first_round_done();
  }

  // The kernel.
  void step();
  void post_step();
  void apply_kernel_settings();

  // The process.
  [[nodiscard]] bool is_child(pid_t pid) const;
  void wait_for_signals();
  void tick();
  void tell_ready();
  void stop(const std::string& from);

  Options options_;
  boost::asio::io_context loop_{1};
  RuntimeDirectory runtime_;
  ipvs::KernelBackend backend_;
  Balancer balancer_;
  Reconciler reconciler_;
  ChecksChild checks_;
  VrrpChild vrrp_;
  Tracking tracking_;
  Programs programs_;
  SideTasks side_tasks_{loop_};
  std::unique_ptr<ControlServer> control_;
  StopSignal stops_{loop_};
  Hangups hangups_{.signals = boost::asio::signal_set(loop_, SIGHUP)};
  Steps steps_{.timer = boost::asio::steady_timer(loop_)};
  boost::asio::steady_timer tick_timer_{loop_};

  InForce in_force_;
  KernelSettings settings_;
  std::optional<PendingReload> pending_;
  Readiness readiness_ = Readiness::Starting;
  bool is_stopping_ = false;
};

int MainProcess::run() {
  programs_.start();
  auto server = [this] {
    const ScopedCapability capability(Capability::Chown);  // the sockets, to the control group
    return ControlServer::start(loop_, *this,
                                {.directory = options_.runtime_directory,
                                 .group = balancer_.config()->global.control_group,
                                 .status_group = balancer_.config()->global.status_group});
  }();
  if (!server) {
    log_error("cannot open the control socket: " + server.error());
    return EXIT_FAILURE;
  }
  control_ = std::move(*server);
  for (const std::string& warning : control_->warnings()) log_warning(warning);
  wait_for_signals();
  tick();
  step();  // the kernel is read, and what it holds adopted, before the first outcome can come
  checks_.start();
  vrrp_.configure(balancer_.config()->vrrp, in_force_.generation);
  loop_.run();
  return EXIT_SUCCESS;
}

// Configuration

void MainProcess::put_in_force(ParsedConfig parsed) {
  auto config = std::make_shared<const Config>(std::move(parsed.config));
  for (const Diagnostic& warning : parsed.warnings) log_warning(to_string(warning));
  log_to_stderr(options_.log_level.value_or(config->global.log_level), config->global.log_format);
  ++in_force_.generation;
  in_force_.loaded = SteadyClock::now();
  in_force_.users = std::move(parsed.users);
  log(balancer_.configure(std::move(config), in_force_.loaded));
  programs_.configure(balancer_, in_force_.users, in_force_.generation);
  checks_.configure(in_force_.generation);
  reconciler_.configured(SteadyClock::now());
  if (is_first_round_done()) log(balancer_.first_round_done(in_force_.loaded));
  tracking_.configure();
}

ReloadResult MainProcess::take(tl::expected<ParsedConfig, ReloadResult> parsed) {
  const std::shared_ptr<const Config> before = balancer_.config();
  ReloadResult result;
  if (parsed) {
    result.diagnostics = parsed->warnings;
    result.changes = std::move(parsed->changes);
    pending_->instances = instance_changes(before->vrrp.instances, parsed->config.vrrp.instances);
    for (const Diagnostic& warning : restart_warnings(options_.config, *before, parsed->config)) {
      result.diagnostics.push_back(warning);
    }
    put_in_force(std::move(*parsed));
    if (reconciler_.is_attached()) apply_kernel_settings();
    vrrp_.configure(balancer_.config()->vrrp, in_force_.generation);
  } else {
    result = std::move(parsed.error());
  }
  result.generation = in_force_.generation;
  result.config_digest = balancer_.config()->digest;
  return result;
}

void MainProcess::reload(bool force, const Peer& peer, ReloadDone done) {
  if (pending_) {
    done({.outcome = ReloadOutcome::Busy, .message = "another reload is under way"});
    return;
  }
  log_info(asked_by(peer, "reload"));
  notify_reloading();
  pending_ = PendingReload{.done = std::move(done), .result = {}};
  side_tasks_.run([this, path = options_.config, node = options_.node_name, force,
                   before = balancer_.config(), users = in_force_.users] {
    auto loaded = load_for_reload(path, node, *before, users, force);
    return [this, loaded = std::move(loaded)]() mutable { has_loaded(std::move(loaded)); };
  });
}

void MainProcess::has_loaded(tl::expected<ParsedConfig, ReloadResult> loaded) {
  if (is_stopping_) return;
  pending_->operations_before = reconciler_.operations();
  pending_->result = take(std::move(loaded));
  pending_->is_in_force = pending_->result.outcome == ReloadOutcome::Done;
  if (pending_->is_in_force) {
    post_step();  // answered when the kernel has been told
  } else {
    answer_reload();
  }
}

void MainProcess::answer_reload() {
  PendingReload reload = std::move(*pending_);
  pending_.reset();
  ReloadResult& result = reload.result;
  if (result.outcome == ReloadOutcome::Done) {
    result.operations = reconciler_.operations() - reload.operations_before;
    Snapshot now;
    reconciler_.describe(now);
    const bool needs_kernel =
        !balancer_.config()->services.empty() && now.kernel != KernelState::Drift;
    const ReloadOutline outline{.config_digest = result.config_digest,
                                .generation = result.generation,
                                .operations = result.operations,
                                .instances = reload.instances,
                                .kernel_problem = needs_kernel ? now.kernel_detail : "",
                                .vrrp_problem = vrrp_.problem(),
                                .refusals = reconciler_.failures()};
    result.message = reload_message(outline);
    result.instances_changed = outline.instances.total();
    result.is_complete = !has_problems(outline);
    log_info(result.message);
    for (const std::string& change : result.changes) log_info("reload: " + change);
    programs_.hooks().reloaded(balancer_);
  } else {
    for (const Diagnostic& error : result.diagnostics) log_error(to_string(error));
    log_error("reload refused: " + result.message);
  }
  if (readiness_ != Readiness::Starting) tell_ready();
  reload.done(result);
  if (std::exchange(hangups_.came_during_reload, false)) reload_for_signal();
}

void MainProcess::has_recorded(const std::vector<Notice>& notices) {
  const auto now = SteadyClock::now();
  log(notices);
  if (is_first_round_done()) log(balancer_.first_round_done(now));
  tracking_.judge();
  post_step();
}

// The kernel

void MainProcess::post_step() {
  if (std::exchange(steps_.is_posted, true)) return;
  boost::asio::post(loop_, [this] {
    steps_.is_posted = false;
    step();
  });
}

void MainProcess::step() {
  if (is_stopping_) return;
  const auto now = SteadyClock::now();
  {
    const ScopedCapability capability(Capability::NetAdmin);
    log(reconciler_.step(now));
  }
  programs_.hooks().look_at(balancer_);
  const auto next = reconciler_.next_step(now);
  if (next <= now) {
    post_step();  // one exchange with the kernel a step: checks and control go on in between
    return;
  }
  if (readiness_ == Readiness::Starting) {
    tell_ready();
    log_info("ready");
  }
  // The services of an instance that takes over from now on are served.
  if (balancer_.is_ready() && balancer_.knows_any_server()) vrrp_.set_ready();
  if (pending_ && pending_->is_in_force && vrrp_.is_configured()) answer_reload();
  if (next == Reconciler::TimePoint::max()) return;
  steps_.timer.expires_at(next);
  steps_.timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) step();
  });
}

void MainProcess::apply_kernel_settings() {
  const ScopedCapability capability(Capability::NetAdmin);
  KernelSettings settings = apply_settings(balancer_.config()->ipvs, backend_);
  if (settings.warnings != settings_.warnings) {
    for (const std::string& warning : settings.warnings) log_warning(warning);
  }
  settings_ = std::move(settings);
}

// The process

std::shared_ptr<const Snapshot> MainProcess::snapshot(bool with_statistics) {
  const Clocks clocks{.steady = SteadyClock::now(), .wall = std::chrono::system_clock::now()};
  auto result = take_snapshot({.balancer = balancer_,
                               .reconciler = reconciler_,
                               .backend = backend_,
                               .checks = checks_,
                               .vrrp = vrrp_,
                               .programs = programs_,
                               .control = control_.get(),
                               .settings = settings_,
                               .generation = in_force_.generation,
                               .loaded = in_force_.loaded},
                              with_statistics, clocks);
  // The reading may have shown a difference.
  const auto now = SteadyClock::now();
  if (reconciler_.is_attached() && reconciler_.next_step(now) <= now) post_step();
  return result;
}

bool MainProcess::is_child(pid_t pid) const {
  const auto vrrp = vrrp_.status();
  return pid == checks_.status().pid || (vrrp && pid == vrrp->pid);
}

void MainProcess::wait_for_signals() {
  const std::string problem = stops_.wait([this](const std::string& from) { stop(from); });
  if (!problem.empty()) log_error(problem);
  wait_for_hangup();
}

void MainProcess::wait_for_hangup() {
  hangups_.signals.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    if (pending_) {
      hangups_.came_during_reload = true;
    } else {
      reload_for_signal();
    }
    wait_for_hangup();
  });
}

void MainProcess::reload_for_signal() {
  const Peer self{.uid = ::getuid(), .gid = ::getgid(), .pid = ::getpid(), .groups = {}};
  reload(false, self, [](const ReloadResult&) {});
}

void MainProcess::tick() {
  // systemd asks for a sign of life at half its limit at the latest; WatchdogSec is seconds.
  if (watchdog_interval()) notify_watchdog();
  if (readiness_ == Readiness::Ready && !pending_) tell_ready();
  flush_log();
  tick_timer_.expires_after(1s);
  tick_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

void MainProcess::tell_ready() {
  readiness_ = notify_ready(summary(*balancer_.config(), in_force_.generation)) ? Readiness::Told
                                                                                : Readiness::Ready;
}

void MainProcess::failover(std::vector<std::string> instances, const Peer& peer,
                           InstanceCommandDone done) {
  log_info(asked_by(peer, "failover"));
  vrrp_.failover(std::move(instances), std::move(done));
}

void MainProcess::resume(std::vector<std::string> instances, const Peer& peer,
                         InstanceCommandDone done) {
  log_info(asked_by(peer, "resume"));
  vrrp_.resume(std::move(instances), std::move(done));
}

void MainProcess::stop(const std::string& from) {
  if (std::exchange(is_stopping_, true)) return;
  log_info("stopping: " + from);
  notify_stopping("stopping");
  runtime_.mark_leaving();
  control_.reset();
  hangups_.signals.cancel();
  steps_.timer.cancel();
  tick_timer_.cancel();
  programs_.leave();
  const auto until = SteadyClock::now() + kHandOverLimit;
  // The addresses first: until a peer has taken over, packets come here.
  vrrp_.stop([this, until] {
    if (balancer_.config()->ipvs.on_stop == OnStop::Remove) {
      const ScopedCapability capability(Capability::NetAdmin);
      log(reconciler_.remove_all());
    }
    programs_.tell_stop(
        until, [this] { checks_.stop([this] { programs_.stop([this] { loop_.stop(); }); }); });
  });
}

}  // namespace

int run_main_process(const Options& options) {
  log_to_stderr(options.log_level.value_or(Severity::Info), LogFormat::Text);
  // First: a file that a reload could not read for want of a capability is not read at the start.
  const std::string capabilities = keep_main_capabilities();
  raise_descriptor_limit();  // descriptors of a client beyond it would be closed here (closer.h)
  if (!capabilities.empty()) log_warning(capabilities);
  auto parsed = load_here(options.config, options.node_name);
  if (!parsed) {
    for (const Diagnostic& error : parsed.error()) log_error(to_string(error));
    log_error("not started: the configuration has errors");
    drain_log(kLogDrainLimit);
    return 2;
  }
  auto runtime = RuntimeDirectory::acquire(options.runtime_directory);
  if (!runtime) {
    log_error("not started: " + runtime.error().what);
    drain_log(kLogDrainLimit);
    return EXIT_FAILURE;
  }
  for (const std::string& warning : runtime->warnings()) log_warning(warning);
  int status = EXIT_FAILURE;
  {
    MainProcess main(options, std::move(*runtime), std::move(*parsed));
    log_info("evenkeel " + std::string(kVersion) + " started");
    status = main.run();
  }
  log_info("stopped");
  drain_log(kLogDrainLimit);
  return status;
}

}  // namespace evenkeel::daemon
