#include "daemon/config/vrrp_values.h"

#include <algorithm>
#include <charconv>

#include "daemon/config/address_rules.h"

namespace evenkeel::daemon {

using namespace std::chrono_literals;

namespace {

constexpr vrrp::Duration kMinV3Interval = 10ms, kMaxV3Interval = 40'950ms, kV3Step = 10ms;
constexpr vrrp::Duration kMinV2Interval = 1s, kMaxV2Interval = 255s, kV2Step = 1s;

}  // namespace

vrrp::AnnouncementSchedule default_announcements() {
  return {.at = {0s, 50ms, 250ms, 1s, 5s}, .refresh = 60s};
}

bool is_advertisement_interval(vrrp::Version version, vrrp::Duration interval) {
  if (version == vrrp::Version::V2) {
    return interval >= kMinV2Interval && interval <= kMaxV2Interval &&
           interval % kV2Step == vrrp::Duration::zero();
  }
  return interval >= kMinV3Interval && interval <= kMaxV3Interval &&
         interval % kV3Step == vrrp::Duration::zero();
}

std::string_view advertisement_interval_range(vrrp::Version version) {
  return version == vrrp::Version::V2 ? "1s .. 255s in whole seconds (version 2)"
                                      : "10ms .. 40950ms in steps of 10ms (version 3)";
}

bool is_vrrp_password(std::string_view text) {
  return text.size() <= kMaxPassword &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::optional<vrrp::InterfaceAddress> parse_interface_address(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const std::uint8_t whole = address->is_v6() ? 128 : 32;
  if (slash == std::string_view::npos) {
    return vrrp::InterfaceAddress{.address = *address, .prefix_length = whole};
  }
  const std::string_view digits = text.substr(slash + 1);
  const char* const end = digits.data() + digits.size();
  std::uint8_t length = 0;
  const auto [rest, error] = std::from_chars(digits.data(), end, length);
  if (error != std::errc{} || rest != end || length > whole || digits.front() == '0') {
    return std::nullopt;
  }
  return vrrp::InterfaceAddress{.address = *address, .prefix_length = length};
}

std::optional<std::string_view> why_not_virtual(const vrrp::Address& address) {
  if (address.is_loopback()) return "a loopback address";
  if (address.is_v6() && address.to_v6().is_link_local()) return std::nullopt;
  return why_not_unicast(address);
}

bool is_neighbour_address(std::string_view text) {
  const auto address = parse_address(text);
  return address && !why_not_virtual(*address);
}

std::size_t most_virtual_addresses(vrrp::Family family) {
  // IPv4: the count is one octet. IPv6: (1500 - 40 of header - 8 of VRRP) / 16.
  return family == vrrp::Family::IPv6 ? 90 : vrrp::kMaxVirtualAddresses;
}

}  // namespace evenkeel::daemon
