#include "vrrp/announcement.h"

#include <gtest/gtest.h>

#include "tests/vrrp/packet.h"

namespace evenkeel::vrrp {

// For messages of failed comparisons.
void PrintTo(const Conflict& conflict, std::ostream* out) {
  *out << conflict.address;
  for (const std::uint8_t octet : conflict.mac) *out << ' ' << static_cast<int>(octet);
}

namespace {

using testing::address;
using testing::Bytes;
using testing::from_hex;

constexpr MacAddress kMac4 = {0x00, 0x00, 0x5E, 0x00, 0x01, 0x33};
constexpr MacAddress kMac6 = {0x00, 0x00, 0x5E, 0x00, 0x02, 0x33};

Bytes bytes_of(const Frame& frame) {
  return {frame.octets().begin(), frame.octets().end()};
}

// The same layout as keepalived, FRR and holo send.
TEST(Announcement, GratuitousArpAsRequest) {
  EXPECT_EQ(bytes_of(announcement(address("192.0.2.100"), kMac4)),
            from_hex("ffffffffffff 00005e000133 0806"
                     "0001 0800 06 04 0001"
                     "00005e000133 c0000264"
                     "ffffffffffff c0000264"));
}

TEST(Announcement, UnsolicitedNeighbourAdvertisement) {
  EXPECT_EQ(
      bytes_of(announcement(address("2001:db8::100"), kMac6)),
      from_hex(
          "333300000001 00005e000233 86dd"
          "60000000 0020 3a ff 20010db8000000000000000000000100 ff020000000000000000000000000001"
          "88 00 18fa a0000000 20010db8000000000000000000000100 02 01 00005e000233"));
}

TEST(Announcement, AProbeOfIPv4SaysNothingOfItsSender) {
  EXPECT_EQ(bytes_of(probe(address("192.0.2.100"), kMac4)),
            from_hex("ffffffffffff 00005e000133 0806"
                     "0001 0800 06 04 0001"
                     "00005e000133 00000000"
                     "000000000000 c0000264"));
  EXPECT_EQ(conflict_in(probe(address("192.0.2.100"), kMac4).octets()), std::nullopt);
}

TEST(Announcement, AProbeOfIPv6IsASolicitationFromNobody) {
  Bytes expected = from_hex(
      "3333ff345678 00005e000233 86dd"
      "60000000 0018 3a ff 00000000000000000000000000000000 ff0200000000000000000001ff345678"
      "87 00 0000 00000000 20010db8000000000000000012345678");
  const std::uint16_t sum = testing::checksum_by_the_book(
      from_hex("00000000000000000000000000000000 ff0200000000000000000001ff345678 00000018 0000003a"
               "87 00 0000 00000000 20010db8000000000000000012345678"));
  expected[56] = static_cast<std::uint8_t>(sum >> 8);
  expected[57] = static_cast<std::uint8_t>(sum);
  EXPECT_EQ(bytes_of(probe(address("2001:db8::1234:5678"), kMac6)), expected);
  EXPECT_EQ(conflict_in(expected), std::nullopt);
}

TEST(Conflict, AnAnnouncementIsOne) {
  const Conflict four{address("192.0.2.100"), kMac4};
  const Conflict six{address("2001:db8::100"), kMac6};
  EXPECT_EQ(conflict_in(announcement(four.address, kMac4).octets()), four);
  const Bytes gratuitous_reply = from_hex(
      "ffffffffffff 00005e000133 0806"
      "0001 0800 06 04 0002"
      "00005e000133 c0000264"
      "00005e000133 c0000264");
  EXPECT_EQ(conflict_in(gratuitous_reply), four);
  EXPECT_EQ(conflict_in(announcement(six.address, kMac6).octets()), six);
}

/// Somebody's ARP reply to us, padded to the shortest Ethernet frame.
Bytes arp_reply() {
  Bytes frame = from_hex(
      "020000000001 020000000002 0806"
      "0001 0800 06 04 0002"
      "020000000002 c0000264"
      "020000000001 c0000201");
  frame.resize(60);
  return frame;
}

TEST(Conflict, AnArpReplyIsOneOfItsSender) {
  EXPECT_EQ(conflict_in(arp_reply()), (Conflict{address("192.0.2.100"), {2, 0, 0, 0, 0, 2}}));
}

TEST(Conflict, ArpThatIsNotOfEthernetAndIPv4SaysNothing) {
  ASSERT_NE(conflict_in(arp_reply()), std::nullopt);
  for (const std::size_t at : {12U, 13U, 14U, 15U, 16U, 17U, 18U, 19U, 20U, 21U}) {
    Bytes frame = arp_reply();
    frame[at] ^= 0x20;
    EXPECT_EQ(conflict_in(frame), std::nullopt) << at;
  }
  Bytes inverse = arp_reply();
  inverse[21] = 8;  // InARP request
  EXPECT_EQ(conflict_in(inverse), std::nullopt);
}

TEST(Conflict, AnImpossibleArpSenderSaysNothing) {
  for (const auto* sender : {"00000000", "e0000012"}) {
    Bytes frame = arp_reply();
    std::ranges::copy(from_hex(sender), frame.begin() + 28);
    EXPECT_EQ(conflict_in(frame), std::nullopt) << sender;
  }
}

TEST(Conflict, ATruncatedFrameSaysNothing) {
  const Bytes arp = bytes_of(announcement(address("192.0.2.100"), kMac4));
  const Bytes advertisement = bytes_of(announcement(address("2001:db8::100"), kMac6));
  for (const Bytes& whole : {arp, advertisement}) {
    ASSERT_NE(conflict_in(whole), std::nullopt);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(conflict_in(std::span(whole).first(size)), std::nullopt) << size;
    }
  }
}

/// A neighbour advertisement of 2001:db8::100 with everything right but what the test changes.
struct NeighbourAdvertisement {
  std::string type_and_code = "8800";
  std::string flags = "60000000";  ///< S=1 O=1
  std::string hop_limit = "ff";
  std::string next_header = "3a";
  std::string destination = "20010db8000000000000000000000001";
  std::string target = "20010db8000000000000000000000100";
  std::string options = "0201 020000000099";

