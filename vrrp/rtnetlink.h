// rtnetlink: requests, and the decoding of messages about links and addresses (libnl's messages and
// attributes). The kernel's values are taken as they are, but no length in a message is trusted.
//
// libnl's own objects of addresses and links know neither IFA_PROTO nor alternative names: messages
// are parsed by attributes.
#pragma once

#include <cstdint>
#include <functional>
#include <linux/rtnetlink.h>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vrrp/address_table.h"
#include "vrrp/announcement.h"

struct nl_msg;

namespace evenkeel::vrrp {

constexpr std::uint8_t kAddressProtocol = 112;  ///< IFA_PROTO of what we install

struct MessageDeleter {
  void operator()(nl_msg* message) const;
};
/// Never null.
using RouteRequest = std::unique_ptr<nl_msg, MessageDeleter>;

/// RTM_GETADDR and RTM_GETLINK: for every one of the network namespace.
[[nodiscard]] RouteRequest request_for_addresses();
[[nodiscard]] RouteRequest request_for_links();

using MessageVisitor = std::function<void(const nlmsghdr&)>;
/// Calls `visit` for each message in `octets`, which are aligned to 4.
void for_each_message(std::span<const std::uint8_t> octets, const MessageVisitor& visit);

/// RTM_NEWADDR and RTM_DELADDR.
struct AddressMessage {
  InstalledAddress address;  ///< is_ours: carries our IFA_PROTO
  bool has_protocol = false;
};
[[nodiscard]] std::optional<AddressMessage> decode_address(const nlmsghdr& message);

/// RTM_NEWLINK and RTM_DELLINK. Nothing also for a bridge's notices of its ports, which look alike
/// (ifi_family AF_BRIDGE: RTM_DELLINK there says that the port left the bridge).
struct LinkMessage {
  int index = 0;
  std::string name;
  std::vector<std::string> alternative_names;  ///< altname, Linux 5.5
  bool is_up = false;                          ///< IFF_UP and IFF_RUNNING
  MacAddress mac{};                            ///< zeros: none of 6 octets
  std::uint32_t mtu = 0;                       ///< octets; 0: not said

  friend bool operator==(const LinkMessage&, const LinkMessage&) = default;
};
[[nodiscard]] std::optional<LinkMessage> decode_link(const nlmsghdr& message);

}  // namespace evenkeel::vrrp
