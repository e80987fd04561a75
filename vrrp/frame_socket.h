// The socket for announcements and probes. Used by the engine's thread; it never blocks.
#pragma once

#include <system_error>
#include <tl/expected.hpp>
#include <utility>

#include "daemon/os/unique_fd.h"
#include "vrrp/announcement.h"
#include "vrrp/socket_error.h"

namespace evenkeel::vrrp {

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
