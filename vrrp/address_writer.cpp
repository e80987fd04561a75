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

}  // namespace

class AddressWriter::Impl {
 public:
  explicit Impl(RouteSocket socket) : socket_(std::move(socket)) {}

  std::error_code install(int interface_index, const InterfaceAddress& address,
                          std::optional<Duration> lease);
  std::error_code remove(int interface_index, const InterfaceAddress& address);
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
  bool is_ours(const InstalledAddress& address) const {
    const std::pair place(address.interface_index, address.address);
    return has_marks_ ? address.is_ours : ours_.contains(place) || adopted_.contains(place);
  }

 private:
  using Places = std::set<std::pair<int, InterfaceAddress>>;

  std::error_code take_over(const InstalledAddress& there, const InterfaceAddress& address);
  /// What stands where `address` would: over IPv6 an interface has an address once, whatever its
  /// prefix.
  tl::expected<std::optional<InstalledAddress>, std::error_code> find(
      int interface_index, const InterfaceAddress& address);

  RouteSocket socket_;
  Places ours_;             ///< need not be asked about
  Places adopted_;          ///< ours where nothing is marked
  bool has_marks_ = false;  ///< the kernel has shown some IFA_PROTO
};

std::error_code AddressWriter::Impl::install(int interface_index, const InterfaceAddress& address,
                                             std::optional<Duration> lease) {
  // Twice: what was in the way may go while we look at it.
  for (int attempt = 0; attempt < 2 && !ours_.contains({interface_index, address}); ++attempt) {
    const auto error =
        socket_.execute(request_to_add(NLM_F_CREATE | NLM_F_EXCL, interface_index, address, lease));
    if (!error) {
      remember(interface_index, address);
      return {};
    }
    if (error != std::errc::file_exists) return error;
    const auto there = find(interface_index, address);
    if (!there) return there.error();
    if (!*there) continue;
    if (!(*there)->is_ours) return {};
    if (const auto refused = take_over(**there, address)) return refused;
  }
  const auto error = socket_.execute(
      request_to_add(NLM_F_CREATE | NLM_F_REPLACE, interface_index, address, lease));
  if (error) forget(interface_index, address);
  return error;
}

std::error_code AddressWriter::Impl::take_over(const InstalledAddress& there,
                                               const InterfaceAddress& address) {
  if (there.address == address) {
    remember(there.interface_index, address);
    return {};
  }
  return remove(there.interface_index, there.address);
}

tl::expected<std::optional<InstalledAddress>, std::error_code> AddressWriter::Impl::find(
    int interface_index, const InterfaceAddress& address) {
  const auto all = read();
  if (!all) return tl::unexpected(all.error());
  for (const InstalledAddress& each : *all) {
    const bool is_it =
        address.address.is_v6() ? each.address.address == address.address : each.address == address;
    if (each.interface_index == interface_index && is_it) return each;
  }
  return std::nullopt;
}

std::error_code AddressWriter::Impl::remove(int interface_index, const InterfaceAddress& address) {
  if (!ours_.contains({interface_index, address})) {
    const auto there = find(interface_index, address);
    if (!there) return there.error();
    if (!*there || !(*there)->is_ours || (*there)->address != address) return {};
  }
  const auto error = socket_.execute(request_for(RTM_DELADDR, 0, interface_index, address));
  if (error && !is_gone(error)) return error;
  forget(interface_index, address);
  return {};
}

tl::expected<std::vector<InstalledAddress>, std::error_code> AddressWriter::Impl::read() {
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

std::error_code AddressWriter::install(int interface_index, const InterfaceAddress& address,
                                       std::optional<Duration> lease) {
  return impl_->install(interface_index, address, lease);
}

std::error_code AddressWriter::remove(int interface_index, const InterfaceAddress& address) {
  return impl_->remove(interface_index, address);
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

tl::expected<std::vector<InstalledAddress>, std::error_code> AddressWriter::read() {
  return impl_->read();
}

}  // namespace evenkeel::vrrp
