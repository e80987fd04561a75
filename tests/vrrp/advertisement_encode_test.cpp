// What is sent: messages and packets, and that all of it is decoded as it was.
#include <gtest/gtest.h>
#include <random>

#include "tests/vrrp/packet.h"
#include "vrrp/advertisement.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using testing::address;
using testing::Bytes;
using testing::from_hex;
using testing::kSource;
using testing::kSource6;
using testing::kTwoAddresses6;
using testing::version3;
using testing::version3_ipv6;

const Address kPeer = address("192.0.2.2");

Bytes encoded(const Advertisement& advertisement, ChecksumForm form = ChecksumForm::Message,
              const Address& destination = multicast_group(Family::IPv4)) {
  const auto bytes = encode_advertisement(advertisement, form, kSource, destination);
  return {bytes.octets().begin(), bytes.octets().end()};
}

TEST(Encode, AnIPv4PacketIsWhole) {
  EXPECT_EQ(encoded(version3()), from_hex("45c00020 00000000 ff70189a c0000201 e0000012"
                                          "31 33 c8 01 0064 4402 c0000264"));
  EXPECT_EQ(encoded(version3(), ChecksumForm::PseudoHeader, kPeer),
            from_hex("45c00020 00000000 ff7036aa c0000201 c0000202"
                     "31 33 c8 01 0064 bf81 c0000264"));
}

TEST(Encode, Version2HasNoPseudoHeaderWhateverIsAsked) {
  Advertisement advertisement = version3();
  advertisement.version = Version::V2;
  advertisement.is_authenticated = true;
  advertisement.password = password_from("1111");
  EXPECT_EQ(encoded(advertisement), from_hex("45c00028 00000000 ff701892 c0000201 e0000012"
                                             "21 33 c8 01 01 01 f102 c0000264"
                                             "3131313100000000"));
  EXPECT_EQ(encoded(advertisement, ChecksumForm::PseudoHeader), encoded(advertisement));
  advertisement.is_authenticated = false;  // the password stays at home
  EXPECT_EQ(encoded(advertisement), from_hex("45c00028 00000000 ff701892 c0000201 e0000012"
                                             "21 33 c8 01 00 01 5465 c0000264"
                                             "0000000000000000"));
}

TEST(Encode, AnIPv6MessageIsSummedWithItsPseudoHeader) {
  const Address group = multicast_group(Family::IPv6);
  const auto bytes = encode_advertisement(version3_ipv6(), ChecksumForm::Message, kSource6, group);
  const Bytes octets(bytes.octets().begin(), bytes.octets().end());
  Bytes expected = from_hex("31 33 c8 02 0064 0000");
  expected.insert(expected.end(), kTwoAddresses6.begin(), kTwoAddresses6.end());
  Bytes summed = from_hex(
      "fe800000000000000000000000000001 ff020000000000000000000000000012"
      "00000028 00000070");
  summed.insert(summed.end(), expected.begin(), expected.end());
  const std::uint16_t sum = testing::checksum_by_the_book(summed);
  expected[6] = static_cast<std::uint8_t>(sum >> 8);
  expected[7] = static_cast<std::uint8_t>(sum);
  EXPECT_EQ(octets, expected);
}

// The words sum to ffff: 3133 + c802 + 0064 + c000 + 0264 + c000 + 8400.
TEST(Encode, AChecksumOfZeroIsSentAsItIs) {
  const Bytes addresses = from_hex("c0000264 c0008400");
  Advertisement advertisement = version3();
  advertisement.addresses = addresses;
  const Bytes packet = encoded(advertisement);
  EXPECT_EQ(Bytes(packet.begin() + 20, packet.end()),
            from_hex("31 33 c8 02 0064 0000 c0000264 c0008400"));
  const auto received = decode_advertisement(testing::datagram_of(Family::IPv4, packet));
  ASSERT_TRUE(received);
  EXPECT_EQ(received->checksum, ChecksumForm::Message);
}

