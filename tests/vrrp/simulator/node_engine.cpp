// The vrrp process of a node: its engine and its writer; and the kernel that they talk to.
#include <algorithm>
#include <array>
#include <ostream>

#include "node.h"
#include "vrrp/sync_group.h"
#include "world.h"

namespace evenkeel::vrrp::simulator {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSocketHolds = 32;

/// As Router::judge() does.
Heard heard(const Packet& packet, const InstanceConfig& config, AddressBits left_with,
            TimePoint at) {
  static constexpr std::array<std::uint8_t, 8> kOctets{192, 0, 2, 10, 192, 0, 2, 20};
  const AddressBits ours = advertised_bits(config);
  const bool is_common = (packet.list & (bits_of(config) | left_with)) != 0;
  return {.source = address_of(packet.from),
          .priority = packet.priority,
          .interval = packet.interval,
          .at = at,
          .list = packet.list == ours ? ListMatch::Same
                  : is_common         ? ListMatch::Common
                                      : ListMatch::Foreign,
          .addresses = std::span(kOctets).subspan(packet.list == kSecond ? 4 : 0,
                                                  packet.list == (kFirst | kSecond) ? 8 : 4)};
}

constexpr const char* kEvents[] = {"Startup",
                                   "Resume",
                                   "ResumeLeaving",
                                   "Leave",
                                   "Heard",
                                   "TimerExpired",
                                   "AddressesInstalled",
                                   "AddressLost",
                                   "TracksJudged",
                                   "ReadinessChanged",
                                   "HoldChanged",
                                   "InterfaceChanged",
                                   "SendRefused",
                                   "AddressConflicted",
                                   "VirtualAddressesInstalled",
                                   "Reconfigured",
                                   "GroupJudged",
                                   "GroupTakesOver",
                                   "GroupStepsDown",
                                   "GroupFails",
                                   "GroupRecovers",
                                   "SuccessorsHeard",
                                   "MembersInstalled",
                                   "MemberReasserted"};
static_assert(std::size(kEvents) == std::variant_size_v<Event>);
constexpr const char* kActions[] = {"advertise", "install", "announce", "probe",
                                    "remove",    "abandon", "report"};
static_assert(std::size(kActions) == std::variant_size_v<Action>);

}  // namespace

// The engine.

void Node::receive(const Packet& packet) {
  if (!kernel_[packet.router].is_linked) return;
  if (is_releasing_ && packet.priority > 0) remove_address(packet.router);
  if (!process_.is_alive) return;
  if (process_.socket.size() == kSocketHolds) {
    overflowed_at_ = world_.now();
    return;
  }
  received_at_ = world_.now();
  process_.socket.push_back({packet, received_at_});
  stir();
}

void Node::stir() {
  if (!is_running()) return;
  if (faults_.hogs == 0) return turn();
  process_.wake_at =
      world_.now() + world_.random().between(0s, 2 * configs_[0].advertisement_interval);
  world_.schedule({Timer::Kind::Wake, number_, 0, life_}, *process_.wake_at);
}

void Node::turn() {
  if (!is_running()) return;
  const auto drain = [this](std::vector<Mail>& box) {
    process_.mail.swap(box);
    for (const Mail& mail : process_.mail) deliver(mail.router, mail.event);
    process_.mail.clear();
  };
  const bool is_netlink_first = world_.random().percent(50);
  if (is_netlink_first) drain(process_.netlink);
  for (const Received& received : process_.socket) {
    const std::uint8_t router = received.packet.router;
    deliver(router, heard(received.packet, process_.instances[router].config(),
                          process_.left_with[router], received.at));
  }
  process_.socket.clear();
  if (!is_netlink_first) drain(process_.netlink);
  drain(process_.answers);
  drain(process_.channel);
  drain(process_.conflicts);
  for (std::size_t router = 0; router < process_.instances.size(); ++router) {
    for (int times = 0;; ++times) {
      const auto deadline = process_.instances[router].deadline();
      if (!deadline || *deadline > world_.now()) break;
      if (times == 4) return world_.fail("a deadline that stays in the past");
      deliver(router, TimerExpired{});
    }
  }
  const auto is_leaving = [](const Instance& instance) {
    return instance.state() != State::Initialize;
  };
  if (is_stopping_ && process_.channel.empty() && process_.writes.empty() &&
      std::none_of(process_.instances.begin(), process_.instances.end(), is_leaving)) {
    return end_process();
  }
  arm();
}

