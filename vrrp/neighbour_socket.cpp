#include "vrrp/neighbour_socket.h"

#include <cerrno>
#include <net/ethernet.h>
#include <sys/socket.h>

namespace evenkeel::vrrp {

/// Bound to the protocol alone, not to ETH_P_ALL: other traffic costs nothing, this host's own
/// frames stay out, and the kernel delivers a frame after a VLAN, a bridge or a bond has handled
/// it.
tl::expected<NeighbourSocket, SocketError> NeighbourSocket::open(Family family, SocketFilter filter,
                                                                 int queue) {
  UniqueFd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return tl::unexpected(last_error("open a packet socket"));
  if (const auto refused = attach_filter(fd.get(), drop_all_filter())) {
    return tl::unexpected(SocketError{"set the filter of a packet socket", refused});
  }
  if (queue > 0 && ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &queue, sizeof queue) != 0) {
    return tl::unexpected(last_error("set the receive buffer of a packet socket"));
  }
  const std::uint16_t protocol = family == Family::IPv4 ? ETH_P_ARP : ETH_P_IPV6;
  const auto listens = listen_everywhere(fd.get(), protocol, "listen on all interfaces");
  if (!listens) return tl::unexpected(listens.error());
  return NeighbourSocket(std::move(fd), std::move(filter));
}

void NeighbourSocket::listen(bool is_wanted) {
  if (is_listening_ == is_wanted) return;
  if (attach_filter(fd_.get(), is_wanted ? filter_ : drop_all_)) return;
  is_listening_ = is_wanted;
  Buffer buffer;
  while (!is_wanted && receive(buffer)) {
  }  // the filter adds no more
}

std::optional<ReceivedFrame> NeighbourSocket::receive(Buffer& buffer) {
  while (true) {
    auto frame = receive_frame(fd_.get(), buffer);
    if (frame || (errno != ENETDOWN && errno != EINTR)) return frame;  // ENETDOWN is told once
  }
}

std::uint64_t NeighbourSocket::take_missed() {
  tpacket_stats statistics{};  // reading sets it back
  socklen_t size = sizeof statistics;
  if (::getsockopt(fd_.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size) != 0) return 0;
  return statistics.tp_drops;
}

}  // namespace evenkeel::vrrp
