// What is received: what a decoder accepts, why it refuses the rest, and what is compared.
#include "vrrp/advertisement.h"

#include <gtest/gtest.h>
#include <optional>
#include <set>

#include "tests/vrrp/packet.h"

namespace evenkeel::vrrp {

void PrintTo(DecodeError error, std::ostream* out) {
  *out << to_string(error);
}

namespace {

using namespace std::chrono_literals;
using testing::address;
using testing::Bytes;
using testing::from_hex;
using testing::kSource6;
using testing::version3;
using testing::version3_ipv6;

/// Nothing: accepted.
std::optional<DecodeError> error_of(const Datagram& datagram) {
  const auto received = decode_advertisement(datagram);
  return received ? std::nullopt : std::optional(received.error());
}

/// What a test changes of an IPv4 packet; all else is right, the checksums too.
struct Packet4 {
  Bytes message = from_hex("31 33 c8 01 0064 0000 c0000264");
  Bytes options;
  Bytes padding;
  std::uint8_t ttl = 255;
  std::string source = "c0000201";
  std::string destination = "e0000012";
  int total_length_error = 0;

  [[nodiscard]] Bytes octets() const {
    Bytes summed = message;
    const std::uint16_t sum = testing::checksum_by_the_book(summed);
    summed.at(6) = static_cast<std::uint8_t>(sum >> 8);
    summed.at(7) = static_cast<std::uint8_t>(sum);
    Bytes packet = from_hex("45c0 0000 00000000 ff70 0000" + source + destination);
    packet[0] = static_cast<std::uint8_t>(packet[0] + options.size() / 4);
    packet[8] = ttl;
    packet.insert(packet.end(), options.begin(), options.end());
    packet.insert(packet.end(), summed.begin(), summed.end());
    packet[3] = static_cast<std::uint8_t>(static_cast<int>(packet.size()) + total_length_error);
    packet.insert(packet.end(), padding.begin(), padding.end());
    return packet;
  }
};

std::optional<DecodeError> error_of(const Packet4& packet) {
  const Bytes octets = packet.octets();
  return error_of(testing::datagram_of(Family::IPv4, octets));
}

std::optional<DecodeError> error_of_message(std::string_view hex) {
  return error_of(Packet4{.message = from_hex(hex)});
}

TEST(Advertisement, GroupsAndErrorsHaveTheirNames) {
  EXPECT_EQ(multicast_group(Family::IPv4).to_string(), "224.0.0.18");
  EXPECT_EQ(multicast_group(Family::IPv6).to_string(), "ff02::12");
  std::set<std::string_view> names;
  for (std::size_t number = 0; number < kDecodeErrors; ++number) {
    names.insert(to_string(static_cast<DecodeError>(number)));
  }
  EXPECT_EQ(names.size(), kDecodeErrors);
  EXPECT_EQ(names.count("?"), 0U);
  EXPECT_EQ(to_string(DecodeError::IntervalMismatch), "interval mismatch");
}

TEST(Advertisement, APasswordIsItsFirstEightOctets) {
  EXPECT_EQ(password_from(""), Password{});
  EXPECT_EQ(password_from("1111"), (Password{'1', '1', '1', '1', 0, 0, 0, 0}));
  EXPECT_EQ(password_from("123456789"), (Password{'1', '2', '3', '4', '5', '6', '7', '8'}));
}

TEST(Decode, TheBasisOfTheseTestsIsAccepted) {
  EXPECT_EQ(error_of(Packet4{}), std::nullopt);
}

TEST(Decode, IPv4OptionsAndPaddingAreStripped) {
  EXPECT_EQ(error_of(Packet4{.options = Bytes(4)}), std::nullopt);
  EXPECT_EQ(error_of(Packet4{.options = Bytes(40)}), std::nullopt);
  EXPECT_EQ(error_of(Packet4{.padding = Bytes(14, 0xEE)}), std::nullopt);
}

TEST(Decode, LengthOfTheIPv4Packet) {
  EXPECT_EQ(error_of(Packet4{.total_length_error = 1}), DecodeError::Length);
  EXPECT_EQ(error_of(Packet4{.total_length_error = -1}), DecodeError::Length);
  EXPECT_EQ(error_of(Packet4{.padding = Bytes(1), .total_length_error = 1}), DecodeError::Length);
  const Bytes whole = Packet4{}.octets();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(error_of({.family = Family::IPv4, .octets = std::span(whole).first(size)}),
              DecodeError::Length)
        << size;
  }
  for (const int first : {0x44, 0x40, 0x65, 0x49}) {  // version and header length in words
    Bytes octets = whole;
    octets[0] = static_cast<std::uint8_t>(first);
    EXPECT_EQ(error_of(testing::datagram_of(Family::IPv4, octets)), DecodeError::Length) << first;
  }
  Bytes short_total = whole;
  short_total[3] = 19;
  EXPECT_EQ(error_of(testing::datagram_of(Family::IPv4, short_total)), DecodeError::Length);
}

TEST(Decode, LengthOfTheMessageIsWhatItsAddressCountSays) {
  EXPECT_EQ(error_of_message("31 33 c8 02 0064 0000 c0000264"), DecodeError::Length);
  EXPECT_EQ(error_of_message("31 33 c8 01 0064 0000 c0000264 c0000265"), DecodeError::Length);
  EXPECT_EQ(error_of_message("31 33 c8 01 0064 0000 c0000264 00"), DecodeError::Length);
  EXPECT_EQ(error_of_message("21 33 c8 01 0001 0000 c0000264"), DecodeError::Length);
  EXPECT_EQ(error_of_message("21 33 c8 01 0001 0000 c0000264 00000000000000 00 00"),
            DecodeError::Length);
}

// FreeBSD's and OpenBSD's CARP: the same protocol number, version and type, a counter and a digest.
// As VRRP it would be a Master that leaves.
TEST(Decode, CarpIsNoVrrp) {
  EXPECT_EQ(error_of_message("21 01 00 07 0001 0000 2832000102030405 "
                             "060708090a0b0c0d0e0f101112131415161718"
                             "19"),
            DecodeError::Length);
  EXPECT_EQ(error_of_message("21 33 00 07 0001 0000" + std::string(56, '5')), DecodeError::Length);
}

TEST(Decode, HopLimit) {
  EXPECT_EQ(error_of(Packet4{.ttl = 254}), DecodeError::HopLimit);
  EXPECT_EQ(error_of(Packet4{.ttl = 0}), DecodeError::HopLimit);
}

TEST(Decode, Source) {
  EXPECT_EQ(error_of(Packet4{.source = "00000000"}), DecodeError::Source);
  EXPECT_EQ(error_of(Packet4{.source = "e0000012"}), DecodeError::Source);
}

TEST(Decode, Version) {
  for (const auto* message : {"01 33 c8 01 0064 0000 c0000264", "11 33 c8 01 0064 0000 c0000264",
                              "41 33 c8 01 0064 0000 c0000264", "f1 33 c8 01 0064 0000 c0000264"}) {
    EXPECT_EQ(error_of_message(message), DecodeError::Version) << message;
  }
}

TEST(Decode, Type) {
  EXPECT_EQ(error_of_message("30 33 c8 01 0064 0000 c0000264"), DecodeError::Type);
  EXPECT_EQ(error_of_message("32 33 c8 01 0064 0000 c0000264"), DecodeError::Type);
}

TEST(Decode, VirtualRouterIdCountAndInterval) {
  EXPECT_EQ(error_of_message("31 00 c8 01 0064 0000 c0000264"), DecodeError::VirtualRouterId);
  EXPECT_EQ(error_of_message("31 33 c8 00 0064 0000"), DecodeError::AddressCount);
  EXPECT_EQ(error_of_message("21 33 c8 00 0001 0000 0000000000000000"), DecodeError::AddressCount);
  EXPECT_EQ(error_of_message("31 33 c8 01 f000 0000 c0000264"), DecodeError::Interval);
  EXPECT_EQ(error_of_message("21 33 c8 01 0000 0000 c0000264 0000000000000000"),
            DecodeError::Interval);
}

TEST(Decode, AuthenticationType) {
  EXPECT_EQ(error_of_message("21 33 c8 01 0101 0000 c0000264 3131313100000000"), std::nullopt);
  EXPECT_EQ(error_of_message("21 33 c8 01 0201 0000 c0000264 0000000000000000"),
            DecodeError::AuthenticationType);
  EXPECT_EQ(error_of_message("21 33 c8 01 ff01 0000 c0000264 0000000000000000"),
            DecodeError::AuthenticationType);
}

TEST(Decode, OfVersion2WithoutAuthenticationTheDataIsIgnored) {
  const Bytes octets =
      Packet4{.message = from_hex("21 33 c8 01 0001 0000 c0000264 3131313100000000")}.octets();
  const auto received = decode_advertisement(testing::datagram_of(Family::IPv4, octets));
  ASSERT_TRUE(received);
  EXPECT_FALSE(received->advertisement.is_authenticated);
  EXPECT_EQ(received->advertisement.password, Password{});
}

TEST(Decode, EveryOctetOfAMessageIsUnderItsChecksum) {
  const Bytes whole = Packet4{}.octets();
  for (std::size_t at = 20; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes octets = whole;
      octets[at] = static_cast<std::uint8_t>(octets[at] ^ 1 << bit);
      EXPECT_NE(error_of(testing::datagram_of(Family::IPv4, octets)), std::nullopt) << at;
    }
  }
}

