#include "node.h"

#include <algorithm>
#include <ostream>

#include "vrrp/sync_group.h"
#include "world.h"

namespace evenkeel::vrrp::simulator {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSocketHolds = 32;
constexpr Duration kTwoDeaths = 10s;
constexpr Duration kReleaseWaits = 800ms;

constexpr const char* kEvents[] = {"Startup",         "Resume",           "Leave",
                                   "Heard",           "TimerExpired",     "AddressesInstalled",
                                   "AddressLost",     "PriorityChanged",  "ReadinessChanged",
                                   "HoldChanged",     "InterfaceChanged", "SendRefused",
                                   "AddressClaimed",  "Reconfigured",     "GroupTakesOver",
                                   "GroupStepsDown",  "GroupFails",       "GroupRecovers",
                                   "SuccessorsHeard", "MembersInstalled"};
static_assert(std::size(kEvents) == std::variant_size_v<Event>);
constexpr const char* kActions[] = {"advertise", "install", "announce", "probe",
                                    "remove",    "abandon", "report"};
static_assert(std::size(kActions) == std::variant_size_v<Action>);

Address address_of(std::uint8_t node) {
  return boost::asio::ip::address_v4(0xc0000201U + node);
}

}  // namespace

Node::Node(World& world, std::uint8_t number) : world_(world), number_(number) {
  for (std::size_t router = 0; router < world.scenario().routers; ++router) {
    configs_.push_back(world.scenario().config_of(number, router));
  }
  instances_.reserve(configs_.size());
  socket_.reserve(kSocketHolds);
}

void Node::schedule(Timer::Kind kind, Duration after, std::size_t router) {
  const std::uint32_t life = kind == Timer::Kind::Ready ? main_life_ : life_;
  world_.schedule({kind, number_, static_cast<std::uint8_t>(router), life}, world_.now() + after);
}

// The processes.

void Node::start(Duration after) {
  schedule(Timer::Kind::Start, after);
}

