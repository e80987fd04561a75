#include "vrrp/address_writer.h"

#include <algorithm>
#include <limits>
#include <linux/if_addr.h>
#include <memory>
#include <netlink/addr.h>
#include <netlink/attr.h>
#include <netlink/route/addr.h>
#include <new>
#include <sys/socket.h>
#include <utility>

namespace evenkeel::vrrp {

namespace {

constexpr std::uint32_t kForEver = std::numeric_limits<std::uint32_t>::max();

std::uint32_t whole_seconds(std::optional<Duration> lease) {
  if (!lease) return kForEver;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*lease).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 1, kForEver - 1));
}

struct Release {
  void operator()(nl_addr* address) const { nl_addr_put(address); }
  void operator()(rtnl_addr* address) const { rtnl_addr_put(address); }
};
using AddressObject = std::unique_ptr<rtnl_addr, Release>;

/// The attributes that identify the address.
AddressObject object_of(int interface_index, const InterfaceAddress& address) {
  const auto build = [](int family, const auto& octets) {
    return nl_addr_build(family, octets.data(), octets.size());
  };
  const bool is_v6 = address.address.is_v6();
  const std::unique_ptr<nl_addr, Release> local(
      is_v6 ? build(AF_INET6, address.address.to_v6().to_bytes())
            : build(AF_INET, address.address.to_v4().to_bytes()));
  AddressObject object(rtnl_addr_alloc());
  if (!local || !object) throw std::bad_alloc();
  rtnl_addr_set_ifindex(object.get(), interface_index);
  (void)rtnl_addr_set_local(object.get(), local.get());  // refuses a second family only
  rtnl_addr_set_prefixlen(object.get(), address.prefix_length);
  rtnl_addr_set_flags(object.get(), is_v6 ? IFA_F_NODAD : 0);
  rtnl_addr_set_scope(object.get(), RT_SCOPE_UNIVERSE);  // not the host's only for 127.0.0.0/8
  return object;
}

RouteRequest request_to_add(int flags, int interface_index, const InterfaceAddress& address,
                            std::optional<Duration> lease) {
  const AddressObject object = object_of(interface_index, address);
  const std::uint32_t valid = whole_seconds(lease);
  rtnl_addr_set_valid_lifetime(object.get(), valid);
  rtnl_addr_set_preferred_lifetime(object.get(), address.address.is_v6() ? 0 : valid);
  nl_msg* message = nullptr;
  const int result = rtnl_addr_build_add_request(object.get(), flags, &message);
  RouteRequest request(message);
  // libnl's object knows no IFA_PROTO.
  if (result < 0 || nla_put_u8(message, IFA_PROTO, kAddressProtocol) < 0) throw std::bad_alloc();
  return request;
}

RouteRequest request_to_remove(int interface_index, const InterfaceAddress& address) {
  nl_msg* message = nullptr;
  if (rtnl_addr_build_delete_request(object_of(interface_index, address).get(), 0, &message) < 0) {
    throw std::bad_alloc();
  }
  return RouteRequest(message);
}

bool is_gone(const std::error_code& error) {
  return error == std::errc::address_not_available || error == std::errc::no_such_device;
}

using Addresses = std::span<const InterfaceAddress>;
using Errors = std::vector<std::error_code>;

}  // namespace

enum class AddressWriter::Step : std::uint8_t { Add, Refresh, Remove, Done };

/// Addresses on their way, and what each needs next.
struct AddressWriter::Batch {
  int interface_index = 0;
  Addresses addresses;
  std::optional<Duration> lease;
  std::vector<Step> steps = std::vector<Step>(addresses.size(), Step::Done);
  Errors errors = Errors(addresses.size());

  [[nodiscard]] bool has(Step step) const {
    return std::find(steps.begin(), steps.end(), step) != steps.end();
  }
  [[nodiscard]] RouteRequest request(std::size_t which) const {
    if (steps[which] == Step::Remove) return request_to_remove(interface_index, addresses[which]);
    const int how = steps[which] == Step::Add ? NLM_F_EXCL : NLM_F_REPLACE;
    return request_to_add(NLM_F_CREATE | how, interface_index, addresses[which], lease);
  }
};

