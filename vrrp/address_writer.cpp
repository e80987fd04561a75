#include "vrrp/address_writer.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <linux/if_addr.h>
#include <set>
#include <sys/socket.h>
#include <utility>

#include "vrrp/rtnetlink.h"

namespace evenkeel::vrrp {

namespace {

constexpr std::uint32_t kForEver = std::numeric_limits<std::uint32_t>::max();

std::uint32_t whole_seconds(std::optional<Duration> lease) {
  if (!lease) return kForEver;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*lease).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 1, kForEver - 1));
}

/// RTM_NEWADDR or RTM_DELADDR, with all that says which address is meant.
RouteRequest request_for(std::uint16_t type, std::uint16_t flags, int interface_index,
                         const InterfaceAddress& address) {
  const bool is_v6 = address.address.is_v6();
  RouteRequest request(type, flags);
  request.put(ifaddrmsg{.ifa_family = static_cast<std::uint8_t>(is_v6 ? AF_INET6 : AF_INET),
                        .ifa_prefixlen = address.prefix_length,
                        .ifa_flags = static_cast<std::uint8_t>(is_v6 ? IFA_F_NODAD : 0),
                        .ifa_scope = RT_SCOPE_UNIVERSE,
                        .ifa_index = static_cast<std::uint32_t>(interface_index)});
  if (is_v6) {
    const auto octets = address.address.to_v6().to_bytes();
    request.put(IFA_LOCAL, octets);
    request.put(IFA_ADDRESS, octets);
  } else {
    const auto octets = address.address.to_v4().to_bytes();
    request.put(IFA_LOCAL, octets);
    request.put(IFA_ADDRESS, octets);
  }
  return request;
}

RouteRequest request_to_add(std::uint16_t flags, int interface_index,
                            const InterfaceAddress& address, std::optional<Duration> lease) {
  RouteRequest request = request_for(RTM_NEWADDR, flags, interface_index, address);
  ifa_cacheinfo lifetime{};
  lifetime.ifa_valid = whole_seconds(lease);
  lifetime.ifa_prefered = address.address.is_v6() ? 0 : lifetime.ifa_valid;
  std::array<std::uint8_t, sizeof lifetime> octets{};
  std::memcpy(octets.data(), &lifetime, sizeof lifetime);
  request.put(IFA_CACHEINFO, octets);
  request.put(IFA_PROTO, std::array<std::uint8_t, 1>{kAddressProtocol});
  return request;
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
    return request_for(RTM_DELADDR, 0, batch.interface_index, address);
  }
  const int how = batch.steps[which] == Step::Add ? NLM_F_EXCL : NLM_F_REPLACE;
  return request_to_add(static_cast<std::uint16_t>(NLM_F_CREATE | how), batch.interface_index,
                        address, batch.lease);
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
  std::vector<RouteRequest> requests;
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < batch.steps.size(); ++i) {
    if (batch.steps[i] != step) continue;
    requests.push_back(request_of(batch, i));
    asked.push_back(i);
  }
  if (requests.empty()) return;
  const Errors answers = socket_.execute(std::move(requests));
  for (std::size_t answer = 0; answer < answers.size(); ++answer) {
    const std::size_t i = asked[answer];
    batch.errors[i] = answers[answer];
    if (step == Step::Add && answers[answer] == std::errc::file_exists) continue;
    if (step == Step::Remove && is_gone(answers[answer])) batch.errors[i] = {};
    batch.steps[i] = Step::Done;
    const bool is_there = step == Step::Remove ? bool(batch.errors[i]) : !batch.errors[i];
    if (is_there) {
      remember(batch.interface_index, batch.addresses[i]);
    } else {
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