  [[nodiscard]] Bytes frame() const {
    const std::string source = "20010db8000000000000000000000100";
    const Bytes message = from_hex(type_and_code + "0000" + flags + target + options);
    const Bytes size = {0, static_cast<std::uint8_t>(message.size())};
    Bytes pseudo = from_hex(source + destination + "00 3a");
    pseudo.insert(pseudo.end(), size.begin(), size.end());
    pseudo.insert(pseudo.end(), message.begin(), message.end());
    const std::uint16_t sum = testing::checksum_by_the_book(pseudo);
    Bytes frame = from_hex("020000000001 020000000002 86dd 60000000");
    frame.insert(frame.end(), size.begin(), size.end());
    const Bytes rest = from_hex(next_header + hop_limit + source + destination);
    frame.insert(frame.end(), rest.begin(), rest.end());
    frame.insert(frame.end(), message.begin(), message.end());
    frame[56] = static_cast<std::uint8_t>(sum >> 8);
    frame[57] = static_cast<std::uint8_t>(sum);
    return frame;
  }
};

constexpr MacAddress kFromOption = {2, 0, 0, 0, 0, 0x99};
constexpr MacAddress kFromFrame = {2, 0, 0, 0, 0, 2};

TEST(Conflict, ANeighbourAdvertisementIsOneOfItsTarget) {
  EXPECT_EQ(conflict_in(NeighbourAdvertisement{}.frame()),
            (Conflict{address("2001:db8::100"), kFromOption}));
  EXPECT_EQ(conflict_in(NeighbourAdvertisement{.options = ""}.frame()),
            (Conflict{address("2001:db8::100"), kFromFrame}));
  // An option that we do not know, in front.
  EXPECT_EQ(conflict_in(NeighbourAdvertisement{.options = "0e01 010203040506 0201 020000000099"}  //
                            .frame()),
            (Conflict{address("2001:db8::100"), kFromOption}));
}

TEST(Conflict, PaddingAfterAnIPv6PacketIsNoOption) {
  Bytes frame = NeighbourAdvertisement{}.frame();
  frame.resize(frame.size() + 7);
  EXPECT_EQ(conflict_in(frame), (Conflict{address("2001:db8::100"), kFromOption}));
}

TEST(Conflict, ANeighbourAdvertisementMustBeAsRfc4861Wants) {
  const std::string group = "ff020000000000000000000000000001";
  EXPECT_NE(conflict_in(NeighbourAdvertisement{.flags = "20000000", .destination = group}.frame()),
            std::nullopt);
  for (const NeighbourAdvertisement& wrong : {
           NeighbourAdvertisement{.type_and_code = "8700"},
           NeighbourAdvertisement{.type_and_code = "8801"},
           NeighbourAdvertisement{.hop_limit = "fe"},
           NeighbourAdvertisement{.next_header = "3b"},
           NeighbourAdvertisement{.destination = group},  // solicited, and to everybody
           NeighbourAdvertisement{.target = group},
           NeighbourAdvertisement{.target = "00000000000000000000000000000000"},
           NeighbourAdvertisement{.options = "0200 020000000099"},
           NeighbourAdvertisement{.options = "0202 020000000099"},
           NeighbourAdvertisement{.options = "0201"},
       }) {
    EXPECT_EQ(conflict_in(wrong.frame()), std::nullopt)
        << wrong.type_and_code << wrong.hop_limit << wrong.next_header << wrong.destination
        << wrong.target << wrong.options;
  }
  Bytes frame = NeighbourAdvertisement{}.frame();
  frame[57] ^= 1;
  EXPECT_EQ(conflict_in(frame), std::nullopt);
}

}  // namespace
}  // namespace evenkeel::vrrp
