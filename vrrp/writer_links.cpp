// The writer's part about interfaces, and about the status of instances.
#include <algorithm>

#include "vrrp/interface_use.h"
#include "vrrp/writer.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// An instance this fast is not trusted to a thread without real-time priority (README.md).
constexpr Duration kNeedsRealTime = 100ms;

}  // namespace

// Links.

void Writer::receive_links() {
  schedule_.paused = Clock::now();
  if (const auto error = links_.receive()) {
    note(Severity::Error, "cannot read what happens to the interfaces: " + error.message());
    schedule_.retry = Clock::now() + kRetry;  // all is read anew then
  }
  look_at_links();
  flush();
}

void Writer::look_at_links() {
  // Again for what has come while we looked; the rest of a flood is for refresh().
  for (int round = 0; round < 3 && !changed_links_->empty(); ++round) {
    const auto changed = std::exchange(*changed_links_, {});
    send_host_macs();
    judge_interfaces();
    send_gateways();
    for (const auto& [id, managed] : managed_) {
      const auto change = changed.find(managed->config.interface);
      const bool is_its_own = change != changed.end();
      if (!is_its_own && !changed.contains(managed->config.link())) continue;
      pause_if_due();
      look_at(*managed);
      if (is_its_own && change->second) look_for_losses(*managed);
    }
  }
}

void Writer::send_host_macs() {
  std::vector<MacAddress> macs = links_.macs();
  if (macs == posted_.macs) return;
  posted_.macs = macs;
  post(SetHostMacs{std::move(macs)});
}

/// Another interface of the same name may be there already, and be just as usable.
void Writer::follow_link(Managed& managed, const Interface* interface, const Interface* link) {
  const auto index_of = [](const Interface* each) { return each == nullptr ? 0 : each->index; };
  const auto incarnation_of = [](const Interface* each) {
    return each == nullptr ? 0 : each->incarnation;
  };
  const bool is_other_interface = index_of(interface) != managed.interface_index ||
                                  incarnation_of(interface) != managed.incarnation;
  const bool is_other_link =
      index_of(link) != managed.link_index || incarnation_of(link) != managed.link_incarnation;
  if (!is_other_interface && !is_other_link) return;
  if (is_other_interface) addresses_.leave_interface(managed.id);
  if (!managed.problem) {
    managed.problem = Reason::InterfaceMissing;
    tell(managed.id, InterfaceChanged{.problem = managed.problem, .source = managed.source});
  }
  // Others share them, and go on with them where the link is the same.
  if (is_other_link && managed.sockets) {
    managed.sockets->receive.leave(managed.link_index);
    managed.sockets->send.leave(managed.link_index);
    managed.sockets.reset();
  }
  managed.interface_index = index_of(interface);
  managed.incarnation = incarnation_of(interface);
  managed.link_index = index_of(link);
  managed.link_incarnation = incarnation_of(link);
}

void Writer::look_at(Managed& managed) {
  const Interface* interface = links_.find(managed.config.interface);
  const Interface* link =
      managed.config.unicast_interface.empty() ? interface : links_.find(managed.config.unicast_interface);
  Address source;
  std::optional<Reason> problem = problem_of(managed, interface, link, source);
  follow_link(managed, interface, link);
  report_if_changed(managed);
  if (!problem && !managed.sockets) {
    managed.sockets = sockets_for(managed);
    if (!managed.sockets) problem = Reason::SocketRefused;
    if (!managed.sockets) schedule_.retry = Clock::now() + kRetry;
  }
  const SetLink set_link{.id = managed.id,
                         .interface_index = managed.interface_index,
                         .mac = interface == nullptr ? MacAddress{} : interface->mac,
                         .sockets = managed.sockets};
  if (set_link != managed.posted) {
    managed.posted = set_link;
    post(set_link);
  }
  if (problem == managed.problem && source == managed.source) return;
  managed.problem = problem;
  managed.source = source;
  tell(managed.id, InterfaceChanged{.problem = problem, .source = source});
}

std::optional<Reason> Writer::problem_of(const Managed& managed, const Interface* interface,
                                         const Interface* link, Address& source) const {
  const auto found = usable_source(interface, link, managed.config, latest_.addresses);
  if (!found) return found.error();
  source = *found;
  if (!is_real_time_ && managed.config.advertisement_interval < kNeedsRealTime) {
    return Reason::NotRealTime;
  }
  return std::nullopt;
}

std::shared_ptr<Sockets> Writer::sockets_for(const Managed& managed) {
  auto sockets =
      sockets_.get(delivery_of(managed.config, managed.link_index, managed.link_incarnation));
  if (sockets) return std::move(*sockets);
  note(Severity::Error, "instance " + managed.config.name + ": " + to_string(sockets.error()));
  return nullptr;
}

