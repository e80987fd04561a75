// Who claims an address, heard on every interface at once: ARP packets and neighbour
// advertisements.
//
// Two packet sockets (one a protocol) for the whole network namespace, however many interfaces and
// routers there are: closing a packet socket waits for an RCU grace period (5 to 20 ms, Linux
// net/packet/af_packet.c), so nobody opens one for each interface, and the two are open for as
// long as the process lives. For a Backup that has probed, and for a Master that watches.
//
// Opened on the writer's thread; everything else is the engine's: nothing here blocks.
//
// A frame is told with the interface that it belongs to: one with a VLAN tag with the VLAN's
// interface, and with none where there is no such; one that a bridge or a bond has received with
// the bridge or the bond. A frame that this host itself has sent on another of its interfaces comes
// in like any other: whoever asks compares the MAC with all those of the host.
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

class ClaimSocket {
 public:
  struct Heard {
    int interface_index = 0;
    Claim claim;
    /// The kernel's receive time (CLOCK_REALTIME).
    std::optional<std::chrono::system_clock::time_point> received;
    friend bool operator==(const Heard&, const Heard&) = default;
  };

  /// Hears nothing before listen(true).
  [[nodiscard]] static tl::expected<ClaimSocket, SocketError> open();

  /// While nobody asks the kernel drops every frame, and what was waiting is discarded.
  void listen(bool is_wanted);
  /// For poll().
  void add_to(std::vector<pollfd>& polled) const;

  /// The next claim that is waiting, of the two protocols in turn; nothing: there is none, or
  /// `budget` is spent. Each frame that is looked at takes 1 of `budget`, also one that claims
  /// nothing.
  [[nodiscard]] std::optional<Heard> receive(int& budget);
  /// Frames that the kernel has dropped because a queue was full, since the last time.
  [[nodiscard]] std::uint64_t take_missed();

 private:
  ClaimSocket(UniqueFd arp, UniqueFd ipv6) : sockets_{std::move(arp), std::move(ipv6)} {}

  std::array<UniqueFd, 2> sockets_;
  std::size_t next_ = 0;  ///< of those
  SocketFilter claims_ = claim_filter();
  SocketFilter drop_all_ = drop_all_filter();
  bool is_listening_ = false;
};

}  // namespace evenkeel::vrrp
