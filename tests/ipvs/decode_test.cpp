// The kernel's answers, byte for byte, as a little-endian host receives them.
#include <gtest/gtest.h>

#include "ipvs/codec.h"
#include "tests/ipvs/bytes.h"
#include "tests/ipvs/random_table.h"

namespace evenkeel::ipvs {
namespace {

using boost::asio::ip::make_address;

Answer only_answer(const std::vector<std::byte>& buffer) {
  std::span<const std::byte> rest(buffer);
  const auto answer = next_answer(rest);
  EXPECT_TRUE(answer.has_value() && answer->has_value());
  return answer && *answer ? **answer : Answer{};
}

constexpr std::string_view kServiceAnswer = R"(
    d4 00 00 00  1c 00 02 00  07 00 00 00  39 30 00 00
    01 01 00 00
    c0 00 01 00
      06 00 01 00  02 00 00 00
      06 00 02 00  11 00 00 00
      14 00 03 00  c0 00 02 0a  de ad be ef  de ad be ef  de ad be ef
      06 00 04 00  00 35 00 00
      07 00 06 00  73 68 00 00
      08 00 0b 00  73 69 70 00
      0c 00 07 00  cf ff 00 c8  ff ff ff ff
      08 00 08 00  68 01 00 00
      08 00 09 00  ff ff ff 00
      1c 00 0a 00
        08 00 01 00  05 00 00 00
        08 00 02 00  06 00 00 00
        08 00 06 00  07 00 00 00
      48 00 0c 00
        0c 00 01 00  05 00 00 00  01 00 00 00
        04 00 0b 00
        0c 00 02 00  02 00 00 00  00 00 00 00
        0c 00 05 00  03 00 00 00  00 00 00 00
        0c 00 0a 00  04 00 00 00  00 00 00 00
        10 00 63 00  00 00 00 00  00 00 00 00  00 00 00 00)";

TEST(Decode, Service) {
  const auto buffer = bytes(kServiceAnswer);
  const auto reading = decode_service(only_answer(buffer));
  ASSERT_TRUE(reading.has_value()) << to_string(reading.error());

  ServiceReading expected;
  expected.service.key = {0, Family::Ipv4, Protocol::Udp, make_address("192.0.2.10"), 53};
  expected.service.scheduler = "sh";
  expected.service.persistence_engine = "sip";
  // 0xc800ffcf without HASHED and what has no name.
  expected.service.flags =
      ServiceFlags::kPersistent | ServiceFlags::kOnePacket | ServiceFlags::kScheduler1;
  expected.service.persistence_seconds = 360;
  expected.service.persistence_prefix = 24;
  expected.statistics.connections = 0x100000005;  // the 64-bit ones
  expected.statistics.in_packets = 2;
  expected.statistics.out_bytes = 3;
  expected.statistics.out_byte_rate = 4;
  EXPECT_EQ(*reading, expected);
}

TEST(Decode, ServiceByFirewallMarkWithNarrowStatistics) {
  const auto buffer = bytes(R"(
    64 00 00 00  1c 00 02 00  07 00 00 00  39 30 00 00
    01 01 00 00
    50 00 01 00
      06 00 01 00  0a 00 00 00
      08 00 05 00  07 00 00 00
      08 00 06 00  77 72 72 00
      0c 00 07 00  02 00 00 00  ff ff ff ff
      08 00 08 00  00 00 00 00
      08 00 09 00  80 00 00 00
      18 00 0a 00
        08 00 01 00  05 00 00 00
        0c 00 04 00  06 00 00 00  07 00 00 00)");
  const auto reading = decode_service(only_answer(buffer));
  ASSERT_TRUE(reading.has_value()) << to_string(reading.error());

  ServiceReading expected;
  expected.service.key.firewall_mark = 7;
  expected.service.key.family = Family::Ipv6;
  expected.service.scheduler = "wrr";
  expected.service.persistence_prefix = 128;
  expected.statistics.connections = 5;
  expected.statistics.in_bytes = 0x700000006;
  EXPECT_EQ(*reading, expected);
}

constexpr std::string_view kDestinationAnswer = R"(
    9c 00 00 00  1c 00 02 00  07 00 00 00  39 30 00 00
    05 01 00 00
    88 00 02 00
      14 00 01 00  20 01 0d b8  00 00 00 00  00 00 00 00  00 00 00 21
      06 00 02 00  1f 90 00 00
      08 00 03 00  02 00 00 00
      08 00 04 00  05 00 00 00
      08 00 05 00  e8 03 00 00
      08 00 06 00  20 03 00 00
      08 00 07 00  01 00 00 00
      08 00 08 00  02 00 00 00
      08 00 09 00  03 00 00 00
      06 00 0b 00  0a 00 00 00
      05 00 0d 00  01 00 00 00
      06 00 0e 00  17 c0 00 00
      06 00 0f 00  02 00 00 00
      10 00 0c 00
        0c 00 03 00  09 00 00 00  00 00 00 00)";