void Node::arm() {
  std::optional<TimePoint> first;
  for (const Instance& instance : process_.instances) {
    const auto deadline = instance.deadline();
    if (deadline && (!first || *deadline < *first)) first = deadline;
  }
  if (!first) return;
  const bool is_late = faults_.hogs > 0 && world_.random().percent(40);
  const TimePoint at =
      std::max(*first, world_.now()) +
      world_.random().between(0s, is_late ? 2 * configs_[0].advertisement_interval : kWakeUp);
  if (process_.wake_at && *process_.wake_at > world_.now() && *process_.wake_at <= at) return;
  process_.wake_at = at;
  world_.schedule({Timer::Kind::Wake, number_, 0, life_}, at);
}

void Node::deliver(std::size_t router, const Event& event) {
  handle(router, event);
  if (!world_.scenario().is_grouped) return;
  const Instance* const members[] = {&process_.instances[0], &process_.instances.back()};
  if (process_.instances.size() < 2) return;
  for (int steps = 0; const auto step = group_step(members); ++steps) {
    if (steps == 20) return world_.fail("a group that never comes to rest");
    handle(step->member, step->event);
  }
}

void Node::handle(std::size_t router, const Event& event) {
  Instance& instance = process_.instances[router];
  const AddressBits before = bits_of(instance.config());
  const Actions actions = instance.handle(event, world_.now());
  const unsigned left_with = process_.left_with[router] | before;
  process_.left_with[router] = instance.is_leaving() ? static_cast<AddressBits>(left_with) : 0;
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
  page_[router].state = instance.reason() == Reason::LeftUnanswered ? PageState::LeftUnanswered
                        : instance.state() != State::Master         ? PageState::NotMaster
                        : instance.is_leaving()                     ? PageState::Leaving
                                                                    : PageState::Master;
  page_[router].is_held = instance.is_held();
  if (std::exchange(process_.was_send_refused, false)) handle(router, SendRefused{});
}

void Node::perform(std::size_t router, const Action& action) {
  if (const auto* advertisement = std::get_if<SendAdvertisement>(&action)) {
    // What nobody can have heard is no sign of life.
    if (faults_.refused_sends > 0) {
      process_.was_send_refused = true;
      return;
    }
    page_[router].last_advertisement = world_.now();
    if (kernel_[router].is_linked) {
      world_.send({number_, static_cast<std::uint8_t>(router), advertisement->priority,
                   process_.instances[router].config().advertisement_interval,
                   advertised_bits(process_.instances[router].config())});
    }
  } else if (std::holds_alternative<InstallAddresses>(action)) {
    order(router, Order::Install);
  } else if (std::holds_alternative<RemoveAddresses>(action)) {
    order(router, Order::Remove);
  } else if (std::holds_alternative<AnnounceAddresses>(action)) {
    if (kernel_[router].is_linked) world_.announce(number_, router);
  } else if (std::holds_alternative<AbandonAddresses>(action)) {
    order(router, Order::Abandon);
  } else if (std::holds_alternative<ProbeAddresses>(action)) {
    if (kernel_[router].is_linked) world_.probe(number_, router);
  }
}

void Node::hear_conflict(std::size_t router) {
  if (!process_.is_alive || !process_.instances[router].awaits_conflicts()) return;
  process_.conflicts.push_back({static_cast<std::uint8_t>(router), AddressConflicted{}});
  stir();
}

void Node::command(const Event& event) {
  if (!process_.is_alive) return;
  for (std::size_t router = 0; router < configs_.size(); ++router) {
    process_.channel.push_back({static_cast<std::uint8_t>(router), event});
  }
  stir();
}

