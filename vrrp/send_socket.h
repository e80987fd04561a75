// The socket that advertisements go out by. Threads and interfaces: receive_socket.h.
#pragma once

#include <cstdint>
#include <span>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>

#include "daemon/os/unique_fd.h"
#include "vrrp/delivery.h"
#include "vrrp/socket_error.h"

namespace evenkeel::vrrp {

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

}  // namespace evenkeel::vrrp
