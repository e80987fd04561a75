// Warnings about a configuration that does not seem to fit this host. Never errors: the host may
// change before the configuration comes into force.
//
// Pure: the caller reads the host's interfaces and limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "vrrp/config.h"

namespace evenkeel::daemon {

struct HostInterface {
  std::string name;
  std::vector<std::string> alternative_names;
  bool is_up = false;     ///< while false, its addresses may still be missing
  std::uint32_t mtu = 0;  ///< octets; 0: not known
  std::vector<vrrp::InterfaceAddress> addresses;  ///< as they are there: with their prefix length
};

struct Host {
  std::vector<HostInterface> interfaces;
  std::size_t descriptor_limit = 0;  ///< that a process of ours can have; 0 = not known
};

/// Sentences: "instance web: ...". An interface that is missing draws no warning.
[[nodiscard]] std::vector<std::string> host_warnings(const vrrp::Config& config, const Host& host);

/// "the network address" or "the broadcast address" of the network that the prefix length makes;
/// "": neither. In IPv6 the address whose host part is zero belongs to every router (RFC 4291
/// 2.6.1).
[[nodiscard]] std::string_view not_a_hosts_address(const vrrp::Address& address,
                                                   std::uint8_t prefix_length);

}  // namespace evenkeel::daemon