void Node::set_priority(std::uint8_t priority) {
  for (InstanceConfig& config : configs_) config.priority = priority;
  reconfigure();
}

void Node::set_interval(Duration interval) {
  for (InstanceConfig& config : configs_) config.advertisement_interval = interval;
  reconfigure();
}

void Node::reconfigure() {
  for (std::size_t router = 0; router < configs_.size(); ++router) {
    if (process_.is_alive)
      process_.channel.push_back(
          {static_cast<std::uint8_t>(router),
           Reconfigured{configs_[router], world_.scenario().nodes[number_].group_tracks}});
  }
  stir();
}

void Node::set_list(AddressBits list) {
  for (std::size_t router = 0; router < configs_.size(); ++router) {
    configs_[router].virtual_addresses = addresses_of(list, router);
  }
  reconfigure();
}

void Node::judge(std::size_t router, const TracksJudged& result) {
  results_.push_back({static_cast<std::uint8_t>(router), result});
  if (!process_.is_alive) return;
  process_.channel.push_back(results_.back());
  stir();
}

// The writer.

void Node::order(std::size_t router, Order order) {
  process_.writes.push_back({static_cast<std::uint8_t>(router), order});
  if (!process_.is_writing) start_write();
}

void Node::start_write() {
  process_.is_writing = true;
  const Duration longest =
      faults_.slow_writer > 0 ? Duration(60ms) : world_.scenario().writer_takes;
  schedule(Timer::Kind::Write, world_.random().between(20us, longest));
}

void Node::written() {
  const Write write = process_.writes.front();
  process_.writes.pop_front();
  switch (write.order) {
    case Order::Install:
      if (faults_.refused_addresses == 0) {
        set_addresses(write.router, bits_of(configs_[write.router]), lease(write.router));
      }
      process_.keeps[write.router] = true;
      process_.kept[write.router] = world_.now();
      process_.answers.push_back(
          {write.router,
           AddressesInstalled{faults_.refused_addresses > 0 ? Installed::None : Installed::All}});
      break;
    case Order::Remove:
      remove_address(write.router);
      process_.keeps[write.router] = false;
      break;
    case Order::Abandon:
      if (has_address(write.router)) {
        set_addresses(write.router, addresses(write.router), kUnansweredLease);
      }
      process_.keeps[write.router] = false;
      break;
  }
  process_.is_writing = false;
  if (!process_.writes.empty()) start_write();
  stir();
}

/// What has run out is not put back: whether it is still ours only the instance can tell.
void Node::refresh(std::size_t router) {
  if (process_.keeps[router] && has_address(router) &&
      world_.now() - process_.kept[router] < lease(router)) {
    set_addresses(router, addresses(router), lease(router));
    process_.kept[router] = world_.now();
  }
  schedule(Timer::Kind::Refresh, lease(router) / 3, router);
}

// The kernel.

Duration Node::lease(std::size_t router) const {
  if (!world_.scenario().address_lease) return std::chrono::hours(1000);
  const InstanceConfig& config = configs_[router];
  return lease_time(config.version, config.priority, config.advertisement_interval);
}

void Node::set_addresses(std::size_t router, AddressBits addresses, Duration lease) {
  kernel_[router].addresses = addresses;
  kernel_[router].lease_ends = world_.now() + lease;
  world_.schedule({Timer::Kind::LeaseEnd, number_, static_cast<std::uint8_t>(router), 0},
                  kernel_[router].lease_ends);
}

void Node::remove_address(std::size_t router) {
  if (std::exchange(kernel_[router].addresses, AddressBits{0}) == 0) return;
  world_.dropped(number_, router);
}

void Node::lose_address(std::size_t router) {
  if (std::exchange(kernel_[router].addresses, AddressBits{0}) == 0) return;
  notice(router, AddressLost{});
}

void Node::notice(std::size_t router, Event event) {
  if (!process_.is_alive) return;
  process_.netlink.push_back({static_cast<std::uint8_t>(router), std::move(event)});
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

}  // namespace evenkeel::vrrp::simulator
