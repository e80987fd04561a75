// A packet socket (AF_PACKET) that receives one protocol on all interfaces, and its frames.
#pragma once

#include <cstdint>
#include <linux/if_packet.h>
#include <optional>
#include <span>
#include <tl/expected.hpp>

#include "vrrp/receive_time.h"
#include "vrrp/socket_error.h"

namespace evenkeel::vrrp {

/// Asks for receive times and binds the socket to `protocol` (an EtherType, host byte order).
/// `doing`: what a refused bind() was for.
[[nodiscard]] tl::expected<void, SocketError> listen_everywhere(int fd, std::uint16_t protocol,
                                                                const char* doing);

struct ReceivedFrame {
  std::span<const std::uint8_t> octets;  ///< of the buffer
  sockaddr_ll from{};
  std::optional<ReceiveTime> received;
};

/// Does not wait. Nothing: errno says why.
[[nodiscard]] std::optional<ReceivedFrame> receive_frame(int fd, std::span<std::uint8_t> buffer);

}  // namespace evenkeel::vrrp
