// What messages say, from octets as Linux 6.1 sends them on a little endian machine.
#include "vrrp/rtnetlink.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;
using Octets = std::vector<std::uint8_t>;

/// An attribute: length, type, octets, padding to 4.
Octets attribute(std::uint8_t type, const Octets& octets) {
  Octets out{static_cast<std::uint8_t>(4 + octets.size()), 0, type, 0};
  out.insert(out.end(), octets.begin(), octets.end());
  out.resize((out.size() + 3) / 4 * 4);
  return out;
}

Octets message(std::uint8_t type, const Octets& fixed, const std::vector<Octets>& attributes) {
  Octets out{0, 0, 0, 0, type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  out.insert(out.end(), fixed.begin(), fixed.end());
  for (const Octets& each : attributes) out.insert(out.end(), each.begin(), each.end());
  out[0] = static_cast<std::uint8_t>(out.size());
  return out;
}

const nlmsghdr& header_of(const Octets& octets) {
  return *reinterpret_cast<const nlmsghdr*>(octets.data());
}

constexpr std::uint8_t kNewLink = 16;
constexpr std::uint8_t kNewAddress = 20;
const Octets kIpv4OnInterface7{2, 32, 0x80, 0, 7, 0, 0, 0};  // family, prefix, flags, scope, index
const Octets kIpv6OnInterface7{10, 128, 0x80, 0, 7, 0, 0, 0};
const Octets kFe80{0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

TEST(DecodeAddress, OfOurs) {
  const Octets octets = message(kNewAddress, kIpv4OnInterface7,
                                {attribute(1, {192, 0, 2, 10}), attribute(2, {192, 0, 2, 10}),
                                 attribute(8, {0x80, 0, 0, 0}), attribute(11, {112})});
  const auto decoded = decode_address(header_of(octets));
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(decoded->has_protocol);
  EXPECT_EQ(decoded->address,
            (InstalledAddress{7, {make_address("192.0.2.10"), 32}, true, false, false}));
}

TEST(DecodeAddress, OfAnother) {
  const Octets octets =
      message(kNewAddress, kIpv4OnInterface7,
              {attribute(1, {192, 0, 2, 10}), attribute(8, {0x81, 0, 0, 0}), attribute(11, {3})});
  const auto decoded = decode_address(header_of(octets));
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(decoded->has_protocol);
  EXPECT_EQ(decoded->address,
            (InstalledAddress{7, {make_address("192.0.2.10"), 32}, false, true, false}));
}

TEST(DecodeAddress, ThisEndOfAPointToPointLink) {
  const Octets local = attribute(2, {192, 0, 2, 1});
  const Octets peer = attribute(1, {192, 0, 2, 2});
  for (const auto& order : {std::vector{local, peer}, std::vector{peer, local}}) {
    const Octets octets = message(kNewAddress, kIpv4OnInterface7, order);
    const auto decoded = decode_address(header_of(octets));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->address.address.address, make_address("192.0.2.1"));
    EXPECT_FALSE(decoded->has_protocol);
  }
}

TEST(DecodeAddress, TentativeAndRefusedByDuplicateAddressDetection) {
  for (const std::uint8_t flags : Octets{0x40, 0x08, 0x48}) {
    const Octets octets = message(kNewAddress, kIpv6OnInterface7,
                                  {attribute(1, kFe80), attribute(8, {flags, 0, 0, 0})});
    const auto decoded = decode_address(header_of(octets));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->address,
              (InstalledAddress{7, {make_address("fe80::1"), 128}, false, false, true}));
  }
}

TEST(DecodeAddress, TemporaryIsNotSecondary) {
  const Octets octets =
      message(kNewAddress, kIpv6OnInterface7, {attribute(1, kFe80), attribute(8, {0x01, 0, 0, 0})});
  EXPECT_FALSE(decode_address(header_of(octets))->address.is_secondary);
}