void Node::on(const Timer& timer) {
  const std::size_t router = timer.router;
  switch (timer.kind) {
    case Timer::Kind::LeaseEnd:
      if (kernel_[router].has_address && kernel_[router].lease_ends == world_.now()) {
        lose_address(router);
      }
      return;
    case Timer::Kind::Ready:
      if (timer.life != main_life_) return;
      is_ready_ = true;
      if (is_alive_) command(ReadinessChanged{true});
      return;
    case Timer::Kind::Start:
      if (timer.life != life_) return;
      if (pauses_ > 0) {
        was_start_due_ = true;
      } else {
        spawn();
      }
      return;
    case Timer::Kind::Release:
      if (timer.life != life_) return;
      if (is_releasing_) {
        end_release();
      } else {
        release();
      }
      return;
    case Timer::Kind::Wake:
      if (timer.life != life_ || wake_at_ != world_.now()) return;
      wake_at_.reset();
      turn();
      return;
    case Timer::Kind::Write:
      if (timer.life != life_) return;
      if (pauses_ > 0) {
        was_write_due_ = true;
      } else {
        written();
      }
      return;
    case Timer::Kind::Refresh:
      if (timer.life != life_) return;
      if (pauses_ > 0) {
        was_refresh_due_[router] = true;
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
  is_alive_ = true;
  instances_.clear();
  socket_.clear();
  netlink_.clear();
  answers_.clear();
  channel_.clear();
  writes_.clear();
  wake_at_.reset();
  is_writing_ = was_write_due_ = false;
  keeps_ = {};
  was_refresh_due_ = {};

  const std::size_t count = configs_.size();
  std::array<bool, 2> resumes{};
  for (std::size_t router = 0; router < count; ++router) {
    instances_.emplace_back(configs_[router], world_.scenario().is_grouped);
    const Past past{page_[router].was_master, is_unanswered_[router],
                    page_[router].last_advertisement, kernel_[router].has_address};
    resumes[router] =
        !has_died_twice_ && may_resume(past, configs_[router].advertisement_interval, world_.now());
  }
  if (world_.scenario().is_grouped && !(resumes[0] && resumes[1])) resumes = {};
  for (std::size_t router = 0; router < count; ++router) {
    deliver(router, link_event(router));
  }
  for (std::size_t router = 0; router < count; ++router) {
    const bool is_left = kernel_[router].has_address || page_[router].was_master;
    const Event event = resumes[router] ? Event(Resume{}) : Event(Startup{is_left});
    is_unanswered_[router] = false;
    deliver(router, event);
    schedule(Timer::Kind::Refresh, lease(router) / 3, router);
  }
  if (is_ready_) command(ReadinessChanged{true});
  turn();
}

void Node::die() {
  is_alive_ = false;
  ++life_;
}

void Node::end_process() {
  for (std::size_t router = 0; router < configs_.size(); ++router) {
    is_unanswered_[router] = instances_[router].reason() == Reason::LeftUnanswered;
  }
  die();
  end_main();
  if (start_after_) start(*start_after_);
}

void Node::end_main() {
  page_ = {};
  died_.reset();
  has_died_twice_ = false;
  is_stopping_ = false;
  has_main_ = false;
  ++main_life_;
}

void Node::pause() {
  ++pauses_;
}

void Node::carry_on() {
  if (--pauses_ > 0) return;
  if (std::exchange(was_start_due_, false)) return start(0s);
  if (!is_alive_) return;
  // Engine and writer are two threads.
  const bool is_engine_first = world_.random().percent(50);
  if (is_engine_first) turn();
  if (!is_alive_) return;
  for (std::size_t router = 0; router < configs_.size(); ++router) {
    if (std::exchange(was_refresh_due_[router], false)) refresh(router);
  }
  if (std::exchange(was_write_due_, false)) written();
  if (is_alive_ && !is_engine_first) turn();
}

void Node::set_hogged(int change) {
  hogs_ += change;
  stir();  // and what was late because of it is not any more
}

void Node::kill_vrrp(Duration respawned_after) {
  if (!is_alive_ || pauses_ > 0) return;
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
  if (pauses_ > 0 || is_releasing_) return;
  die();
  end_main();
  is_unanswered_ = {};
  if (is_released) {
    schedule(Timer::Kind::Release, 20ms);
    started_after = std::max<Duration>(started_after, 1s);  // the lock
  }
  start(started_after);
}

void Node::stop(std::optional<Duration> started_after) {
  if (!is_alive_ || is_stopping_) return;
  is_stopping_ = true;
  start_after_ = started_after;
  leave(LeaveFor::Stop);
}

void Node::failover() {
  if (is_alive_ && !is_stopping_) leave(LeaveFor::Failover);
}

void Node::leave(LeaveFor purpose) {
  std::array<const Instance*, 2> members{};
  for (std::size_t i = 0; i < instances_.size(); ++i) members[i] = &instances_[i];
  Leave event{purpose};
  if (world_.scenario().is_grouped) event.at_least = group_leave_limit({members.data(), 2});
  command(event);
}

void Node::recover(bool is_to_run) {
  if (is_alive_) {
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
    if (!kernel_[router].has_address || !kernel_[router].is_linked) continue;
    world_.send(
        {number_, static_cast<std::uint8_t>(router), 0, configs_[router].advertisement_interval});
  }
  schedule(Timer::Kind::Release, kReleaseWaits);
}

void Node::end_release() {
  is_releasing_ = false;
  for (std::size_t router = 0; router < configs_.size(); ++router) remove_address(router);
}

// The engine.

void Node::receive(const Packet& packet) {
  if (!kernel_[packet.router].is_linked) return;
  if (is_releasing_ && packet.priority > 0) remove_address(packet.router);
  if (!is_alive_ || socket_.size() == kSocketHolds) return;
  socket_.push_back({packet, world_.now()});
  stir();
}

void Node::stir() {
  if (!is_running()) return;
  if (hogs_ == 0) return turn();
  wake_at_ = world_.now() + world_.random().between(0s, 2 * configs_[0].advertisement_interval);
  world_.schedule({Timer::Kind::Wake, number_, 0, life_}, *wake_at_);
}

void Node::turn() {
  if (!is_running()) return;
  const auto drain = [this](std::vector<Mail>& box) {
    mail_.swap(box);
    for (const Mail& mail : mail_) deliver(mail.router, mail.event);
    mail_.clear();
  };
  const bool is_netlink_first = world_.random().percent(50);
  if (is_netlink_first) drain(netlink_);
  for (const Received& received : socket_) {
    deliver(received.packet.router,
            Heard{address_of(received.packet.from), received.packet.priority,
                  received.packet.interval, received.at});
  }
  socket_.clear();
  if (!is_netlink_first) drain(netlink_);
  drain(answers_);
  drain(channel_);
  for (std::size_t router = 0; router < instances_.size(); ++router) {
    for (int times = 0;; ++times) {
      const auto deadline = instances_[router].deadline();
      if (!deadline || *deadline > world_.now()) break;
      if (times == 4) return world_.fail("a deadline that stays in the past");
      deliver(router, TimerExpired{});
    }
  }
  const auto is_leaving = [](const Instance& instance) {
    return instance.state() != State::Initialize;
  };
  if (is_stopping_ && channel_.empty() && writes_.empty() &&
      std::none_of(instances_.begin(), instances_.end(), is_leaving)) {
    return end_process();
  }
  arm();
}

void Node::arm() {
  std::optional<TimePoint> first;
  for (const Instance& instance : instances_) {
    const auto deadline = instance.deadline();
    if (deadline && (!first || *deadline < *first)) first = deadline;
  }
  if (!first) return;
  const bool is_late = hogs_ > 0 && world_.random().percent(40);
  const TimePoint at =
      std::max(*first, world_.now()) +
      world_.random().between(0s, is_late ? 2 * configs_[0].advertisement_interval : kWakeUp);
  if (wake_at_ && *wake_at_ > world_.now() && *wake_at_ <= at) return;
  wake_at_ = at;
  world_.schedule({Timer::Kind::Wake, number_, 0, life_}, at);
}

void Node::deliver(std::size_t router, const Event& event) {
  handle(router, event);
  if (!world_.scenario().is_grouped) return;
  const Instance* const members[] = {&instances_[0], &instances_.back()};
  if (instances_.size() < 2) return;
  for (int steps = 0; const auto step = group_step(members); ++steps) {
    if (steps == 20) return world_.fail("a group that never comes to rest");
    handle(step->member, step->event);
  }
}

void Node::handle(std::size_t router, const Event& event) {
  Instance& instance = instances_[router];
  const Actions actions = instance.handle(event, world_.now());
  if (std::ostream* trace = world_.trace()) {
    *trace << std::chrono::duration<double, std::milli>(world_.elapsed()).count() << " node "
           << int{number_} << " router " << router << " " << kEvents[event.index()];
    if (const auto* heard = std::get_if<Heard>(&event)) {
      *trace << " " << heard->source << " " << int{heard->priority};
    }
    *trace << ":";
    for (const Action& action : actions) *trace << " " << kActions[action.index()];
    *trace << " -> " << to_string(instance.state()) << ", " << to_string(instance.reason()) << "\n";
  }
  for (const Action& action : actions) perform(router, action);
  page_[router].was_master = is_serving(router);
  if (std::exchange(was_send_refused_, false)) handle(router, SendRefused{});
}

void Node::perform(std::size_t router, const Action& action) {
  if (const auto* advertisement = std::get_if<SendAdvertisement>(&action)) {
    if (advertisement->priority > 0) page_[router].last_advertisement = world_.now();
    if (refused_sends_ > 0) {
      was_send_refused_ = true;
    } else if (kernel_[router].is_linked) {
      world_.send({number_, static_cast<std::uint8_t>(router), advertisement->priority,
                   instances_[router].config().advertisement_interval});
    }
  } else if (std::holds_alternative<InstallAddresses>(action)) {
    order(router, Order::Install);
  } else if (std::holds_alternative<RemoveAddresses>(action)) {
    order(router, Order::Remove);
  } else if (std::holds_alternative<AbandonAddresses>(action)) {
    order(router, Order::Abandon);
  }
}

void Node::command(const Event& event) {
  if (!is_alive_) return;
  for (std::size_t router = 0; router < configs_.size(); ++router) {
    channel_.push_back({static_cast<std::uint8_t>(router), event});
  }
  stir();
}

void Node::set_priority(std::uint8_t priority) {
  for (InstanceConfig& config : configs_) config.priority = priority;
  command(PriorityChanged{priority});
}

void Node::set_interval(Duration interval) {
  for (std::size_t router = 0; router < configs_.size(); ++router) {
    configs_[router].advertisement_interval = interval;
    if (is_alive_)
      channel_.push_back({static_cast<std::uint8_t>(router), Reconfigured{configs_[router]}});
  }
  stir();
}

// The writer.

void Node::order(std::size_t router, Order order) {
  writes_.push_back({static_cast<std::uint8_t>(router), order});
  if (!is_writing_) start_write();
}

void Node::start_write() {
  is_writing_ = true;
  const Duration longest = slow_writer_ > 0 ? Duration(60ms) : world_.scenario().writer_takes;
  schedule(Timer::Kind::Write, world_.random().between(20us, longest));
}

void Node::written() {
  const Write write = writes_.front();
  writes_.pop_front();
  switch (write.order) {
    case Order::Install:
      if (refused_addresses_ == 0) set_address(write.router, lease(write.router));
      keeps_[write.router] = true;
      kept_[write.router] = world_.now();
      answers_.push_back({write.router, AddressesInstalled{refused_addresses_ > 0}});
      break;
    case Order::Remove:
      remove_address(write.router);
      keeps_[write.router] = false;
      break;
    case Order::Abandon:
      if (kernel_[write.router].has_address) set_address(write.router, kUnansweredLease);
      keeps_[write.router] = false;
      break;
  }
  is_writing_ = false;
  if (!writes_.empty()) start_write();
  stir();
}

/// What has run out is not put back: whether it is still ours only the instance can tell.
void Node::refresh(std::size_t router) {
  if (keeps_[router] && kernel_[router].has_address &&
      world_.now() - kept_[router] < lease(router)) {
    set_address(router, lease(router));
    kept_[router] = world_.now();
  }
  schedule(Timer::Kind::Refresh, lease(router) / 3, router);
}

// The kernel.

Duration Node::lease(std::size_t router) const {
  const InstanceConfig& config = configs_[router];
  return lease_time(config.version, config.priority, config.advertisement_interval);
}

void Node::set_address(std::size_t router, Duration lease) {
  kernel_[router].has_address = true;
  kernel_[router].lease_ends = world_.now() + lease;
  world_.schedule({Timer::Kind::LeaseEnd, number_, static_cast<std::uint8_t>(router), 0},
                  kernel_[router].lease_ends);
}

void Node::remove_address(std::size_t router) {
  kernel_[router].has_address = false;
}

void Node::lose_address(std::size_t router) {
  if (!std::exchange(kernel_[router].has_address, false)) return;
  notice(router, AddressLost{});
}

void Node::notice(std::size_t router, Event event) {
  if (!is_alive_) return;
  netlink_.push_back({static_cast<std::uint8_t>(router), std::move(event)});
  stir();
}

void Node::set_link(std::size_t router, bool is_up) {
  Kernel& kernel = kernel_[router];
  kernel.links_down += is_up ? -1 : 1;
  if (std::exchange(kernel.is_linked, kernel.links_down == 0) != kernel.is_linked) {
    notice(router, link_event(router));
  }
}

Event Node::link_event(std::size_t router) const {
  if (kernel_[router].is_linked) return InterfaceChanged{std::nullopt, address_of(number_)};
  return InterfaceChanged{Reason::InterfaceDown, {}};
}

// What it is.

bool Node::is_serving(std::size_t router) const {
  return is_alive_ && instances_[router].state() == State::Master &&
         !instances_[router].is_leaving();
}

bool Node::is_well(std::size_t router) const {
  return is_running() && kernel_[router].is_linked && hogs_ == 0 && refused_sends_ == 0;
}

bool Node::is_writer_well() const {
  return is_running() && hogs_ == 0 && slow_writer_ == 0 && refused_addresses_ == 0;
}

bool Node::listens_to(const Node& master) const {
  if (!is_running() || is_stopping_) return false;
  return std::all_of(instances_.begin(), instances_.end(), [&](const Instance& instance) {
    return instance.state() == State::Backup &&
           instance.status().master == address_of(master.number_);
  });
}

bool Node::is_leaving() const {
  return is_alive_ && std::any_of(instances_.begin(), instances_.end(),
                                  [](const Instance& instance) { return instance.is_leaving(); });
}

std::uint64_t Node::transitions(std::size_t router) const {
  if (!is_alive_) return 0;
  const InstanceCounters counters = instances_[router].status().counters;
  return counters.became_master + counters.left_master;
}

}  // namespace evenkeel::vrrp::simulator
