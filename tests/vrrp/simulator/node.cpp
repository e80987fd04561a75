#include "node.h"

#include <algorithm>

#include "vrrp/predecessor.h"
#include "vrrp/sync_group.h"
#include "vrrp/timers.h"
#include "world.h"

namespace evenkeel::vrrp::simulator {
namespace {

using namespace std::chrono_literals;

constexpr Duration kTwoDeaths = 10s;
constexpr Duration kReleaseBegins = 20ms;
constexpr Duration kReleaseWaits = 800ms;  ///< at least

}  // namespace

Node::Node(World& world, std::uint8_t number) : world_(world), number_(number) {
  for (std::size_t router = 0; router < world.scenario().routers; ++router) {
    configs_.push_back(world.scenario().config_of(number, router));
  }
}

void Node::schedule(Timer::Kind kind, Duration after, std::size_t router) {
  world_.schedule({kind, number_, static_cast<std::uint8_t>(router), life_of(kind)},
                  world_.now() + after);
}

std::uint32_t Node::life_of(Timer::Kind kind) const {
  return kind == Timer::Kind::Ready ? main_life_ : life_;
}

// The processes.

void Node::start(Duration after) {
  schedule(Timer::Kind::Start, after);
}

void Node::on(const Timer& timer) {
  const std::size_t router = timer.router;
  if (timer.kind != Timer::Kind::LeaseEnd && timer.life != life_of(timer.kind)) return;
  switch (timer.kind) {
    case Timer::Kind::LeaseEnd:
      if (has_address(router) && kernel_[router].lease_ends == world_.now()) {
        lose_address(router);
      }
      return;
    case Timer::Kind::Ready:
      is_ready_ = true;
      if (process_.is_alive) command(ReadinessChanged{true});
      return;
    case Timer::Kind::Start:
      if (faults_.pauses > 0) {
        was_start_due_ = true;
      } else {
        spawn();
      }
      return;
    case Timer::Kind::Release:
      if (is_releasing_) {
        end_release();
      } else {
        release();
      }
      return;
    case Timer::Kind::Wake:
      if (process_.wake_at != world_.now()) return;
      process_.wake_at.reset();
      turn();
      return;
    case Timer::Kind::Write:
      if (faults_.pauses > 0) {
        process_.was_write_due = true;
      } else {
        written();
      }
      return;
    case Timer::Kind::Refresh:
      if (faults_.pauses > 0) {
        process_.was_refresh_due[router] = true;
      } else {
        refresh(router);
      }
      return;
  }
}

void Node::spawn() {
  if (!has_main_) {
    has_main_ = true;
    is_ready_ = false;
    ++main_life_;
    schedule(Timer::Kind::Ready, world_.scenario().nodes[number_].ready_after);
  }
  ++life_;
  process_ = {};
  process_.is_alive = true;
  const std::size_t count = configs_.size();
  std::vector<PreviousRun> previous_runs;
  std::vector<StartMode> start_modes;
  for (std::size_t router = 0; router < count; ++router) {
    process_.instances.emplace_back(configs_[router], world_.scenario().is_grouped);
    // What nobody takes up goes before the first timer is armed.
    if (page_[router].state == PageState::NotMaster) remove_address(router);
    previous_runs.push_back(previous_run_of(page_[router], has_address(router)));
    start_modes.push_back(
        start_mode_of(previous_runs.back(), configs_[router].advertisement_interval, world_.now()));
  }
  if (world_.scenario().is_grouped) agree(start_modes);
  for (std::size_t router = 0; router < count; ++router) {
    deliver(router, Reconfigured{configs_[router], world_.scenario().nodes[number_].group_tracks});
    deliver(router, link_event(router));
  }
  bool hands_over = false;
  for (std::size_t router = 0; router < count; ++router) {
    has_resumed_unanswered_[router] =
        start_modes[router] == StartMode::Resume && previous_runs[router].left_unanswered;
    if (page_[router].is_held) deliver(router, HoldChanged{true});
    std::vector<Event> events =
        start_events(start_modes[router], previous_runs[router], !has_died_twice_, false);
    if (auto* leaving = std::get_if<ResumeLeaving>(&events.front())) {
      leaving->at_least = leave_limit_of_group();
    }
    deliver(router, events.front());
    hands_over = hands_over || events.size() > 1;  // when all have begun
    schedule(Timer::Kind::Refresh, lease(router) / 3, router);
  }
  if (is_ready_) command(ReadinessChanged{true});
  process_.channel.insert(process_.channel.end(), results_.begin(), results_.end());
  if (hands_over) leave(LeaveFor::Failover);
  turn();
}

void Node::die() {
  process_.is_alive = false;
  ++life_;
}

void Node::end_process() {
  die();
  end_main();
  if (start_after_) start(*start_after_);
}

void Node::end_main() {
  died_.reset();
  has_died_twice_ = false;
  is_stopping_ = false;
  has_main_ = false;
  ++main_life_;
}

void Node::pause() {
  if (faults_.pauses++ == 0) faults_.paused_at = world_.now();
}

void Node::carry_on() {
  if (--faults_.pauses > 0) return;
  if (std::exchange(was_start_due_, false)) return start(0s);
  if (!process_.is_alive) return;
  faults_.carried_on_at = world_.now();
  // Engine and writer are two threads.
  const bool is_engine_first = world_.random().percent(50);
  if (is_engine_first) turn();
  if (!process_.is_alive) return;
  for (std::size_t router = 0; router < configs_.size(); ++router) {
    if (std::exchange(process_.was_refresh_due[router], false)) refresh(router);
  }
  if (std::exchange(process_.was_write_due, false)) written();
  if (process_.is_alive && !is_engine_first) turn();
}

void Node::set_hogged(int change) {
  faults_.hogs += change;
  stir();  // and what was late because of it is not any more
}

void Node::kill_vrrp(Duration respawned_after) {
  if (!process_.is_alive || faults_.pauses > 0) return;
  die();
  if (is_stopping_) {  // main was waiting for it
    const auto after = start_after_;
    end_main();
    if (after) start(*after);
    return;
  }
  has_died_twice_ = died_ && world_.now() - *died_ < kTwoDeaths;
  died_ = world_.now();
  start(respawned_after);
}

void Node::kill_all(bool is_released, Duration started_after) {
  if (faults_.pauses > 0 || is_releasing_) return;
  die();
  end_main();
  if (is_released) {
    schedule(Timer::Kind::Release, kReleaseBegins);
    started_after = std::max(started_after, kReleaseBegins + release_limit() + 10ms);  // the lock
  }
  start(started_after);
}

void Node::power_off(Duration started_after) {
  if (faults_.pauses > 0 || is_releasing_ || is_leaving()) return;
  die();
  end_main();
  page_ = {};
  for (Kernel& kernel : kernel_) kernel.addresses = 0;
  start(started_after);
}

void Node::stop(std::optional<Duration> started_after) {
  if (!process_.is_alive || is_stopping_) return;
  is_stopping_ = true;
  start_after_ = started_after;
  leave(LeaveFor::Stop);
}

void Node::failover() {
  if (process_.is_alive && !is_stopping_) leave(LeaveFor::Failover);
}

void Node::leave(LeaveFor purpose) {
  command(Leave{purpose, leave_limit_of_group()});
}

/// Of none it is nothing.
Duration Node::leave_limit_of_group() const {
  if (!world_.scenario().is_grouped || process_.instances.size() < 2) return {};
  const Instance* const members[] = {&process_.instances[0], &process_.instances[1]};
  return group_leave_limit(members);
}

void Node::recover(bool is_to_run) {
  if (process_.is_alive) {
    if (is_stopping_) {
      start_after_ = is_to_run ? std::optional<Duration>(0s) : std::nullopt;
    } else if (!is_to_run) {
      stop(std::nullopt);
    }
    return;
  }
  if (is_to_run) {
    if (!is_releasing_) start(0s);
  } else {
    die();  // what was about to start does not
    is_releasing_ = false;
  }
}

void Node::release() {
  is_releasing_ = true;
  for (std::size_t router = 0; router < configs_.size(); ++router) {
    if (!has_address(router) || !kernel_[router].is_linked) continue;
    world_.send({number_, static_cast<std::uint8_t>(router), 0,
                 configs_[router].advertisement_interval, advertised_bits(configs_[router])});
  }
  schedule(Timer::Kind::Release, release_limit());
}

Duration Node::release_limit() const {
  Duration longest = kReleaseWaits;
  for (const InstanceConfig& config : configs_) {
    longest = std::max(longest, leave_limit(config.version, config.advertisement_interval));
  }
  return longest;
}

void Node::end_release() {
  is_releasing_ = false;
  for (std::size_t router = 0; router < configs_.size(); ++router) {
    remove_address(router);
    page_[router] = {};
  }
}

// What it is.

bool Node::is_serving(std::size_t router) const {
  return process_.is_alive && process_.instances[router].state() == State::Master &&
         !process_.instances[router].is_leaving();
}

bool Node::is_well(std::size_t router) const {
  return is_running() && kernel_[router].is_linked && faults_.hogs == 0 &&
         faults_.refused_sends == 0;
}

Duration Node::slept() const {
  return faults_.carried_on_at == world_.now() ? faults_.carried_on_at - faults_.paused_at
                                               : Duration::zero();
}

bool Node::is_writer_well() const {
  return is_running() && faults_.hogs == 0 && faults_.slow_writer == 0 &&
         faults_.refused_addresses == 0;
}

bool Node::listens_to(const Node& master) const {
  if (!is_running() || is_stopping_) return false;
  return std::all_of(process_.instances.begin(), process_.instances.end(),
                     [&](const Instance& instance) {
                       return instance.state() == State::Backup &&
                              instance.status().master == address_of(master.number_);
                     });
}

bool Node::is_leaving() const {
  return process_.is_alive &&
         std::any_of(process_.instances.begin(), process_.instances.end(),
                     [](const Instance& instance) { return instance.is_leaving(); });
}

std::uint64_t Node::transitions(std::size_t router) {
  if (!process_.is_alive) return 0;
  const InstanceCounters& counters = process_.instances[router].counters();
  return counters.became_master + counters.left_master;
}

}  // namespace evenkeel::vrrp::simulator
