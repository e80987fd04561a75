#include <array>
#include <gtest/gtest.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <vector>

#include "namespaces.h"
#include "vrrp/receive_socket.h"
#include "vrrp/send_socket.h"

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;

constexpr std::array<std::uint8_t, 4> kAddressV4{192, 0, 2, 10};
constexpr std::array<std::uint8_t, 16> kAddressV6{0xFE, 0x80, 0, 0, 0, 0, 0, 0,
                                                  0,    0,    0, 0, 0, 0, 0, 0x10};

AdvertisementBytes advertisement(std::uint8_t virtual_router_id, const Address& source,
                                 const Address& destination) {
  Advertisement out;
  out.family = family_of(source);
  out.virtual_router_id = virtual_router_id;
  out.priority = 200;
  out.interval = std::chrono::seconds(1);
  out.addresses = out.family == Family::IPv4 ? std::span<const std::uint8_t>(kAddressV4)
                                             : std::span<const std::uint8_t>(kAddressV6);
  return encode_advertisement(out, ChecksumForm::Message, source, destination);
}

class PacketSocket : public TwoHosts {
 protected:
  Delivery left_of(Family family) { return {"left", index_of("left"), 0, family, {}}; }
  Delivery right_of(Family family, const std::optional<Address>& unicast_source = {}) {
    Delivery out{"right", 0, 0, family, unicast_source};
    on(Host::Right, [&] { out.interface_index = index_of("right"); });
    return out;
  }
  ReceiveSocket receiver(const Delivery& delivery, std::vector<std::uint8_t> ids = {51}) {
    std::optional<ReceiveSocket> socket;
    on(Host::Right, [&] {
      auto opened = ReceiveSocket::open(delivery, ids);
      ASSERT_TRUE(opened) << to_string(opened.error());
      socket = std::move(*opened);
    });
    return std::move(socket.value());
  }
  SendSocket sender(const Delivery& delivery) {
    auto opened = SendSocket::open(delivery);
    EXPECT_TRUE(opened) << to_string(opened.error());
    return std::move(opened.value());
  }
  Address link_local_of(Host host) {
    Address found;
    on(host, [&] { found = link_local(host == Host::Left ? "left" : "right"); });
    return found;
  }
  /// The next packet, awaited.
  ReceiveSocket::Packet next(ReceiveSocket& socket) {
    EXPECT_TRUE(wait_readable(socket.fd()));
    auto packet = socket.receive(buffer_);
    EXPECT_TRUE(packet && *packet);
    return packet.value().value();
  }
  /// The virtual router IDs of all that has come.
  std::vector<int> ids_waiting(ReceiveSocket& socket) {
    std::vector<int> out;
    while (wait_readable(socket.fd(), std::chrono::milliseconds(100))) {
      const auto received = decode_advertisement(next(socket).datagram);
      out.push_back(received ? received->advertisement.virtual_router_id : -1);
    }
    return out;
  }

  std::array<std::uint8_t, 2048> buffer_{};
};

TEST_F(PacketSocket, MulticastOverIpv4) {
  auto right = receiver(right_of(Family::IPv4));
  auto left = sender(left_of(Family::IPv4));
  const auto source = make_address("192.0.2.1");
  const auto group = make_address("224.0.0.18");
  const auto before = std::chrono::system_clock::now();
  EXPECT_EQ(left.send(advertisement(51, source, group).octets(), source, group), std::error_code());

  const auto packet = next(right);
  EXPECT_EQ(packet.datagram.source, source) << "also of what cannot be decoded";
  EXPECT_FALSE(packet.is_truncated);
  ASSERT_TRUE(packet.received);
  EXPECT_GE(*packet.received, before - std::chrono::milliseconds(1));
  EXPECT_LE(*packet.received, std::chrono::system_clock::now());
  const auto received = decode_advertisement(packet.datagram);
  ASSERT_TRUE(received) << to_string(received.error());
  EXPECT_EQ(received->source, source);
  EXPECT_EQ(received->destination, group);
  EXPECT_EQ(packet.datagram.octets[1], 0xC0) << "type of service";
  EXPECT_EQ(packet.datagram.octets[8], 255) << "time to live";
  const auto nothing = right.receive(buffer_);
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(*nothing);
}