TEST(Encode, EveryLengthThatDecodesFits) {
  const Bytes many(255 * 16, 0x20);
  Advertisement advertisement = version3_ipv6();
  advertisement.addresses = many;
  const Address group = multicast_group(Family::IPv6);
  const auto bytes = encode_advertisement(advertisement, ChecksumForm::Message, kSource6, group);
  EXPECT_EQ(bytes.octets().size(), 4088U);
  const auto received = decode_advertisement({.family = Family::IPv6,
                                              .octets = bytes.octets(),
                                              .source = kSource6,
                                              .destination = group,
                                              .hop_limit = 255});
  ASSERT_TRUE(received);
  EXPECT_EQ(received->advertisement.address_count(), 255U);
}

TEST(PacketSize, IsWhatIsSent) {
  EXPECT_EQ(packet_size(Version::V3, Family::IPv4, 200), 828U);
  EXPECT_EQ(packet_size(Version::V2, Family::IPv4, 1), 40U);
  EXPECT_EQ(packet_size(Version::V3, Family::IPv6, 2), 80U);
}

class RandomRoundTrip : public ::testing::TestWithParam<unsigned> {
 protected:
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_()) % limit; }
  std::uint8_t octet() { return static_cast<std::uint8_t>(random_()); }
  std::mt19937 random_{GetParam()};
};

TEST_P(RandomRoundTrip, WhatIsEncodedIsDecoded) {
  for (int round = 0; round < 2000; ++round) {
    const bool is_ipv6 = below(3) == 0;
    const bool is_version2 = !is_ipv6 && below(2) == 0;
    Bytes addresses((1 + below(is_ipv6 ? 90 : 255)) * (is_ipv6 ? 16 : 4));
    for (std::uint8_t& one : addresses) one = octet();
    Advertisement sent{.version = is_version2 ? Version::V2 : Version::V3,
                       .family = is_ipv6 ? Family::IPv6 : Family::IPv4,
                       .virtual_router_id = static_cast<std::uint8_t>(1 + below(255)),
                       .priority = octet(),
                       .interval = is_version2 ? (1 + below(255)) * Duration(1s)
                                               : (1 + below(4095)) * Duration(10ms),
                       .addresses = addresses,
                       .is_authenticated = is_version2 && below(2) == 0};
    if (sent.is_authenticated) {
      for (std::uint8_t& one : sent.password) one = octet();
    }
    const auto form = below(2) == 0 ? ChecksumForm::Message : ChecksumForm::PseudoHeader;
    const Address source = is_ipv6 ? kSource6 : kSource;
    const Address destination =
        below(2) == 0 ? multicast_group(sent.family) : (is_ipv6 ? address("fe80::2") : kPeer);

    const auto bytes = encode_advertisement(sent, form, source, destination);
    const auto received = decode_advertisement({.family = sent.family,
                                                .octets = bytes.octets(),
                                                .source = source,
                                                .destination = destination,
                                                .hop_limit = 255});
    ASSERT_TRUE(received) << to_string(received.error()) << " in round " << round;
    EXPECT_EQ(received->source, source);
    EXPECT_EQ(received->destination, destination);
    EXPECT_EQ(received->checksum, is_ipv6 || is_version2 ? ChecksumForm::Message : form);
    const Advertisement& got = received->advertisement;
    EXPECT_EQ(got.version, sent.version);
    EXPECT_EQ(got.family, sent.family);
    EXPECT_EQ(got.virtual_router_id, sent.virtual_router_id);
    EXPECT_EQ(got.priority, sent.priority);
    EXPECT_EQ(got.interval, sent.interval);
    EXPECT_TRUE(std::ranges::equal(got.addresses, sent.addresses));
    EXPECT_EQ(got.is_authenticated, sent.is_authenticated);
    EXPECT_EQ(got.password, sent.password);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRoundTrip, ::testing::Values(1U, 2U, 3U));

}  // namespace
}  // namespace evenkeel::vrrp
