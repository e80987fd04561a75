// A packet socket that receives ARP or IPv6 frames on all interfaces, those that its filter passes.
//
// One for the whole network namespace, however many interfaces there are: closing a packet socket
// waits for an RCU grace period (5 to 20 ms, Linux net/packet/af_packet.c), so there is none for
// each interface, and it is open for as long as the process lives.
//
// Opened on the writer's thread, used on the engine's, where nothing here blocks.
//
// Each frame comes with the interface that it belongs to. A frame with a VLAN tag belongs to the
// VLAN's interface, and is dropped where there is none; one with VLAN ID 0 belongs to the interface
// that has received it. A frame that a bridge or a bond has received belongs to the bridge or the
// bond. A frame that this host itself has sent on another of its interfaces comes in too.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <tl/expected.hpp>
#include <utility>

#include "daemon/os/unique_fd.h"
#include "vrrp/packet_frame.h"
#include "vrrp/socket_error.h"
#include "vrrp/socket_filter.h"

namespace evenkeel::vrrp {

class NeighbourSocket {
 public:
  /// Longer frames are cut. A cut neighbour advertisement (more than 400 octets of options) is not
  /// decoded.
  using Buffer = std::array<std::uint8_t, 512>;

  /// ARP for IPv4, all of IPv6 for IPv6. Receives nothing before listen(true). `queue`: octets that
  /// may wait in the kernel; 0: its default.
  [[nodiscard]] static tl::expected<NeighbourSocket, SocketError> open(Family family,
                                                                       SocketFilter filter,
                                                                       int queue);

  /// False: the kernel drops every frame, and frames that were waiting are discarded.
  void listen(bool is_wanted);
  /// The next frame that is waiting, in `buffer`.
  [[nodiscard]] std::optional<ReceivedFrame> receive(Buffer& buffer);
  /// Frames that the kernel has dropped because the queue was full, since the last time.
  [[nodiscard]] std::uint64_t take_missed();
  /// For poll().
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  NeighbourSocket(UniqueFd fd, SocketFilter filter)
      : fd_(std::move(fd)), filter_(std::move(filter)) {}

  UniqueFd fd_;
  SocketFilter filter_;
  SocketFilter drop_all_ = drop_all_filter();
  bool is_listening_ = false;
};

}  // namespace evenkeel::vrrp