TEST(Decode, IPv6TakesAddressesAndHopLimitFromTheSocket) {
  const Address group = multicast_group(Family::IPv6);
  const auto bytes = encode_advertisement(version3_ipv6(), ChecksumForm::Message, kSource6, group);
  const Datagram right{.family = Family::IPv6,
                       .octets = bytes.octets(),
                       .source = kSource6,
                       .destination = group,
                       .hop_limit = 255};
  EXPECT_EQ(error_of(right), std::nullopt);
  Datagram wrong = right;
  wrong.hop_limit = 64;
  EXPECT_EQ(error_of(wrong), DecodeError::HopLimit);
  wrong.hop_limit = 511;  // an int: whoever reads one octet of it takes this for 255
  EXPECT_EQ(error_of(wrong), DecodeError::HopLimit);
  wrong = right;
  wrong.source = address("fe80::2");
  EXPECT_EQ(error_of(wrong), DecodeError::Checksum);
  wrong.source = address("::");
  EXPECT_EQ(error_of(wrong), DecodeError::Source);
  wrong.source = group;
  EXPECT_EQ(error_of(wrong), DecodeError::Source);
  wrong = right;
  wrong.destination = address("fe80::2");
  EXPECT_EQ(error_of(wrong), DecodeError::Checksum);
  for (std::size_t size = 0; size < right.octets.size(); ++size) {
    wrong = right;
    wrong.octets = right.octets.first(size);
    EXPECT_EQ(error_of(wrong), DecodeError::Length) << size;
  }
}

