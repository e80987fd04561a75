#include "vrrp/conflict_socket.h"

namespace evenkeel::vrrp {
namespace {

/// A thousand neighbours may speak between two ticks of the engine.
constexpr int kQueue = 1024 * 1024;

}  // namespace

tl::expected<ConflictSocket, SocketError> ConflictSocket::open() {
  auto arp = NeighbourSocket::open(Family::IPv4, conflict_filter(), kQueue);
  if (!arp) return tl::unexpected(arp.error());
  auto ipv6 = NeighbourSocket::open(Family::IPv6, conflict_filter(), kQueue);
  if (!ipv6) return tl::unexpected(ipv6.error());
  return ConflictSocket(std::move(*arp), std::move(*ipv6));
}

void ConflictSocket::listen(bool is_wanted) {
  for (NeighbourSocket& each : sockets_) each.listen(is_wanted);
}

void ConflictSocket::add_to(std::vector<pollfd>& polled) const {
  for (const NeighbourSocket& each : sockets_) {
    polled.push_back({.fd = each.fd(), .events = POLLIN, .revents = 0});
  }
}

std::uint64_t ConflictSocket::take_missed() {
  std::uint64_t missed = 0;
  for (NeighbourSocket& each : sockets_) missed += each.take_missed();
  return missed;
}

std::optional<ConflictSocket::Heard> ConflictSocket::receive(int& budget) {
  NeighbourSocket::Buffer buffer;
  for (std::size_t empty = 0; empty < sockets_.size() && budget > 0;) {
    const auto frame = sockets_[next_].receive(buffer);
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
