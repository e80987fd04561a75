// Questions to gateways and their answers, and what is none.
#include "vrrp/gateway_frame.h"

#include <gtest/gtest.h>

#include "tests/vrrp/packet.h"
#include "vrrp/announcement.h"

namespace evenkeel::vrrp {
namespace {

using testing::address;
using testing::Bytes;
using testing::from_hex;

constexpr MacAddress kOurs = {0x02, 0x00, 0x00, 0x00, 0x00, 0x02};
const Bytes kArpReply = from_hex(
    "020000000002 020000000001 0806"
    "0001 0800 06 04 0002"
    "020000000001 c0000201"
    "020000000002 c0000202");

/// Solicited, of 2001:db8::1 to fe80::2.
Bytes neighbour_advertisement(std::uint8_t flags = 0x60) {
  Bytes frame = from_hex(
      "020000000002 020000000001 86dd"
      "60000000 0020 3a ff fe800000000000000000000000000001 fe800000000000000000000000000002"
      "88 00 0000 00000000 20010db8000000000000000000000001 02 01 020000000001");
  frame[14 + 40 + 4] = flags;
  Bytes summed(frame.begin() + 14 + 8, frame.end());  // both addresses and the message
  summed.insert(summed.end(), {0, 32, 0, 58});
  const std::uint16_t sum = testing::checksum_by_the_book(summed);
  frame[14 + 40 + 2] = static_cast<std::uint8_t>(sum >> 8);
  frame[14 + 40 + 3] = static_cast<std::uint8_t>(sum);
  return frame;
}

/// With one octet changed.
Bytes with(Bytes frame, std::size_t at, std::uint8_t octet) {
  frame[at] = octet;
  return frame;
}

TEST(GatewayQuestion, OverIPv4IsAnArpRequest) {
  const Frame frame = gateway_question(address("192.0.2.1"), address("192.0.2.2"), kOurs);
  EXPECT_EQ(Bytes(frame.octets().begin(), frame.octets().end()),
            from_hex("ffffffffffff 020000000002 0806"
                     "0001 0800 06 04 0001"
                     "020000000002 c0000202"
                     "000000000000 c0000201"));
}

TEST(GatewayQuestion, OverIPv6IsASolicitationThatSaysWhoAsks) {
  const Frame frame = gateway_question(address("2001:db8::1234:5678"), address("fe80::2"), kOurs);
  Bytes bytes(frame.octets().begin(), frame.octets().end());
  bytes[14 + 42] = bytes[14 + 43] = 0;  // the checksum, which other tests look at
  EXPECT_EQ(bytes,
            from_hex("3333ff345678 020000000002 86dd"
                     "60000000 0020 3a ff fe800000000000000000000000000002 "
                     "ff0200000000000000000001ff345678"
                     "87 00 0000 00000000 20010db8000000000000000012345678 01 01 020000000002"));
}

TEST(GatewayAnswer, IsAReplyToWhoHasAsked) {
  EXPECT_EQ(gateway_answer_in(kArpReply),
            (GatewayAnswer{address("192.0.2.1"), address("192.0.2.2"), kOurs}));
  EXPECT_EQ(gateway_answer_in(neighbour_advertisement()),
            (GatewayAnswer{address("2001:db8::1"), address("fe80::2"), kOurs}));
}

TEST(GatewayAnswer, IsNoQuestionAndNothingThatIsSaidUnasked) {
  for (const char* const text : {"192.0.2.1", "2001:db8::1"}) {
    const Address gateway = address(text);
    EXPECT_FALSE(gateway_answer_in(announcement(gateway, kOurs).octets()));
    EXPECT_FALSE(gateway_answer_in(probe(gateway, kOurs).octets()));
    const Address source = address(gateway.is_v4() ? "192.0.2.2" : "fe80::2");
    EXPECT_FALSE(gateway_answer_in(gateway_question(gateway, source, kOurs).octets()));
  }
  EXPECT_FALSE(gateway_answer_in(with(kArpReply, 41, 1))) << "a gratuitous reply";
  EXPECT_FALSE(gateway_answer_in(with(kArpReply, 21, 1))) << "a request";
  EXPECT_FALSE(gateway_answer_in(neighbour_advertisement(0x20))) << "not solicited";
}

TEST(GatewayAnswer, IsNothingMalformed) {
  for (std::size_t size = 0; size < kArpReply.size(); ++size) {
    EXPECT_FALSE(gateway_answer_in({kArpReply.data(), size}));
  }
  const Bytes advertisement = neighbour_advertisement();
  for (std::size_t size = 0; size < advertisement.size(); ++size) {
    EXPECT_FALSE(gateway_answer_in({advertisement.data(), size}));
  }
  EXPECT_FALSE(gateway_answer_in(with(advertisement, 14 + 7, 254))) << "from beyond the link";
  EXPECT_FALSE(gateway_answer_in(with(advertisement, 14 + 39, 9))) << "its checksum is wrong";
  EXPECT_FALSE(gateway_answer_in(with(kArpReply, 28, 0xE0))) << "a multicast address has no host";
}

}  // namespace
}  // namespace evenkeel::vrrp
