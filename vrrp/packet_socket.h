// The sockets that VRRP speaks on: one to receive and one to send for each (interface, family,
// delivery), one for frames.
//
// Opened on the writer's thread (joining a group takes the kernel's RTNL lock), used by the
// engine's: nothing here blocks, nor allocates, once it is open. They name an interface by its
// index: when it is created anew, open anew.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "vrrp/advertisement.h"
#include "vrrp/announcement.h"
#include "vrrp/types.h"
#include "vrrp/unique_fd.h"

namespace evenkeel::vrrp {

/// What a socket hears: the group on an interface, or what is sent to one address of ours.
struct Delivery {
  std::string interface;
  int interface_index = 0;
  Family family = Family::IPv4;
  std::optional<Address> unicast_source;  ///< nothing = multicast

  friend auto operator<=>(const Delivery&, const Delivery&) = default;
};

/// The error of opening: what was being done, and the kernel's word.
struct SocketError {
  std::string doing;  ///< "join 224.0.0.18 on eth0"
  std::error_code error;
};
[[nodiscard]] std::string to_string(const SocketError& error);

/// Receives (vrrp.md 2.1): raw, protocol 112, bound to the interface, kernel timestamps, hop limit
/// and destination for IPv6, SO_RCVBUF of 256 KiB at least; with a filter in the kernel that lets
/// only our versions and virtual router IDs pass.
class ReceiveSocket {
 public:
  /// `virtual_router_ids`: what the filter lets pass.
  [[nodiscard]] static tl::expected<ReceiveSocket, SocketError> open(
      const Delivery& delivery, std::span<const std::uint8_t> virtual_router_ids);
  /// At a reload.
  [[nodiscard]] std::error_code set_filter(Family family,
                                           std::span<const std::uint8_t> virtual_router_ids);

  struct Packet {
    Datagram datagram;  ///< refers to `buffer`
    /// The kernel's receive time (CLOCK_REALTIME, SO_TIMESTAMPNS); the engine turns it into ours.
    std::optional<std::chrono::system_clock::time_point> received;
    bool is_truncated = false;
  };
  /// Nothing: none is waiting. An error (ENODEV: the interface is gone) is told once a call.
  [[nodiscard]] tl::expected<std::optional<Packet>, std::error_code> receive(
      std::span<std::uint8_t> buffer);
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  ReceiveSocket(UniqueFd fd, Family family, Address destination);
  UniqueFd fd_;
  Family family_ = Family::IPv4;
};

/// Sends: IPv4 with our own header (IP_HDRINCL), IPv6 with hop limit 255, traffic class 0xC0 and
/// the source pinned for each packet. Receives nothing.
class SendSocket {
 public:
  [[nodiscard]] static tl::expected<SendSocket, SocketError> open(const Delivery& delivery);
  [[nodiscard]] std::error_code send(std::span<const std::uint8_t> octets, const Address& source,
                                     const Address& destination);

 private:
  explicit SendSocket(UniqueFd fd, Delivery delivery);
  UniqueFd fd_;
  Delivery delivery_;
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

/// Hears who claims an address on one interface: ARP, and neighbour advertisements (a filter in the
/// kernel lets nothing else pass). Open only while an answer is awaited.
class ClaimSocket {
 public:
  [[nodiscard]] static tl::expected<ClaimSocket, SocketError> open(int interface_index);
  /// Nothing: none is waiting; frames of our own are left out.
  [[nodiscard]] std::optional<Claim> receive();
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  explicit ClaimSocket(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace evenkeel::vrrp
