#include "vrrp/claim_socket.h"

#include <cerrno>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <span>
#include <sys/socket.h>
#include <utility>

namespace evenkeel::vrrp {
namespace {

/// More than a claim takes: what is behind it does not matter.
using Buffer = std::array<std::uint8_t, 512>;

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
  sockaddr_ll everywhere{};
  everywhere.sll_family = AF_PACKET;
  everywhere.sll_protocol = htons(protocol);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&everywhere), sizeof everywhere) != 0) {
    return tl::unexpected(SocketError{"listen on all interfaces", last_error()});
  }
  return fd;
}

/// Nothing: no frame is waiting.
std::optional<std::span<const std::uint8_t>> receive_frame(int fd, Buffer& buffer,
                                                           sockaddr_ll& from) {
  while (true) {
    socklen_t from_size = sizeof from;
    const ssize_t length = ::recvfrom(fd, buffer.data(), buffer.size(), MSG_DONTWAIT,
                                      reinterpret_cast<sockaddr*>(&from), &from_size);
    if (length >= 0) return std::span(buffer).first(static_cast<std::size_t>(length));
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
  sockaddr_ll from{};
  for (const UniqueFd& each : sockets_) {
    if (attach_filter(each.get(), is_wanted ? claims_ : drop_all_)) return;
    while (!is_wanted && receive_frame(each.get(), buffer, from)) {
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
  sockaddr_ll from{};
  for (const UniqueFd& each : sockets_) {
    while (budget > 0) {
      const auto frame = receive_frame(each.get(), buffer, from);
      if (!frame) break;
      --budget;
      if (const auto claim = claim_in(*frame)) return Heard{from.sll_ifindex, *claim};
    }
  }
  return std::nullopt;
}

}  // namespace evenkeel::vrrp
