#include "vrrp/bytes.h"

#include <gtest/gtest.h>
#include <random>

#include "tests/vrrp/packet.h"

namespace evenkeel::vrrp {
namespace {

using testing::Bytes;
using testing::from_hex;

std::uint16_t checksum(std::span<const std::uint8_t> octets) {
  OnesComplementSum sum;
  sum.add(octets);
  return sum.complement();
}

TEST(Bytes, NumbersAreInNetworkOrder) {
  EXPECT_EQ(load_u16(from_hex("00 12 34 00"), 1), 0x1234);
  Bytes buffer(8, 0xEE);
  ByteWriter writer(buffer);
  writer.u8(1);
  writer.u16(0x0203);
  writer.octets(from_hex("04 05"));
  writer.u16_at(1, 0xABCD);
  EXPECT_EQ(writer.size(), 5U);
  EXPECT_EQ(Bytes(writer.written().begin(), writer.written().end()), from_hex("01 ab cd 04 05"));
  EXPECT_EQ(writer.written(3).size(), 2U);
  EXPECT_EQ(buffer, from_hex("01 ab cd 04 05 ee ee ee"));
}

// RFC 1071 section 3: these words sum to ddf2.
TEST(Bytes, TheChecksumIsTheComplementOfTheSum) {
  EXPECT_EQ(checksum(from_hex("0001 f203 f4f5 f6f7")), 0x220D);
  EXPECT_EQ(checksum({}), 0xFFFF);
  EXPECT_EQ(checksum(from_hex("ffff")), 0x0000);
  EXPECT_EQ(checksum(from_hex("ff")), 0x00FF);  // an odd octet is the upper half of a word
  EXPECT_EQ(checksum(from_hex("0001 f203 f4")), 0x19FA);
}

TEST(Bytes, ASumThatIncludesItsChecksumIsRight) {
  OnesComplementSum sum;
  sum.add(from_hex("0001 f203 f4f5 f6f7"));
  EXPECT_FALSE(sum.is_right());
  sum.add(std::uint16_t{0x220D});
  EXPECT_TRUE(sum.is_right());
}

TEST(Bytes, CarriesOfLongSumsComeAround) {
  EXPECT_EQ(checksum(Bytes(4096, 0xFF)), 0x0000);
  EXPECT_EQ(checksum(Bytes(4090, 0x80)), testing::checksum_by_the_book(Bytes(4090, 0x80)));
}

TEST(Bytes, AnyOctetsInAnyPartsSumAsByTheBook) {
  std::mt19937 random(1071);
  for (int round = 0; round < 2000; ++round) {
    Bytes octets(random() % 70);
    for (std::uint8_t& octet : octets) octet = static_cast<std::uint8_t>(random());
    const std::size_t split = random() % (octets.size() / 2 + 1) * 2;
    OnesComplementSum sum;
    sum.add(std::span(octets).subspan(split));
    sum.add(std::span(octets).first(split));
    ASSERT_EQ(sum.complement(), testing::checksum_by_the_book(octets)) << round;
  }
}

}  // namespace
}  // namespace evenkeel::vrrp