void Writer::update_filters() {
  for (const std::string& problem : sockets_.update_filters()) note(Severity::Error, problem);
}

void Writer::receive_notices() {
  schedule_.paused = Clock::now();
  (void)links_.receive();  // what came of our own writing is no news of others
  for (Notice& notice : engine_.take()) {
    pause_if_due();
    if (const auto* want = std::get_if<WantAddresses>(&notice)) {
      on(*want);
    } else if (auto* changed = std::get_if<StatusChanged>(&notice)) {
      on(*changed);
    } else if (const auto* judged = std::get_if<GatewaysJudged>(&notice)) {
      judge(judged->results);
    } else if (const auto* echo = std::get_if<Echo>(&notice)) {
      if (hooks_.on_echo) hooks_.on_echo(echo->sequence);
    } else if (auto* released = std::get_if<Released>(&notice)) {
      sockets_.release(std::move(released->sockets));
    } else if (const auto* trouble = std::get_if<CannotWait>(&notice)) {
      on(*trouble);
    }
  }
  if (addresses_.has_work() && schedule_.write <= Clock::now()) write_a_slice();
  look_at_links();
  go_on();
  flush();
}

// What the engine tells.

void Writer::on(StatusChanged& notice) {
  Managed* managed = find(notice.id);
  if (managed == nullptr) return;
  managed->has_reported = true;
  report(*managed, std::move(notice.status));
  const InstanceStatus& status = managed->status;
  // There may be a Master elsewhere now, or this one listens no longer.
  if (!addresses_.are_held(managed->id)) addresses_.let_go_of_moved(managed->id);
  if (!managed->failover) return;
  const auto outcome = managed->failover->see(status);
  if (!outcome) return;
  managed->failover.reset();
  if (hooks_.on_failover) hooks_.on_failover(status.name, *outcome);
}

void Writer::on(const CannotWait& notice) {
  note(Severity::Error, "cannot wait for packets: " + notice.error.message() +
                            "; they are looked for every 10 ms instead");
  is_polling_ = true;
  for (const auto& [id, managed] : managed_) report_if_changed(*managed);
}

void Writer::complete(const Managed& managed, InstanceStatus& status) const {
  status.kernel.interface_name = kernel_name(managed);
  status.kernel.has_foreign_address = foreign_address(managed) != nullptr;
  status.kernel.has_refused_address = addresses_.has_refused(managed.id);
  status.kernel.is_polling = is_polling_;
}

void Writer::report_if_changed(Managed& managed) {
  if (!managed.has_reported) return;
  InstanceStatus status = managed.status;
  complete(managed, status);
  if (status != managed.status) report(managed, std::move(status));
}

void Writer::report(Managed& managed, InstanceStatus status) {
  complete(managed, status);
  const InstanceStatus before = std::exchange(managed.status, std::move(status));
  if (managed.status.kernel.has_foreign_address && !before.kernel.has_foreign_address) {
    const InstalledAddress* foreign = foreign_address(managed);
    // No command that removes it: it may be the address by which the host is reached.
    note(Severity::Warning,
         "instance " + managed.config.name + ": " + to_string(foreign->address) + " is on " +
             managed.config.interface + ", and evenkeel has not put it there: it stays, whoever " +
             "is master; if it is this host's own, choose another virtual address, and if it is " +
             "left over from another program, remove it by hand");
  }
  if (hooks_.on_note) {
    for (const Note& each : notes(before, managed.status, managed.config)) hooks_.on_note(each);
  }
  if (hooks_.on_status) hooks_.on_status(managed.status);
}

/// "": the name is the configured one, or the interface is missing.
std::string Writer::kernel_name(const Managed& managed) const {
  const Interface* interface = links_.find(managed.config.interface);
  const bool is_other = interface != nullptr && interface->name != managed.config.interface;
  return is_other ? interface->name : "";
}

/// With any prefix length; nullptr: none. An owner's are the host's own.
const InstalledAddress* Writer::foreign_address(const Managed& managed) const {
  const Interface* interface = links_.find(managed.config.interface);
  if (interface == nullptr || managed.config.priority == kOwnerPriority) return nullptr;
  const auto& ours = managed.addresses;
  for (const auto& [order, each] : interface->addresses.unmarked()) {
    const bool is_virtual = std::binary_search(ours.begin(), ours.end(), each.address.address);
    if (is_virtual && !addresses_.kernel().is_ours(each)) return &each;
  }
  return nullptr;
}

}  // namespace evenkeel::vrrp
