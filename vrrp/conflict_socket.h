// ARP packets and neighbour advertisements on every interface, in which a host says that it has an
// address: an address conflict, where the address is ours (RFC 5227 section 2.4).
//
// Two packet sockets (one a protocol) for the whole network namespace, however many interfaces and
// routers there are: closing a packet socket waits for an RCU grace period (5 to 20 ms, Linux
// net/packet/af_packet.c), so there is none for each interface, and the two are open for as long as
// the process lives. For a Backup that has probed, and for a Master that watches.
//
// Opened on the writer's thread, used on the engine's, where nothing here blocks.
//
// Each frame comes with the interface that it belongs to. A frame with a VLAN tag belongs to the
// VLAN's interface, and is dropped where there is none; one with VLAN ID 0 belongs to the interface
// that has received it. A frame that a bridge or a bond has received belongs to the bridge or the
// bond. A frame that this host itself has sent on another of its interfaces comes in too: the
// caller compares its MAC with all those of the host.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <poll.h>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "daemon/os/unique_fd.h"
#include "vrrp/announcement.h"
#include "vrrp/socket_error.h"
#include "vrrp/socket_filter.h"

namespace evenkeel::vrrp {

class ConflictSocket {
 public:
  struct Heard {
    int interface_index = 0;
    Conflict conflict;
    /// The kernel's receive time (CLOCK_REALTIME).
    std::optional<std::chrono::system_clock::time_point> received;
    friend bool operator==(const Heard&, const Heard&) = default;
  };

  /// Receives nothing before listen(true).
  [[nodiscard]] static tl::expected<ConflictSocket, SocketError> open();

  /// False: the kernel drops every frame, and frames that were waiting are discarded.
  void listen(bool is_wanted);
  /// For poll().
  void add_to(std::vector<pollfd>& polled) const;

  /// The next conflict that is waiting, of the two protocols in turn; nothing: there is none, or
  /// `budget` is spent. Each frame that is read takes 1 of `budget`, also a frame without one.
  [[nodiscard]] std::optional<Heard> receive(int& budget);
  /// Frames that the kernel has dropped because a queue was full, since the last time.
  [[nodiscard]] std::uint64_t take_missed();

 private:
  ConflictSocket(UniqueFd arp, UniqueFd ipv6) : sockets_{std::move(arp), std::move(ipv6)} {}

  std::array<UniqueFd, 2> sockets_;
  std::size_t next_ = 0;  ///< of those
  SocketFilter conflicts_ = conflict_filter();
  SocketFilter drop_all_ = drop_all_filter();
  bool is_listening_ = false;
};

}  // namespace evenkeel::vrrp
