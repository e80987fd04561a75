// Filters that the kernel runs on a packet before it queues it on one of our sockets (classic BPF).
#pragma once

#include <cstdint>
#include <linux/filter.h>
#include <span>
#include <system_error>
#include <vector>

#include "vrrp/types.h"

namespace evenkeel::vrrp {

using SocketFilter = std::vector<sock_filter>;

/// On a raw socket: drops packets for other virtual router IDs, and no others. Packets that are too
/// short to have an ID, and those with ID 0, pass: the decoder counts malformed ones by reason.
/// At most 40 instructions, whatever the number of IDs.
[[nodiscard]] SocketFilter virtual_router_filter(Family family,
                                                 std::span<const std::uint8_t> virtual_router_ids);
/// On a packet socket: passes ARP and neighbour advertisements that are not for another host.
[[nodiscard]] SocketFilter conflict_filter();
/// On a packet socket: passes ARP replies that are for this host or for all, and neighbour
/// advertisements that are for this host.
[[nodiscard]] SocketFilter gateway_filter();
/// On a packet socket without link-layer headers (SOCK_DGRAM), bound to IPv4 or IPv6: passes VRRP
/// that is meant for this host, and no later fragments of IPv4.
[[nodiscard]] SocketFilter advertisement_filter(Family family);
[[nodiscard]] SocketFilter drop_all_filter();

/// Replaces the one before.
[[nodiscard]] std::error_code attach_filter(int fd, const SocketFilter& filter);

}  // namespace evenkeel::vrrp