TEST(Decode, Version2IsNotSpokenOverIPv6) {
  Bytes message = from_hex(
      "21 33 c8 01 0001 0000 fe800000000000000000000000000100"
      "0000000000000000");
  EXPECT_EQ(error_of({.family = Family::IPv6,
                      .octets = message,
                      .source = kSource6,
                      .destination = multicast_group(Family::IPv6),
                      .hop_limit = 255}),
            DecodeError::Version);
}

TEST(OpenPacket, IPv4HasItsHeaderAndIPv6DoesNot) {
  std::vector<std::uint8_t> ipv4(32, 0);
  ipv4[0] = 0x45;
  ipv4[8] = 255;
  ipv4[9] = 112;
  std::ranges::copy(std::array<std::uint8_t, 8>{192, 0, 2, 1, 224, 0, 0, 18}, &ipv4[12]);
  const auto v4 = datagram_in(Family::IPv4, ipv4);
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->octets.size(), ipv4.size());
  EXPECT_EQ(v4->source, boost::asio::ip::make_address("192.0.2.1"));
  EXPECT_EQ(v4->destination, boost::asio::ip::make_address("224.0.0.18"));
  EXPECT_EQ(v4->hop_limit, 255);

  std::vector<std::uint8_t> ipv6(40 + 24 + 3, 0);  // three octets of padding
  ipv6[0] = 0x60;
  ipv6[5] = 24;
  ipv6[6] = 112;
  ipv6[7] = 255;
  ipv6[8] = 0xFE;
  ipv6[9] = 0x80;
  ipv6[23] = 1;
  ipv6[24] = 0xFF;
  ipv6[25] = 2;
  ipv6[39] = 0x12;
  const auto v6 = datagram_in(Family::IPv6, ipv6);
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->octets.size(), 24U);
  EXPECT_EQ(v6->octets.data(), ipv6.data() + 40);
  EXPECT_EQ(v6->source, boost::asio::ip::make_address("fe80::1"));
  EXPECT_EQ(v6->destination, boost::asio::ip::make_address("ff02::12"));
  EXPECT_EQ(v6->hop_limit, 255);

  EXPECT_FALSE(datagram_in(Family::IPv6, ipv4));
  EXPECT_FALSE(datagram_in(Family::IPv4, ipv6));
  EXPECT_FALSE(datagram_in(Family::IPv4, std::span(ipv4).first(19)));
  EXPECT_FALSE(datagram_in(Family::IPv6, std::span(ipv6).first(39)));
  EXPECT_FALSE(datagram_in(Family::IPv6, std::span(ipv6).first(63))) << "cut short";
  ipv6[6] = 58;
  EXPECT_FALSE(datagram_in(Family::IPv6, ipv6));
  ipv4[9] = 6;
  EXPECT_FALSE(datagram_in(Family::IPv4, ipv4));
}