TEST_F(PacketSocket, MulticastOverIpv6) {
  auto right = receiver(right_of(Family::IPv6));
  auto left = sender(left_of(Family::IPv6));
  const auto source = link_local_of(Host::Left);
  const auto group = make_address("ff02::12");
  EXPECT_EQ(left.send(advertisement(51, source, group).octets(), source, group), std::error_code());

  const auto packet = next(right);
  EXPECT_EQ(packet.datagram.source, source);
  EXPECT_EQ(packet.datagram.destination, group);
  EXPECT_EQ(packet.datagram.hop_limit, 255);
  EXPECT_TRUE(packet.received);
  EXPECT_FALSE(packet.is_truncated);
  const auto received = decode_advertisement(packet.datagram);
  ASSERT_TRUE(received) << to_string(received.error());
  EXPECT_EQ(received->advertisement.priority, 200);
}

TEST_F(PacketSocket, UnicastHearsNoMulticastAndTheOtherWayRound) {
  for (const Family family : {Family::IPv4, Family::IPv6}) {
    const bool is_v4 = family == Family::IPv4;
    const auto source = is_v4 ? make_address("192.0.2.1") : link_local_of(Host::Left);
    const auto peer = is_v4 ? make_address("192.0.2.2") : link_local_of(Host::Right);
    auto unicast = receiver(right_of(family, peer));
    auto multicast = receiver(right_of(family));
    auto left = sender(left_of(family));

    EXPECT_EQ(left.send(advertisement(51, source, peer).octets(), source, peer), std::error_code());
    const auto packet = next(unicast);
    const auto received = decode_advertisement(packet.datagram);
    ASSERT_TRUE(received) << to_string(received.error());
    EXPECT_EQ(received->source, source);
    EXPECT_EQ(received->destination, peer);
    EXPECT_EQ(ids_waiting(multicast), std::vector<int>());

    const auto group = multicast_group(family);
    EXPECT_EQ(left.send(advertisement(51, source, group).octets(), source, group),
              std::error_code());
    EXPECT_EQ(ids_waiting(multicast), std::vector<int>{51});
    EXPECT_EQ(ids_waiting(unicast), std::vector<int>());
  }
}

TEST_F(PacketSocket, UnicastMayBeOpenBeforeItsAddressIsThere) {
  auto v4 = receiver(right_of(Family::IPv4, make_address("192.0.2.99")));
  auto v6 = receiver(right_of(Family::IPv6, make_address("2001:db8::99")));
  run(Host::Right,
      "ip addr add 192.0.2.99/24 dev right; ip addr add 2001:db8::99/64 dev right nodad");
  const auto source_v4 = make_address("192.0.2.1");
  const auto peer_v4 = make_address("192.0.2.99");
  EXPECT_EQ(sender(left_of(Family::IPv4))
                .send(advertisement(51, source_v4, peer_v4).octets(), source_v4, peer_v4),
            std::error_code());
  EXPECT_EQ(ids_waiting(v4), std::vector<int>{51});
  const auto source_v6 = make_address("2001:db8::1");
  const auto peer_v6 = make_address("2001:db8::99");
  EXPECT_EQ(sender(left_of(Family::IPv6))
                .send(advertisement(51, source_v6, peer_v6).octets(), source_v6, peer_v6),
            std::error_code());
  EXPECT_EQ(ids_waiting(v6), std::vector<int>{51});
}

TEST_F(PacketSocket, FilterDropsOtherVirtualRouters) {
  for (const Family family : {Family::IPv4, Family::IPv6}) {
    const auto source =
        family == Family::IPv4 ? make_address("192.0.2.1") : link_local_of(Host::Left);
    const auto group = multicast_group(family);
    auto right = receiver(right_of(family), {51, 200});
    auto left = sender(left_of(family));
    const auto send_all = [&] {
      for (const std::uint8_t id : std::array<std::uint8_t, 6>{1, 50, 51, 52, 200, 255}) {
        EXPECT_EQ(left.send(advertisement(id, source, group).octets(), source, group),
                  std::error_code());
      }
    };
    send_all();
    EXPECT_EQ(ids_waiting(right), (std::vector<int>{51, 200}));
    EXPECT_EQ(right.set_filter(std::array<std::uint8_t, 1>{52}), std::error_code());
    send_all();
    EXPECT_EQ(ids_waiting(right), std::vector<int>{52});
  }
}

