// The kernel runs the filters: on a pair of Unix sockets, which show them the datagram as it is.
#include "vrrp/socket_filter.h"

#include <array>
#include <gtest/gtest.h>
#include <numeric>
#include <sys/socket.h>

#include "daemon/os/unique_fd.h"

namespace evenkeel::vrrp {
namespace {

using Octets = std::vector<std::uint8_t>;

class Filtered {
 public:
  explicit Filtered(const SocketFilter& filter) {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds.data()), 0);
    in_ = UniqueFd(fds[0]);
    out_ = UniqueFd(fds[1]);
    EXPECT_EQ(attach_filter(out_.get(), filter), std::error_code());
  }
  /// The whole of it comes out.
  bool passes(const Octets& packet) {
    // The kernel tells the sender that the filter dropped it: EPERM.
    if (::send(in_.get(), packet.data(), packet.size(), 0) < 0) return false;
    Octets got(packet.size() + 1);
    return ::recv(out_.get(), got.data(), got.size(), 0) == static_cast<ssize_t>(packet.size());
  }

 private:
  UniqueFd in_;
  UniqueFd out_;
};

Octets message(std::uint8_t virtual_router_id, std::uint8_t first_octet = 0x31) {
  return {first_octet, virtual_router_id, 100, 1, 0, 100, 0, 0, 192, 0, 2, 10};
}

/// With an IPv4 header of `words` 32-bit words before it.
Octets after_header(const Octets& message, std::uint8_t words = 5) {
  Octets packet(std::size_t{words} * 4, 0xEE);
  packet[0] = static_cast<std::uint8_t>(0x40 | words);
  packet.insert(packet.end(), message.begin(), message.end());
  return packet;
}

TEST(VirtualRouterFilter, DropsOtherIdsOnly) {
  const std::array<std::uint8_t, 6> ids{1, 31, 32, 51, 224, 255};
  Filtered v6(virtual_router_filter(Family::IPv6, ids));
  Filtered v4(virtual_router_filter(Family::IPv4, ids));
  int passed = 0;
  for (int id = 0; id < 256; ++id) {
    const bool is_ours = id == 0 || std::find(ids.begin(), ids.end(), id) != ids.end();
    const Octets packet = message(static_cast<std::uint8_t>(id));
    EXPECT_EQ(v6.passes(packet), is_ours) << id;
    EXPECT_EQ(v4.passes(after_header(packet)), is_ours) << id;
    if (is_ours) ++passed;
  }
  EXPECT_EQ(passed, 7);
}

TEST(VirtualRouterFilter, PassesAllIds) {
  std::array<std::uint8_t, 255> ids{};
  std::iota(ids.begin(), ids.end(), std::uint8_t{1});
  Filtered v6(virtual_router_filter(Family::IPv6, ids));
  for (int id = 0; id < 256; ++id) {
    EXPECT_TRUE(v6.passes(message(static_cast<std::uint8_t>(id)))) << id;
  }
  EXPECT_LE(virtual_router_filter(Family::IPv4, ids).size(), 40U);
}

TEST(VirtualRouterFilter, OfNoIdsDropsEveryOne) {
  Filtered v4(virtual_router_filter(Family::IPv4, {}));
  EXPECT_FALSE(v4.passes(after_header(message(1))));
  EXPECT_FALSE(v4.passes(after_header(message(255))));
}

TEST(VirtualRouterFilter, LooksBehindIpOptions) {
  const std::array<std::uint8_t, 1> ids{51};
  Filtered v4(virtual_router_filter(Family::IPv4, ids));
  EXPECT_TRUE(v4.passes(after_header(message(51), 15)));
  EXPECT_FALSE(v4.passes(after_header(message(52), 15)));
}

TEST(VirtualRouterFilter, LeavesTheMalformedToTheDecoder) {
  const std::array<std::uint8_t, 1> ids{51};
  Filtered v4(virtual_router_filter(Family::IPv4, ids));
  Filtered v6(virtual_router_filter(Family::IPv6, ids));
  EXPECT_TRUE(v4.passes(after_header({})));
  EXPECT_TRUE(v4.passes(after_header({0x31})));
  EXPECT_TRUE(v4.passes(after_header({0x31, 51})));
  EXPECT_FALSE(v4.passes(after_header({0x31, 52})));
  EXPECT_TRUE(v4.passes(after_header(message(51, 0x42))));
  EXPECT_TRUE(v6.passes({0x31}));
  EXPECT_TRUE(v6.passes({0x31, 51}));
  EXPECT_FALSE(v6.passes({0x31, 52}));
}

TEST(ConflictFilter, PassesArpAndNeighbourAdvertisements) {
  Filtered filtered(conflict_filter());
  Octets frame(14 + 40 + 32);
  frame[12] = 0x08;
  frame[13] = 0x06;
  EXPECT_TRUE(filtered.passes(frame)) << "ARP";
  frame[13] = 0x00;
  EXPECT_FALSE(filtered.passes(frame)) << "IPv4";
  frame[12] = 0x86;
  frame[13] = 0xDD;
  EXPECT_FALSE(filtered.passes(frame)) << "IPv6";
  frame[14 + 6] = 58;
  EXPECT_FALSE(filtered.passes(frame)) << "ICMPv6";
  frame[14 + 40] = 136;
  EXPECT_TRUE(filtered.passes(frame)) << "neighbour advertisement";
  frame[14 + 40] = 135;
  EXPECT_FALSE(filtered.passes(frame)) << "neighbour solicitation";
  frame[14 + 40] = 136;
  frame[14 + 6] = 17;
  EXPECT_FALSE(filtered.passes(frame)) << "UDP";
}

TEST(GatewayFilter, PassesArpRepliesAndNeighbourAdvertisements) {
  Filtered filtered(gateway_filter());
  Octets frame(14 + 40 + 32);
  frame[12] = 0x08;
  frame[13] = 0x06;
  frame[14 + 7] = 1;
  EXPECT_FALSE(filtered.passes(frame)) << "an ARP request";
  frame[14 + 7] = 2;
  EXPECT_TRUE(filtered.passes(frame)) << "an ARP reply";
  frame[13] = 0x00;
  EXPECT_FALSE(filtered.passes(frame)) << "IPv4";
  frame[12] = 0x86;
  frame[13] = 0xDD;
  EXPECT_FALSE(filtered.passes(frame)) << "IPv6";
  frame[14 + 6] = 58;
  EXPECT_FALSE(filtered.passes(frame)) << "ICMPv6";
  frame[14 + 40] = 136;
  EXPECT_TRUE(filtered.passes(frame)) << "a neighbour advertisement";
  frame[14 + 6] = 17;
  EXPECT_FALSE(filtered.passes(frame)) << "UDP";
}

TEST(DropAllFilter, DropsEverything) {
  Filtered filtered(drop_all_filter());
  EXPECT_FALSE(filtered.passes({}));
  EXPECT_FALSE(filtered.passes(Octets(1400)));
}

}  // namespace
}  // namespace evenkeel::vrrp
