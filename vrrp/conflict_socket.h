// ARP packets and neighbour advertisements on every interface, in which a host says that it has an
// address: an address conflict, where the address is ours (RFC 5227 section 2.4).
//
// For a Backup that has probed, and for a Master that watches. A frame that this host itself has
// sent on another of its interfaces comes in too: the caller compares its MAC with all those of the
// host.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <poll.h>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "vrrp/announcement.h"
#include "vrrp/neighbour_socket.h"

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
  ConflictSocket(NeighbourSocket arp, NeighbourSocket ipv6)
      : sockets_{std::move(arp), std::move(ipv6)} {}

  std::array<NeighbourSocket, 2> sockets_;
  std::size_t next_ = 0;  ///< of those
};

}  // namespace evenkeel::vrrp