TEST(DecodeAddress, RefusesWhatIsNone) {
  EXPECT_FALSE(decode_address(header_of(message(kNewAddress, {2, 32, 0, 0}, {}))));
  EXPECT_FALSE(decode_address(header_of(message(kNewAddress, kIpv4OnInterface7, {}))));
  EXPECT_FALSE(decode_address(
      header_of(message(kNewAddress, kIpv4OnInterface7, {attribute(1, {192, 0, 2})}))));
  EXPECT_FALSE(decode_address(
      header_of(message(kNewAddress, kIpv6OnInterface7, {attribute(1, {192, 0, 2, 1})}))));
  // An attribute that is longer than the message.
  Octets octets = message(kNewAddress, kIpv4OnInterface7, {attribute(1, {192, 0, 2, 1})});
  octets[16 + 8] = 200;
  EXPECT_FALSE(decode_address(header_of(octets)));
}

/// family, padding, type, index 7, flags, change.
Octets link(std::uint8_t family, std::uint8_t flags) {
  return {family, 0, 1, 0, 7, 0, 0, 0, flags, 0, 0, 0, 0, 0, 0, 0};
}

TEST(DecodeLink, NameStateAndMac) {
  const Octets octets = message(
      kNewLink, link(0, 0x41),
      {attribute(3, {'e', 't', 'h', '0', 0}), attribute(1, {0x02, 0, 0x5E, 0x10, 0, 0x01})});
  const auto decoded = decode_link(header_of(octets));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->index, 7);
  EXPECT_EQ(decoded->name, "eth0");
  EXPECT_TRUE(decoded->is_up);
  EXPECT_EQ(decoded->mac, (MacAddress{0x02, 0, 0x5E, 0x10, 0, 0x01}));
}

TEST(DecodeLink, AlternativeNames) {
  const Octets octets = message(kNewLink, link(0, 0x41),
                                {attribute(3, {'e', 't', 'h', '0', 0}),
                                 attribute(52, [] {  // IFLA_PROP_LIST of IFLA_ALT_IFNAME
                                   Octets both = attribute(53, {'e', 'n', 'p', '3', 's', '0', 0});
                                   const Octets second = attribute(53, {'u', 'p', 0});
                                   both.insert(both.end(), second.begin(), second.end());
                                   return both;
                                 }())});
  const auto decoded = decode_link(header_of(octets));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->name, "eth0");
  EXPECT_EQ(decoded->alternative_names, (std::vector<std::string>{"enp3s0", "up"}));
  // A list that is cut short inside of its first name.
  const Octets cut = message(kNewLink, link(0, 0x41), {attribute(52, {20, 0, 53, 0, 'e', 'n'})});
  EXPECT_TRUE(decode_link(header_of(cut))->alternative_names.empty());
}

TEST(DecodeLink, UpWithoutCarrierIsNotUp) {
  EXPECT_FALSE(decode_link(header_of(message(kNewLink, link(0, 0x01), {})))->is_up);
  EXPECT_FALSE(decode_link(header_of(message(kNewLink, link(0, 0x40), {})))->is_up);
}

TEST(DecodeLink, LeavesOutABridgesPorts) {
  EXPECT_FALSE(decode_link(header_of(message(kNewLink, link(7, 0x41), {}))));
  EXPECT_FALSE(decode_link(header_of(message(kNewLink, {0, 0, 0, 0}, {}))));
}

TEST(ForEachMessage, StopsAtATruncatedOne) {
  Octets octets = message(kNewLink, link(0, 0x41), {});
  const Octets second = octets;
  octets.insert(octets.end(), second.begin(), second.end());
  const auto count = [](std::span<const std::uint8_t> some) {
    int messages = 0;
    for_each_message(some, [&](const nlmsghdr&) { ++messages; });
    return messages;
  };
  EXPECT_EQ(count(octets), 2);
  EXPECT_EQ(count(std::span(octets).first(octets.size() - 1)), 1);
  EXPECT_EQ(count(std::span(octets).first(15)), 0);
  EXPECT_EQ(count({}), 0);
  for (std::size_t i = 0; i < 4; ++i) octets[i] = 0xFF;
  EXPECT_EQ(count(octets), 0) << "a length of 2^32 - 1";
  octets[0] = 15;
  for (std::size_t i = 1; i < 4; ++i) octets[i] = 0;
  EXPECT_EQ(count(octets), 0) << "shorter than its header";
}

}  // namespace
}  // namespace evenkeel::vrrp