TEST(Decode, DestinationThroughGue) {
  const auto buffer = bytes(kDestinationAnswer);
  const auto reading = decode_destination(only_answer(buffer), Family::Ipv4);
  ASSERT_TRUE(reading.has_value()) << to_string(reading.error());

  DestinationReading expected;
  expected.destination.key = {make_address("2001:db8::21"), 8080};
  expected.destination.forwarding = ForwardingMethod::Tunnel;
  expected.destination.tunnel = {TunnelType::Gue, 6080, 2};
  expected.destination.weight = 5;
  expected.destination.upper_threshold = 1000;
  expected.destination.lower_threshold = 800;
  expected.counters = {1, 2, 3, {}};
  expected.counters.statistics.out_packets = 9;
  EXPECT_EQ(*reading, expected);
}

TEST(Decode, DestinationOfAnOldKernelHasItsServicesFamily) {
  const auto buffer = bytes(R"(
    6c 00 00 00  1c 00 02 00  07 00 00 00  39 30 00 00
    05 01 00 00
    58 00 02 00
      14 00 01 00  0a 00 00 03  00 00 00 00  00 00 00 00  00 00 00 00
      06 00 02 00  00 50 00 00
      08 00 03 00  00 00 00 00
      08 00 04 00  00 00 00 00
      08 00 05 00  00 00 00 00
      08 00 06 00  00 00 00 00
      08 00 07 00  00 00 00 00
      08 00 08 00  00 00 00 00
      08 00 09 00  00 00 00 00)");
  const auto reading = decode_destination(only_answer(buffer), Family::Ipv4);
  ASSERT_TRUE(reading.has_value()) << to_string(reading.error());
  EXPECT_EQ(to_string(reading->destination.key), "10.0.0.3:80");
  EXPECT_EQ(reading->destination.weight, 0u);
}

TEST(Decode, NetmaskThatIsNoPrefix) {
  auto buffer = bytes(kServiceAnswer);
  const std::size_t mask = 20 + 4 + 8 + 8 + 20 + 8 + 8 + 8 + 12 + 8 + 4;
  for (const auto& [octets, prefix] :
       {std::pair{"ff ff ff ff", 32}, {"80 00 00 00", 1}, {"ff 00 ff 00", 0}, {"00 00 00 00", 0}}) {
    const auto replacement = bytes(octets);
    std::copy(replacement.begin(), replacement.end(), buffer.begin() + mask);
    const auto reading = decode_service(only_answer(buffer));
    ASSERT_TRUE(reading.has_value());
    EXPECT_EQ(reading->service.persistence_prefix, prefix) << octets;
  }
}

TEST(Decode, WhatOurTypesCannotSay) {
  auto buffer = bytes(kServiceAnswer);
  buffer[28] = std::byte{7};  // address family
  EXPECT_EQ(decode_service(only_answer(buffer)).error(), DecodeError::Unrepresentable);
  buffer = bytes(kServiceAnswer);
  buffer[37] = std::byte{1};  // protocol 273
  EXPECT_EQ(decode_service(only_answer(buffer)).error(), DecodeError::Unrepresentable);
}

