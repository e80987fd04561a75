#include "vrrp/claim_socket.h"

#include <cerrno>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <span>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

#include "vrrp/receive_time.h"

namespace evenkeel::vrrp {
namespace {

/// More than a claim takes: what is behind it does not matter.
using Buffer = std::array<std::uint8_t, 512>;

/// A thousand neighbours may speak between two turns of the engine.
constexpr int kReceiveBuffer = 1024 * 1024;

std::error_code last_error() {
  return {errno, std::system_category()};
}

/// Bound to the protocol alone, not to ETH_P_ALL: it costs other traffic nothing, this host's own
/// frames stay out, and the kernel delivers once a VLAN, a bridge or a bond has had its say.
tl::expected<UniqueFd, SocketError> open_for(std::uint16_t protocol) {
  UniqueFd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return tl::unexpected(SocketError{"open a packet socket", last_error()});
  if (const auto refused = attach_filter(fd.get(), drop_all_filter())) {
    return tl::unexpected(SocketError{"set the filter of a packet socket", refused});
  }
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer) !=
      0) {
    return tl::unexpected(SocketError{"set the receive buffer of a packet socket", last_error()});
  }
  constexpr int kOn = 1;
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, &kOn, sizeof kOn) != 0) {
    return tl::unexpected(SocketError{"ask for timestamps on a packet socket", last_error()});
  }
  sockaddr_ll everywhere{};
  everywhere.sll_family = AF_PACKET;
  everywhere.sll_protocol = htons(protocol);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&everywhere), sizeof everywhere) != 0) {
    return tl::unexpected(SocketError{"listen on all interfaces", last_error()});
  }
  return fd;
}

struct Waiting {
  std::span<const std::uint8_t> octets;
  int interface_index = 0;
  std::optional<ReceiveTime> received;
};

/// Nothing: no frame is waiting.
std::optional<Waiting> receive_frame(int fd, Buffer& buffer) {
  while (true) {
    sockaddr_ll from{};
    iovec part{buffer.data(), buffer.size()};
    alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(timespec))> control{};
    msghdr message{};
    message.msg_name = &from;
    message.msg_namelen = sizeof from;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t length = ::recvmsg(fd, &message, MSG_DONTWAIT);
    if (length >= 0) {
      return Waiting{std::span(buffer).first(static_cast<std::size_t>(length)), from.sll_ifindex,
                     receive_time(message)};
    }
    if (errno != ENETDOWN && errno != EINTR) return std::nullopt;  // ENETDOWN is told once
  }
}

}  // namespace

tl::expected<ClaimSocket, SocketError> ClaimSocket::open() {
  auto arp = open_for(ETH_P_ARP);
  if (!arp) return tl::unexpected(arp.error());
  auto ipv6 = open_for(ETH_P_IPV6);
  if (!ipv6) return tl::unexpected(ipv6.error());
  return ClaimSocket(std::move(*arp), std::move(*ipv6));
}

void ClaimSocket::listen(bool is_wanted) {
  if (is_listening_ == is_wanted) return;
  Buffer buffer;
  for (const UniqueFd& each : sockets_) {
    if (attach_filter(each.get(), is_wanted ? claims_ : drop_all_)) return;
    while (!is_wanted && receive_frame(each.get(), buffer)) {
    }  // none is added any more
  }
  is_listening_ = is_wanted;
}

void ClaimSocket::add_to(std::vector<pollfd>& polled) const {
  for (const UniqueFd& each : sockets_) {
    polled.push_back({.fd = each.get(), .events = POLLIN, .revents = 0});
  }
}

std::uint64_t ClaimSocket::take_missed() {
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

std::optional<ClaimSocket::Heard> ClaimSocket::receive(int& budget) {
  Buffer buffer;
  for (std::size_t empty = 0; empty < sockets_.size() && budget > 0;) {
    const auto frame = receive_frame(sockets_[next_].get(), buffer);
    next_ = (next_ + 1) % sockets_.size();
    if (!frame) {
      ++empty;
      continue;
    }
    empty = 0;
    --budget;
    if (const auto claim = claim_in(frame->octets)) {
      return Heard{frame->interface_index, *claim, frame->received};
    }
  }
  return std::nullopt;
}

}  // namespace evenkeel::vrrp
