#include "vrrp/rtnetlink.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <linux/if_addr.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <new>
#include <sys/socket.h>
#include <utility>

#include "vrrp/address_key.h"

namespace evenkeel::vrrp {

namespace {

using Octets = std::span<const std::uint8_t>;

/// With a fixed part (ifaddrmsg, ifinfomsg); room for small attributes is left.
template <class Fixed>
RouteRequest request_of(int type, Fixed fixed) {
  RouteRequest request(nlmsg_alloc_simple(type, 0));
  if (!request || nlmsg_append(request.get(), &fixed, sizeof fixed, NLMSG_ALIGNTO) < 0) {
    throw std::bad_alloc();
  }
  return request;
}

/// libnl reads only, but its parameters are not const.
nlmsghdr* unconst(const nlmsghdr& message) {
  return const_cast<nlmsghdr*>(&message);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

/// The fixed part, and the attributes by type: nullptr where there is none, the last where there
/// are several. Nothing: the message is too short for the fixed part.
template <class Fixed, std::size_t kTypes>
std::optional<Fixed> parse(const nlmsghdr& message, std::array<nlattr*, kTypes>& attributes) {
  if (nlmsg_parse(unconst(message), sizeof(Fixed), attributes.data(), kTypes - 1, nullptr) < 0) {
    return std::nullopt;
  }
  Fixed fixed{};
  std::memcpy(&fixed, nlmsg_data(&message), sizeof fixed);
  return fixed;
}

Octets octets_of(const nlattr* attribute) {
  return {static_cast<const std::uint8_t*>(nla_data(attribute)),
          static_cast<std::size_t>(nla_len(attribute))};
}

/// Up to its zero.
std::string text_in(const nlattr* attribute) {
  const Octets octets = octets_of(attribute);
  return {octets.begin(), std::find(octets.begin(), octets.end(), 0)};
}

template <class Number>
Number number_in(const nlattr* attribute) {
  Number number = 0;
  if (octets_of(attribute).size() >= sizeof number) nla_memcpy(&number, attribute, sizeof number);
  return number;
}

std::optional<Address> address_in(const nlattr* attribute, std::uint8_t family) {
  if (attribute == nullptr) return std::nullopt;
  const Octets octets = octets_of(attribute);
  const bool is_whole =
      (family == AF_INET && octets.size() == 4) || (family == AF_INET6 && octets.size() == 16);
  return is_whole ? std::optional(address_of(octets)) : std::nullopt;
}

std::vector<std::string> alternative_names_in(const nlattr* list) {
  std::vector<std::string> names;
  const nlattr* each = nullptr;
  int left = 0;
  nla_for_each_nested(each, list, left) {
    if (nla_type(each) == IFLA_ALT_IFNAME) names.push_back(text_in(each));
  }
  return names;
}

}  // namespace

void MessageDeleter::operator()(nl_msg* message) const {
  nlmsg_free(message);
}

RouteRequest request_for_addresses() {
  return request_of(RTM_GETADDR, ifaddrmsg{.ifa_family = AF_UNSPEC});
}

RouteRequest request_for_links() {
  RouteRequest request = request_of(RTM_GETLINK, ifinfomsg{.ifi_family = AF_UNSPEC});
  if (nla_put_u32(request.get(), IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS) < 0) {
    throw std::bad_alloc();
  }
  return request;
}

void for_each_message(Octets octets, const MessageVisitor& visit) {
  int left = static_cast<int>(octets.size());
  const auto* message = reinterpret_cast<const nlmsghdr*>(octets.data());
  // Below zero: the last message lacks its padding.
  while (left > 0 && nlmsg_ok(message, left) != 0) {
    visit(*message);
    message = nlmsg_next(unconst(*message), &left);
  }
}

std::optional<AddressMessage> decode_address(const nlmsghdr& message) {
  std::array<nlattr*, IFA_MAX + 1> attributes{};
  const auto fixed = parse<ifaddrmsg>(message, attributes);
  if (!fixed) return std::nullopt;
  // Of a point-to-point link IFA_ADDRESS is the other end's.
  const nlattr* local = attributes[IFA_LOCAL];
  const auto address =
      address_in(local != nullptr ? local : attributes[IFA_ADDRESS], fixed->ifa_family);
  if (!address) return std::nullopt;
  std::uint32_t flags = fixed->ifa_flags;
  if (attributes[IFA_FLAGS] != nullptr) flags = number_in<std::uint32_t>(attributes[IFA_FLAGS]);
  AddressMessage out;
  if (attributes[IFA_PROTO] != nullptr) {
    out.has_protocol = true;
    out.address.is_ours = number_in<std::uint8_t>(attributes[IFA_PROTO]) == kAddressProtocol;
  }
  out.address.interface_index = static_cast<int>(fixed->ifa_index);
  out.address.address = {*address, fixed->ifa_prefixlen};
  // IFA_F_SECONDARY means something else over IPv6: temporary.
  out.address.is_secondary = fixed->ifa_family == AF_INET && (flags & IFA_F_SECONDARY) != 0;
  out.address.is_tentative = (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) != 0;
  return out;
}

std::optional<LinkMessage> decode_link(const nlmsghdr& message) {
  std::array<nlattr*, IFLA_MAX + 1> attributes{};
  const auto fixed = parse<ifinfomsg>(message, attributes);
  if (!fixed || fixed->ifi_family != AF_UNSPEC) return std::nullopt;
  LinkMessage out;
  out.index = fixed->ifi_index;
  out.is_up = (fixed->ifi_flags & IFF_UP) != 0 && (fixed->ifi_flags & IFF_RUNNING) != 0;
  if (const nlattr* name = attributes[IFLA_IFNAME]) out.name = text_in(name);
  if (const nlattr* list = attributes[IFLA_PROP_LIST]) {
    out.alternative_names = alternative_names_in(list);
  }
  if (const nlattr* mac = attributes[IFLA_ADDRESS]) {
    const Octets octets = octets_of(mac);
    if (octets.size() == out.mac.size()) std::copy(octets.begin(), octets.end(), out.mac.begin());
  }
  if (const nlattr* mtu = attributes[IFLA_MTU]) {
    if (octets_of(mtu).size() == sizeof out.mtu) out.mtu = nla_get_u32(mtu);
  }
  return out;
}

}  // namespace evenkeel::vrrp