TEST(Decode, InfoTimeoutsAndFamily) {
  const auto info = decode_info(only_answer(bytes(R"(
    24 00 00 00  1c 00 00 00  07 00 00 00  39 30 00 00   0e 01 00 00
    08 00 01 00  01 02 01 00  08 00 02 00  00 10 00 00)")));
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->version, 0x010201u);
  EXPECT_EQ(info->connection_table_size, 4096u);

  const auto timeouts = decode_timeouts(only_answer(bytes(R"(
    2c 00 00 00  1c 00 00 00  07 00 00 00  39 30 00 00   0c 01 00 00
    08 00 04 00  84 03 00 00  08 00 05 00  78 00 00 00  08 00 06 00  2c 01 00 00)")));
  ASSERT_TRUE(timeouts.has_value());
  EXPECT_EQ(*timeouts, (Timeouts{900, 120, 300}));

  const auto family = decode_family_id(only_answer(bytes(R"(
    28 00 00 00  10 00 00 00  07 00 00 00  39 30 00 00   01 02 00 00
    09 00 02 00  49 50 56 53  00 00 00 00  06 00 01 00  1d 00 00 00)")));
  ASSERT_TRUE(family.has_value());
  EXPECT_EQ(*family, 29);
}

TEST(Decode, RefusesAnswersToOtherQuestions) {
  const auto buffer = bytes(kServiceAnswer);
  EXPECT_EQ(decode_destination(only_answer(buffer), Family::Ipv4).error(),
            DecodeError::UnexpectedCommand);
  EXPECT_EQ(decode_info(only_answer(buffer)).error(), DecodeError::UnexpectedCommand);
  EXPECT_EQ(decode_timeouts(only_answer(buffer)).error(), DecodeError::UnexpectedCommand);
  EXPECT_EQ(decode_family_id(only_answer(bytes(kDestinationAnswer))).error(),
            DecodeError::UnexpectedCommand);
}

/// Whatever is cut off or changed: an error or a value, never a read beyond the end (ASan sees it).
TEST(Decode, SurvivesEveryCutAndEveryChangedByte) {
  for (const std::string_view source : {kServiceAnswer, kDestinationAnswer}) {
    const auto whole = bytes(source);
    const auto decode_all = [](std::span<const std::byte> rest) {
      int decoded = 0;
      for (auto answer = next_answer(rest); answer && *answer; answer = next_answer(rest)) {
        decoded += decode_service(**answer).has_value() ? 1 : 0;
        decoded += decode_destination(**answer, Family::Ipv6).has_value() ? 1 : 0;
        static_cast<void>(decode_info(**answer));
        static_cast<void>(decode_timeouts(**answer));
        static_cast<void>(decode_family_id(**answer));
        static_cast<void>(decode_result(**answer));
      }
      return decoded;
    };
    EXPECT_EQ(decode_all(whole), 1);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const std::vector<std::byte> cut(whole.begin(),
                                       whole.begin() + static_cast<std::ptrdiff_t>(length));
      EXPECT_EQ(decode_all(cut), 0) << length;
    }
    for (std::size_t index = 0; index < whole.size(); ++index) {
      for (const unsigned bit : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U}) {
        auto changed = whole;
        changed[index] ^= std::byte{1} << bit;
        decode_all(changed);
      }
    }
  }
}

/// A request to add is what the kernel sends when asked, but for counters.
TEST(Decode, GivesBackWhatWasEncoded) {
  Requests requests;
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    RandomTable random(seed);
    const Service service = random.service();
    requests.restart(28, 1);
    requests.put_operation({OperationKind::AddService, service, {}});
    std::span<const std::byte> rest = requests.bytes();
    const auto answer = next_answer(rest);
    ASSERT_TRUE(answer && *answer);
    const auto reading = decode_service(**answer);
    ASSERT_TRUE(reading.has_value()) << to_string(reading.error());
    EXPECT_EQ(reading->service, service);
  }
}

TEST(Decode, GivesBackTheDestinationThatWasEncoded) {
  Requests requests;
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    RandomTable random(seed);
    Service service;
    service.key.firewall_mark = 7;
    const Destination destination = random.destination();
    requests.restart(28, 1);
    requests.put_operation({OperationKind::AddDestination, service, destination});

    // The counters that the kernel adds, at the end of the DEST nest, which is last.
    std::vector<std::byte> buffer(requests.bytes().begin(), requests.bytes().end());
    const auto counters = bytes(
        "08 00 07 00 01 00 00 00  08 00 08 00 02 00 00 00"
        "08 00 09 00 03 00 00 00");
    buffer.insert(buffer.end(), counters.begin(), counters.end());
    const std::size_t nest = 20 + 20;
    buffer[0] = static_cast<std::byte>(std::to_integer<unsigned>(buffer[0]) + 24);
    buffer[nest] = static_cast<std::byte>(std::to_integer<unsigned>(buffer[nest]) + 24);

    const auto reading = decode_destination(only_answer(buffer), Family::Ipv4);
    ASSERT_TRUE(reading.has_value()) << to_string(reading.error());
    EXPECT_EQ(reading->destination, destination);
    EXPECT_EQ(reading->counters.persistent_connections, 3u);
  }
}

std::string error_answer(std::string_view sequence, std::string_view error) {
  return "24 00 00 00  02 00 00 01 " + std::string(sequence) + " 00 00 00  39 30 00 00 " +
         std::string(error) + "68 00 00 00  1c 00 01 00 " + std::string(sequence) +
         " 00 00 00  00 00 00 00 ";
}

constexpr std::string_view kSuccess = "00 00 00 00 ";
constexpr std::string_view kExists = "ef ff ff ff ";   // -17
constexpr std::string_view kMissing = "fd ff ff ff ";  // -3

TEST(BatchResults, UnansweredIsSuccess) {
  BatchResults results(0x10, 5);
  ASSERT_TRUE(results.take(bytes(error_answer("11", kExists) + error_answer("13", kMissing))));
  EXPECT_FALSE(results.is_complete());
  ASSERT_TRUE(results.take(bytes(error_answer("14", kSuccess))));
  EXPECT_TRUE(results.is_complete());
  EXPECT_EQ(std::vector<int>(results.errnos().begin(), results.errnos().end()),
            (std::vector<int>{0, EEXIST, 0, ESRCH, 0}));
}

TEST(BatchResults, LastMayFail) {
  BatchResults results(0x10, 1);
  ASSERT_TRUE(results.take(bytes(error_answer("10", kExists))));
  EXPECT_TRUE(results.is_complete());
  EXPECT_EQ(results.errnos()[0], EEXIST);
}

TEST(BatchResults, IgnoresAnswersToOthers) {
  BatchResults results(0x10, 2);
  ASSERT_TRUE(results.take(bytes(error_answer("0f", kExists) + error_answer("12", kExists))));
  ASSERT_TRUE(results.take(bytes(kServiceAnswer)));
  EXPECT_FALSE(results.is_complete());
  EXPECT_EQ(results.errnos()[0], 0);
}

TEST(BatchResults, RefusesWhatIsNoErrno) {
  BatchResults results(0x10, 1);
  EXPECT_EQ(results.take(bytes(error_answer("10", "01 00 00 00"))).error(), DecodeError::BadResult);
  EXPECT_EQ(results.take(bytes(error_answer("10", "00 00 00 80"))).error(), DecodeError::BadResult);
  EXPECT_EQ(
      results.take(bytes("12 00 00 00  02 00 00 00  10 00 00 00  00 00 00 00  00 00")).error(),
      DecodeError::Truncated);
  EXPECT_FALSE(results.is_complete());
}

TEST(Result, EndOfADumpMayTellItsErrno) {
  EXPECT_EQ(*decode_result(only_answer(
                bytes("14 00 00 00  03 00 02 00  10 00 00 00  00 00 00 00  00 00 00 00"))),
            0);
  EXPECT_EQ(*decode_result(only_answer(
                bytes("14 00 00 00  03 00 02 00  10 00 00 00  00 00 00 00  f4 ff ff ff"))),
            ENOMEM);
  EXPECT_EQ(
      *decode_result(only_answer(bytes("10 00 00 00  03 00 02 00  10 00 00 00  00 00 00 00"))), 0);
}

}  // namespace
}  // namespace evenkeel::ipvs
