// The socket that advertisements come from.
//
// Opened on the writer's thread (joining a group takes the kernel's RTNL lock), used by the
// engine's: nothing here blocks, nor allocates, once it is open. It names an interface by its
// index: when that is created anew, open anew.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>

#include "daemon/os/unique_fd.h"
#include "vrrp/advertisement.h"
#include "vrrp/delivery.h"
#include "vrrp/socket_error.h"

namespace evenkeel::vrrp {

/// Receives: raw, protocol 112, bound to the interface, kernel timestamps, hop limit and
/// destination for IPv6, a receive buffer of 1 MiB; with a filter in the kernel that drops other
/// virtual router IDs. Everything else that is wrong with a packet is the decoder's to say, the
/// IPv6 checksum included: the kernel is not asked to verify it.
class ReceiveSocket {
 public:
  /// `virtual_router_ids`: what the filter lets pass. The unicast source need not be there yet.
  [[nodiscard]] static tl::expected<ReceiveSocket, SocketError> open(
      const Delivery& delivery, std::span<const std::uint8_t> virtual_router_ids);
  /// At a reload: in one step, nothing is lost.
  [[nodiscard]] std::error_code set_filter(std::span<const std::uint8_t> virtual_router_ids);

  /// Out of the multicast group. The interface has gone, and one with its index may have come: the
  /// kernel keeps a socket's memberships by index, and closing this one later would end the new
  /// one's (Linux net/ipv4/igmp.c, ip_mc_drop_socket()).
  void leave(int interface_index);

  struct Packet {
    Datagram datagram;  ///< refers to `buffer`; addresses without a scope ID
    /// The kernel's receive time (CLOCK_REALTIME, SO_TIMESTAMPNS); the engine turns it into ours.
    std::optional<std::chrono::system_clock::time_point> received;
    bool is_truncated = false;
  };
  /// Nothing: none is waiting. No error tells that the interface is gone: nothing comes any more.
  [[nodiscard]] tl::expected<std::optional<Packet>, std::error_code> receive(
      std::span<std::uint8_t> buffer);
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  ReceiveSocket(UniqueFd fd, Family family) : fd_(std::move(fd)), family_(family) {}
  UniqueFd fd_;
  Family family_ = Family::IPv4;
};

}  // namespace evenkeel::vrrp