TEST(Compare, Version3LooksAtTheVersionAlone) {
  EXPECT_TRUE(compare(version3(), {.version = Version::V3, .interval = 5s}));
  EXPECT_EQ(compare(version3(), {.version = Version::V2, .interval = 1s}).error(),
            DecodeError::Version);
}

TEST(Compare, Version2DemandsItsIntervalAndPassword) {
  Advertisement advertisement = version3();
  advertisement.version = Version::V2;
  const Expected plain{.version = Version::V2, .interval = 1s};
  Expected authenticated = plain;
  authenticated.is_authenticated = true;
  authenticated.password = password_from("12345678");

  EXPECT_TRUE(compare(advertisement, plain));
  EXPECT_EQ(compare(advertisement, {.version = Version::V3}).error(), DecodeError::Version);
  EXPECT_EQ(compare(advertisement, {.version = Version::V2, .interval = 2s}).error(),
            DecodeError::IntervalMismatch);
  EXPECT_EQ(compare(advertisement, authenticated).error(), DecodeError::AuthenticationType);

  advertisement.is_authenticated = true;
  EXPECT_EQ(compare(advertisement, plain).error(), DecodeError::AuthenticationType);
  EXPECT_EQ(compare(advertisement, authenticated).error(), DecodeError::Authentication);
  advertisement.password = password_from("12345678");
  EXPECT_TRUE(compare(advertisement, authenticated));
  for (std::size_t at = 0; at < 8; ++at) {  // each octet counts
    advertisement.password = password_from("12345678");
    advertisement.password[at] ^= 0x80;
    EXPECT_EQ(compare(advertisement, authenticated).error(), DecodeError::Authentication) << at;
  }
}

}  // namespace
}  // namespace evenkeel::vrrp