TEST_F(PacketSocket, Ipv6TrafficClassIsNetworkControl) {
  UniqueFd frames;
  on(Host::Right, [&] {
    frames = UniqueFd(::socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IPV6)));
    ASSERT_TRUE(frames);
  });
  const auto source = link_local_of(Host::Left);
  const auto group = make_address("ff02::12");
  EXPECT_EQ(
      sender(left_of(Family::IPv6)).send(advertisement(51, source, group).octets(), source, group),
      std::error_code());
  do {  // others speak IPv6 too
    ASSERT_TRUE(wait_readable(frames.get()));
    ASSERT_GT(::recv(frames.get(), buffer_.data(), buffer_.size(), 0), 40);
  } while (buffer_[6] != 112);
  EXPECT_EQ(buffer_[0], 0x6C);
  EXPECT_EQ(buffer_[1] & 0xF0, 0x00);
  EXPECT_EQ(buffer_[7], 255) << "hop limit";
}

TEST_F(PacketSocket, QueuesABurstWhileNobodyReads) {
  std::vector<std::uint8_t> ids;
  for (int id = 1; id <= 255; ++id) ids.push_back(static_cast<std::uint8_t>(id));
  const auto source = make_address("192.0.2.1");
  const auto group = make_address("224.0.0.18");
  auto right = receiver(right_of(Family::IPv4), ids);
  auto left = sender(left_of(Family::IPv4));
  for (int round = 0; round < 3; ++round) {
    for (const std::uint8_t id : ids) {
      EXPECT_EQ(left.send(advertisement(id, source, group).octets(), source, group),
                std::error_code());
    }
  }
  EXPECT_EQ(ids_waiting(right).size(), 765U);
}

TEST_F(PacketSocket, WrongIpv6ChecksumReachesTheDecoder) {
  auto right = receiver(right_of(Family::IPv6));
  const auto source = link_local_of(Host::Left);
  const auto group = make_address("ff02::12");
  const auto bytes = advertisement(51, source, group);
  std::vector<std::uint8_t> octets(bytes.octets().begin(), bytes.octets().end());
  octets[2] ^= 1U;
  EXPECT_EQ(sender(left_of(Family::IPv6)).send(octets, source, group), std::error_code());
  const auto packet = next(right);
  const auto received = decode_advertisement(packet.datagram);
  ASSERT_FALSE(received);
  EXPECT_EQ(received.error(), DecodeError::Checksum);
}

TEST_F(PacketSocket, TellsOfATruncatedPacket) {
  auto right = receiver(right_of(Family::IPv4));
  const auto source = make_address("192.0.2.1");
  const auto group = make_address("224.0.0.18");
  EXPECT_EQ(
      sender(left_of(Family::IPv4)).send(advertisement(51, source, group).octets(), source, group),
      std::error_code());
  ASSERT_TRUE(wait_readable(right.fd()));
  const auto packet = right.receive(std::span(buffer_).first(24));
  ASSERT_TRUE(packet && *packet);
  EXPECT_TRUE((*packet)->is_truncated);
  EXPECT_EQ((*packet)->datagram.octets.size(), 24U);
}

TEST_F(PacketSocket, DoesNotHearItself) {
  for (const Family family : {Family::IPv4, Family::IPv6}) {
    const auto source =
        family == Family::IPv4 ? make_address("192.0.2.1") : link_local_of(Host::Left);
    const auto group = multicast_group(family);
    auto own = ReceiveSocket::open(left_of(family), std::array<std::uint8_t, 1>{51});
    ASSERT_TRUE(own) << to_string(own.error());
    EXPECT_EQ(
        sender(left_of(family)).send(advertisement(51, source, group).octets(), source, group),
        std::error_code());
    EXPECT_EQ(ids_waiting(*own), std::vector<int>());
  }
}

TEST_F(PacketSocket, HearsItsOwnInterfaceOnly) {
  add_cable("far", "other");
  run(Host::Left, "ip addr add 198.51.100.1/24 dev far");
  run(Host::Right, "ip addr add 198.51.100.2/24 dev other");
  Delivery other{"other", 0, 0, Family::IPv4, {}};
  on(Host::Right, [&] { other.interface_index = index_of("other"); });
  auto right = receiver(right_of(Family::IPv4));
  auto elsewhere = receiver(other);
  const auto source = make_address("198.51.100.1");
  const auto group = make_address("224.0.0.18");
  auto far = sender({"far", index_of("far"), 0, Family::IPv4, {}});
  EXPECT_EQ(far.send(advertisement(51, source, group).octets(), source, group), std::error_code());
  EXPECT_EQ(ids_waiting(elsewhere), std::vector<int>{51});
  EXPECT_EQ(ids_waiting(right), std::vector<int>());
}

