// Receives every VRRP packet that reaches this host, on any interface, for any virtual router and
// by any delivery, before a firewall can drop it: two packet sockets (AF_PACKET), for IPv4 and
// IPv6, with a filter in the kernel.
//
// Its packets never reach the elections (receive_socket.h): they show who else has our addresses.
// The sockets are bound to their protocols: they cost a sender nothing, and each received packet of
// the host a few instructions.
//
// Opened on the writer's thread, read on the engine's: nothing blocks, nothing is allocated.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <tl/expected.hpp>

#include "daemon/os/unique_fd.h"
#include "vrrp/advertisement.h"
#include "vrrp/announcement.h"
#include "vrrp/socket_error.h"

namespace evenkeel::vrrp {

class AdvertisementTap {
 public:
  struct Packet {
    Datagram datagram;  ///< refers to `buffer`
    MacAddress mac{};   ///< of the sender; zeros: the link has none of 6 octets
    int interface_index = 0;
    /// The kernel's receive time (CLOCK_REALTIME).
    std::optional<std::chrono::system_clock::time_point> received;
  };

  [[nodiscard]] static tl::expected<AdvertisementTap, SocketError> open();
  /// Nothing: none is waiting.
  [[nodiscard]] std::optional<Packet> receive(std::span<std::uint8_t> buffer);
  /// What the kernel has dropped because the queues were full, since the last time.
  [[nodiscard]] std::uint64_t take_missed();

 private:
  struct Socket {
    Family family = Family::IPv4;
    UniqueFd fd;
  };
  explicit AdvertisementTap(std::array<Socket, 2> sockets) : sockets_(std::move(sockets)) {}
  [[nodiscard]] static tl::expected<UniqueFd, SocketError> open(Family family);

  std::array<Socket, 2> sockets_;
};

}  // namespace evenkeel::vrrp
