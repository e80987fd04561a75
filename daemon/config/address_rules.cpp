#include "daemon/config/address_rules.h"

#include <boost/asio/ip/address.hpp>
#include <string>

namespace evenkeel::daemon {

std::optional<ipvs::Address> parse_address(std::string_view text) {
  // A zone ("fe80::1%eth0") would make Asio look up the interface: that is IO, and IPVS has no
  // zones. A zero octet would end the text early.
  if (text.size() > 45 || text.find('%') != std::string_view::npos ||
      text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  boost::system::error_code error;
  ipvs::Address address = boost::asio::ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return address;
}

std::optional<std::string_view> why_not_unicast(const ipvs::Address& address) {
  if (address.is_unspecified()) return "the unspecified address";
  if (address.is_multicast()) return "a multicast address";
  if (address.is_v4()) {
    const boost::asio::ip::address_v4 v4 = address.to_v4();
    if (v4 == boost::asio::ip::address_v4::broadcast()) return "the broadcast address";
    if (v4.to_bytes()[0] == 0) return "an address of this network (0.0.0.0/8)";
    return std::nullopt;
  }
  if (address.to_v6().is_link_local()) return "a link-local address";
  if (address.to_v6().is_v4_mapped()) return "an IPv4-mapped address";
  return std::nullopt;
}

ipvs::Family family_of(const ipvs::Address& address) {
  return address.is_v6() ? ipvs::Family::Ipv6 : ipvs::Family::Ipv4;
}

}  // namespace evenkeel::daemon
