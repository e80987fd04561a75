#include "vrrp/conflict_socket.h"

#include <cerrno>
#include <net/ethernet.h>
#include <sys/socket.h>
#include <utility>

#include "vrrp/packet_frame.h"

namespace evenkeel::vrrp {
namespace {

/// Longer frames are cut. A cut neighbour advertisement (more than 400 octets of options) is not
/// decoded.
using Buffer = std::array<std::uint8_t, 512>;

/// A thousand neighbours may speak between two ticks of the engine.
constexpr int kReceiveBuffer = 1024 * 1024;

/// Bound to the protocol alone, not to ETH_P_ALL: other traffic costs nothing, this host's own
/// frames stay out, and the kernel delivers a frame after a VLAN, a bridge or a bond has handled
/// it.
tl::expected<UniqueFd, SocketError> open_for(std::uint16_t protocol) {
  UniqueFd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return tl::unexpected(last_error("open a packet socket"));
  if (const auto refused = attach_filter(fd.get(), drop_all_filter())) {
    return tl::unexpected(SocketError{"set the filter of a packet socket", refused});
  }
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer) !=
      0) {
    return tl::unexpected(last_error("set the receive buffer of a packet socket"));
  }
  const auto listens = listen_everywhere(fd.get(), protocol, "listen on all interfaces");
  if (!listens) return tl::unexpected(listens.error());
  return fd;
}

/// Nothing: no frame is waiting.
std::optional<ReceivedFrame> next_frame(int fd, Buffer& buffer) {
  while (true) {
    auto frame = receive_frame(fd, buffer);
    if (frame || (errno != ENETDOWN && errno != EINTR)) return frame;  // ENETDOWN is told once
  }
}

}  // namespace

tl::expected<ConflictSocket, SocketError> ConflictSocket::open() {
  auto arp = open_for(ETH_P_ARP);
  if (!arp) return tl::unexpected(arp.error());
  auto ipv6 = open_for(ETH_P_IPV6);
  if (!ipv6) return tl::unexpected(ipv6.error());
  return ConflictSocket(std::move(*arp), std::move(*ipv6));
}

void ConflictSocket::listen(bool is_wanted) {
  if (is_listening_ == is_wanted) return;
  Buffer buffer;
  for (const UniqueFd& each : sockets_) {
    if (attach_filter(each.get(), is_wanted ? conflicts_ : drop_all_)) return;
    while (!is_wanted && next_frame(each.get(), buffer)) {
    }  // the filter adds no more
  }
  is_listening_ = is_wanted;
}

void ConflictSocket::add_to(std::vector<pollfd>& polled) const {
  for (const UniqueFd& each : sockets_) {
    polled.push_back({.fd = each.get(), .events = POLLIN, .revents = 0});
  }
}

std::uint64_t ConflictSocket::take_missed() {
  std::uint64_t missed = 0;
  for (const UniqueFd& each : sockets_) {
    tpacket_stats statistics{};  // reading sets it back
    socklen_t size = sizeof statistics;
    if (::getsockopt(each.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size) == 0) {
      missed += statistics.tp_drops;
    }
  }
  return missed;
}

std::optional<ConflictSocket::Heard> ConflictSocket::receive(int& budget) {
  Buffer buffer;
  for (std::size_t empty = 0; empty < sockets_.size() && budget > 0;) {
    const auto frame = next_frame(sockets_[next_].get(), buffer);
    next_ = (next_ + 1) % sockets_.size();
    if (!frame) {
      ++empty;
      continue;
    }
    empty = 0;
    --budget;
    if (const auto conflict = conflict_in(frame->octets)) {
      return Heard{frame->from.sll_ifindex, *conflict, frame->received};
    }
  }
  return std::nullopt;
}

}  // namespace evenkeel::vrrp