TEST_F(PacketSocket, OpenWhileTheInterfaceIsDown) {
  for (const Family family : {Family::IPv4, Family::IPv6}) {
    run(Host::Right, "ip link set right down");
    auto right = receiver(right_of(family));
    run(Host::Right, "ip link set right up");
    const auto source =
        family == Family::IPv4 ? make_address("192.0.2.1") : link_local_of(Host::Left);
    const auto group = multicast_group(family);
    auto left = sender(left_of(family));
    EXPECT_TRUE(wait_until([&] {  // the carrier takes a moment
      (void)left.send(advertisement(51, source, group).octets(), source, group);
      return wait_readable(right.fd(), std::chrono::milliseconds(10));
    }));
    EXPECT_TRUE(decode_advertisement(next(right).datagram));
  }
}

TEST_F(PacketSocket, InterfaceDeletedAndMadeAnew) {
  const auto source = make_address("192.0.2.1");
  const auto group = make_address("224.0.0.18");
  const Delivery old_left = left_of(Family::IPv4);
  auto old_right = receiver(right_of(Family::IPv4));
  auto old_sender = sender(old_left);
  const auto source_v6 = link_local_of(Host::Left);
  const auto group_v6 = make_address("ff02::12");
  auto old_sender_v6 = sender(left_of(Family::IPv6));

  run(Host::Left, "ip link delete left");
  const auto bytes = advertisement(51, source, group);
  EXPECT_EQ(old_sender.send(bytes.octets(), source, group), std::errc::no_such_device);
  const auto bytes_v6 = advertisement(51, source_v6, group_v6);
  EXPECT_EQ(old_sender_v6.send(bytes_v6.octets(), source_v6, group_v6), std::errc::no_such_device);
  const auto nothing = old_right.receive(buffer_);
  ASSERT_TRUE(nothing) << nothing.error().message();
  EXPECT_FALSE(*nothing);
  const auto missing = ReceiveSocket::open(old_left, std::array<std::uint8_t, 1>{51});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().error, std::errc::no_such_device);
  EXPECT_EQ(to_string(missing.error()), "join 224.0.0.18 on left: No such device");

  connect();
  EXPECT_EQ(old_sender.send(bytes.octets(), source, group), std::errc::no_such_device);
  auto right = receiver(right_of(Family::IPv4));
  auto left = sender(left_of(Family::IPv4));
  EXPECT_EQ(left.send(bytes.octets(), source, group), std::error_code());
  EXPECT_EQ(ids_waiting(right), std::vector<int>{51});
  EXPECT_EQ(ids_waiting(old_right), std::vector<int>());
}

TEST_F(PacketSocket, SendingWhileTheInterfaceIsDown) {
  const auto source = make_address("192.0.2.1");
  const auto group = make_address("224.0.0.18");
  auto left = sender(left_of(Family::IPv4));
  auto left_v6 = sender(left_of(Family::IPv6));
  const auto source_v6 = link_local_of(Host::Left);
  const auto group_v6 = make_address("ff02::12");
  run(Host::Left, "ip link set left down");
  EXPECT_EQ(left.send(advertisement(51, source, group).octets(), source, group),
            std::errc::network_unreachable);
  EXPECT_EQ(left_v6.send(advertisement(51, source_v6, group_v6).octets(), source_v6, group_v6),
            std::errc::invalid_argument)
      << "the address goes with the link";
}

TEST_F(PacketSocket, RefusedByAFirewall) {
  run(Host::Left,
      "nft add table inet t && nft add chain inet t out '{ type filter hook output priority 0; }' "
      "&& nft add rule inet t out meta l4proto 112 drop");
  const auto source = make_address("192.0.2.1");
  const auto group = make_address("224.0.0.18");
  auto left = sender(left_of(Family::IPv4));
  EXPECT_EQ(left.send(advertisement(51, source, group).octets(), source, group),
            std::errc::operation_not_permitted);
}

TEST_F(PacketSocket, JoinsOnTheGivenIndex) {
  Delivery wrong = left_of(Family::IPv6);
  wrong.interface_index = 9999;
  const auto refused = ReceiveSocket::open(wrong, std::array<std::uint8_t, 1>{51});
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_string(refused.error()), "join ff02::12 on left: No such device");
}

}  // namespace
}  // namespace evenkeel::vrrp
