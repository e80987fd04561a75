// The sockets that VRRP speaks on: one to receive and one to send for each (interface, family,
// delivery), one for frames.
//
// Opened on the writer's thread (joining a group takes the kernel's RTNL lock), used by the
// engine's: nothing here blocks, nor allocates, once it is open. They name an interface by its
// index: when it is created anew, open anew.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/os/unique_fd.h"
#include "vrrp/advertisement.h"
#include "vrrp/announcement.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

/// What a socket hears: the group on an interface, or what is sent to one address of ours.
struct Delivery {
  std::string interface;
  int interface_index = 0;
  std::uint64_t incarnation = 0;  ///< of the interface: the sockets of an earlier one are deaf
  Family family = Family::IPv4;
  std::optional<Address> unicast_source;  ///< nothing = multicast

  friend std::weak_ordering operator<=>(const Delivery&, const Delivery&) = default;
};

/// The error of opening: what was being done, and the kernel's word.
struct SocketError {
  std::string doing;  ///< "join 224.0.0.18 on eth0"
  std::error_code error;
};
[[nodiscard]] std::string to_string(const SocketError& error);

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

/// Sends: IPv4 with our own header (IP_HDRINCL), IPv6 with hop limit 255, traffic class 0xC0 and
/// the source pinned for each packet. Receives nothing.
class SendSocket {
 public:
  [[nodiscard]] static tl::expected<SendSocket, SocketError> open(const Delivery& delivery);
  /// EPERM: a firewall rule; ENODEV: the interface is gone; ENETUNREACH: it is down; EINVAL over
  /// IPv6: the source is no address of the interface (any more), or still tentative. `source`:
  /// ignored over IPv4, the header has it.
  [[nodiscard]] std::error_code send(std::span<const std::uint8_t> octets, const Address& source,
                                     const Address& destination);
  /// As ReceiveSocket::leave(): by unicast this one is in the group.
  void leave(int interface_index);

 private:
  SendSocket(UniqueFd fd, Family family, int interface_index)
      : fd_(std::move(fd)), family_(family), interface_index_(interface_index) {}
  UniqueFd fd_;
  Family family_ = Family::IPv4;
  int interface_index_ = 0;
};

/// Sends whole Ethernet frames on any interface (AF_PACKET, protocol 0: receives nothing).
class FrameSocket {
 public:
  [[nodiscard]] static tl::expected<FrameSocket, SocketError> open();
  [[nodiscard]] std::error_code send(int interface_index, const Frame& frame);

 private:
  explicit FrameSocket(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace evenkeel::vrrp
