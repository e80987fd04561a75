#include "vrrp/address_writer.h"

#include <algorithm>
#include <limits>
#include <linux/if_addr.h>
#include <netlink/addr.h>
#include <netlink/attr.h>
#include <netlink/route/addr.h>
#include <new>
#include <set>
#include <sys/socket.h>
#include <utility>

#include "vrrp/route_socket.h"

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

/// All that says which address is meant.
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

/// Addresses on their way, and what each needs next.
struct Batch {
  enum class Step : std::uint8_t { Add, Refresh, Remove, Done };
  int interface_index = 0;
  Addresses addresses;
  std::optional<Duration> lease;
  std::vector<Step> steps = std::vector<Step>(addresses.size(), Step::Done);
  Errors errors = Errors(addresses.size());

  [[nodiscard]] bool has(Step step) const {
    return std::find(steps.begin(), steps.end(), step) != steps.end();
  }
};
using Step = Batch::Step;

RouteRequest request_of(const Batch& batch, std::size_t which) {
  const InterfaceAddress& address = batch.addresses[which];
  if (batch.steps[which] == Step::Remove) {
    return request_to_remove(batch.interface_index, address);
  }
  const int how = batch.steps[which] == Step::Add ? NLM_F_EXCL : NLM_F_REPLACE;
  return request_to_add(NLM_F_CREATE | how, batch.interface_index, address, batch.lease);
}

}  // namespace

class AddressWriter::Impl {
 public:
  explicit Impl(RouteSocket socket) : socket_(std::move(socket)) {}

  Errors install(int interface_index, Addresses addresses, std::optional<Duration> lease);
  Errors remove(int interface_index, Addresses addresses);
  tl::expected<std::vector<InstalledAddress>, std::error_code> read();

  void remember(int interface_index, const InterfaceAddress& address) {
    ours_.emplace(interface_index, address);
  }
  void forget(int interface_index, const InterfaceAddress& address) {
    ours_.erase({interface_index, address});
    adopted_.erase({interface_index, address});
  }
  void adopt(int interface_index, const InterfaceAddress& address) {
    adopted_.emplace(interface_index, address);
  }
  bool has_written(int interface_index, const InterfaceAddress& address) const {
    return ours_.contains({interface_index, address});
  }
  std::uint64_t reads() const { return reads_; }
  bool is_ours(const InstalledAddress& address) const {
    const std::pair place(address.interface_index, address.address);
    return has_marks_ ? address.is_ours : ours_.contains(place) || adopted_.contains(place);
  }

 private:
  using Places = std::set<std::pair<int, InterfaceAddress>>;

  /// The kernel's answers to all that are at this step.
  void execute(Batch& batch, Step step);
  /// What was in the way of those that are still to be added: ours is to be refreshed, somebody's
  /// own is left and counts as done, ours with another prefix length goes first.
  void look(Batch& batch);
  tl::expected<AddressTable, std::error_code> read(int interface_index);

  RouteSocket socket_;
  Places ours_;             ///< need not be asked about
  Places adopted_;          ///< ours where nothing is marked
  bool has_marks_ = false;  ///< the kernel has shown some IFA_PROTO
  std::uint64_t reads_ = 0;
};

void AddressWriter::Impl::execute(Batch& batch, Step step) {
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < batch.steps.size(); ++i) {
    if (batch.steps[i] == step) asked.push_back(i);
  }
  const Errors answers = socket_.execute(
      asked.size(), [&](std::size_t which) { return request_of(batch, asked[which]); });
  for (std::size_t answer = 0; answer < answers.size(); ++answer) {
    const std::size_t i = asked[answer];
    batch.errors[i] = answers[answer];
    if (step == Step::Add && answers[answer] == std::errc::file_exists) continue;
    if (step == Step::Remove && is_gone(answers[answer])) batch.errors[i] = {};
    batch.steps[i] = Step::Done;
    const bool is_there = step == Step::Remove ? bool(batch.errors[i]) : !batch.errors[i];
    if (is_there) {
      remember(batch.interface_index, batch.addresses[i]);
    } else if (step != Step::Refresh || is_gone(answers[answer])) {  // else it is there as it was
      forget(batch.interface_index, batch.addresses[i]);
    }
  }
}

Errors AddressWriter::Impl::install(int interface_index, Addresses addresses,
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

void AddressWriter::Impl::look(Batch& batch) {
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

Errors AddressWriter::Impl::remove(int interface_index, Addresses addresses) {
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

tl::expected<AddressTable, std::error_code> AddressWriter::Impl::read(int interface_index) {
  const auto all = read();
  if (!all) return tl::unexpected(all.error());
  AddressTable table;
  for (const InstalledAddress& each : *all) {
    if (each.interface_index == interface_index) (void)table.put(each);
  }
  return table;
}

tl::expected<std::vector<InstalledAddress>, std::error_code> AddressWriter::Impl::read() {
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
  return AddressWriter(std::make_unique<Impl>(std::move(*socket)));
}

AddressWriter::AddressWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AddressWriter::AddressWriter(AddressWriter&&) noexcept = default;
AddressWriter& AddressWriter::operator=(AddressWriter&&) noexcept = default;
AddressWriter::~AddressWriter() = default;

std::vector<std::error_code> AddressWriter::install(int interface_index,
                                                    std::span<const InterfaceAddress> addresses,
                                                    std::optional<Duration> lease) {
  return impl_->install(interface_index, addresses, lease);
}

std::vector<std::error_code> AddressWriter::remove(int interface_index,
                                                   std::span<const InterfaceAddress> addresses) {
  return impl_->remove(interface_index, addresses);
}

void AddressWriter::forget(int interface_index, const InterfaceAddress& address) {
  impl_->forget(interface_index, address);
}

void AddressWriter::adopt(int interface_index, const InterfaceAddress& address) {
  impl_->adopt(interface_index, address);
}

void AddressWriter::take_up(const InstalledAddress& address) {
  impl_->remember(address.interface_index, address.address);
}

bool AddressWriter::has_written(int interface_index, const InterfaceAddress& address) const {
  return impl_->has_written(interface_index, address);
}

bool AddressWriter::is_ours(const InstalledAddress& address) const {
  return impl_->is_ours(address);
}

std::uint64_t AddressWriter::reads() const {
  return impl_->reads();
}

tl::expected<std::vector<InstalledAddress>, std::error_code> AddressWriter::read() {
  return impl_->read();
}

}  // namespace evenkeel::vrrp
