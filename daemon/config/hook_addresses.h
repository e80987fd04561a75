// EVENKEEL_ADDRESSES: what hooks of an instance or a sync group are told of the addresses that
// move.
//
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "vrrp/config.h"

namespace evenkeel::daemon {

/// Octets of the variable: some 700 IPv6 addresses of full length, or 2,000 IPv4 addresses. Longer
/// ones are not told at all, because half a list would be a wrong one.
constexpr std::size_t kMaxHookAddresses = 32'768;

/// The addresses that move, advertised or not, with a space between them.
[[nodiscard]] inline std::string hook_addresses(
    const std::vector<vrrp::InterfaceAddress>& addresses) {
  std::string text;
  for (const vrrp::InterfaceAddress& each : addresses) {
    if (!text.empty()) text += ' ';
    text += to_string(each);
  }
  return text;
}

}  // namespace evenkeel::daemon