void AddressWriter::execute(Batch& batch, Step step) {
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < batch.steps.size(); ++i) {
    if (batch.steps[i] == step) asked.push_back(i);
  }
  const Errors answers =
      socket_.execute(asked.size(), [&](std::size_t which) { return batch.request(asked[which]); });
  for (std::size_t answer = 0; answer < answers.size(); ++answer) {
    const std::size_t i = asked[answer];
    batch.errors[i] = answers[answer];
    if (step == Step::Add && answers[answer] == std::errc::file_exists) continue;
    if (step == Step::Remove && is_gone(answers[answer])) batch.errors[i] = {};
    batch.steps[i] = Step::Done;
    const bool is_there = step == Step::Remove ? bool(batch.errors[i]) : !batch.errors[i];
    if (is_there) {
      ours_.emplace(batch.interface_index, batch.addresses[i]);
    } else if (step != Step::Refresh || is_gone(answers[answer])) {  // else it is there as it was
      forget(batch.interface_index, batch.addresses[i]);
    }
  }
}

Errors AddressWriter::install(int interface_index, Addresses addresses,
                              std::optional<Duration> lease) {
  Batch batch{interface_index, addresses, lease};
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    batch.steps[i] = has_written(interface_index, addresses[i]) ? Step::Refresh : Step::Add;
  }
  execute(batch, Step::Add);
  if (batch.has(Step::Add)) {
    look(batch);
    execute(batch, Step::Add);  // what was in the way may have gone meanwhile
    std::replace(batch.steps.begin(), batch.steps.end(), Step::Add, Step::Refresh);
  }
  execute(batch, Step::Refresh);
  return batch.errors;
}

void AddressWriter::look(Batch& batch) {
  const auto there = read(batch.interface_index);
  for (std::size_t i = 0; i < batch.steps.size(); ++i) {
    if (batch.steps[i] != Step::Add) continue;
    if (!there) {
      batch.errors[i] = there.error();
      batch.steps[i] = Step::Done;
      continue;
    }
    const InstalledAddress* found = there->find(batch.addresses[i]);
    if (found == nullptr) continue;
    if (!found->is_ours) {
      batch.errors[i] = {};
      batch.steps[i] = Step::Done;
    } else if (found->address == batch.addresses[i]) {
      batch.steps[i] = Step::Refresh;
    } else if (const auto refused = remove(batch.interface_index, {&found->address, 1}).front()) {
      batch.errors[i] = refused;
      batch.steps[i] = Step::Done;
    }
  }
}

Errors AddressWriter::remove(int interface_index, Addresses addresses) {
  Batch batch{interface_index, addresses, std::nullopt};
  std::optional<tl::expected<AddressTable, std::error_code>> there;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (!has_written(interface_index, addresses[i])) {
      if (!there) there = read(interface_index);
      if (!*there) {
        batch.errors[i] = there->error();
        continue;
      }
      const InstalledAddress* found = (*there)->find(addresses[i]);
      if (found == nullptr || !found->is_ours || found->address != addresses[i]) continue;
    }
    batch.steps[i] = Step::Remove;
  }
  execute(batch, Step::Remove);
  return batch.errors;
}

tl::expected<AddressTable, std::error_code> AddressWriter::read(int interface_index) {
  const auto all = read();
  if (!all) return tl::unexpected(all.error());
  AddressTable table;
  for (const InstalledAddress& each : *all) {
    if (each.interface_index == interface_index) (void)table.put(each);
  }
  return table;
}

tl::expected<std::vector<InstalledAddress>, std::error_code> AddressWriter::read() {
  ++reads_;
  const auto all = read_addresses(socket_);
  if (!all) return tl::unexpected(all.error());
  has_marks_ = has_marks_ || std::any_of(all->begin(), all->end(),
                                         [](const auto& each) { return each.has_protocol; });
  std::vector<InstalledAddress> out;
  for (const AddressMessage& message : *all) {
    InstalledAddress& each = out.emplace_back(message.address);
    each.is_ours = is_ours(each);
  }
  return out;
}

tl::expected<AddressWriter, std::error_code> AddressWriter::open() {
  auto socket = RouteSocket::open();
  if (!socket) return tl::unexpected(socket.error());
  return AddressWriter(std::move(*socket));
}

void AddressWriter::forget(int interface_index, const InterfaceAddress& address) {
  ours_.erase({interface_index, address});
  adopted_.erase({interface_index, address});
}

bool AddressWriter::is_ours(const InstalledAddress& address) const {
  const std::pair place(address.interface_index, address.address);
  return has_marks_ ? address.is_ours : ours_.contains(place) || adopted_.contains(place);
}

}  // namespace evenkeel::vrrp
