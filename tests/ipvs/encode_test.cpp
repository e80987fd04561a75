// The requests, byte for byte. Numbers in host byte order are written as a little-endian host has
// them.
#include <gtest/gtest.h>

#include "ipvs/codec.h"
#include "tests/ipvs/bytes.h"

namespace evenkeel::ipvs {
namespace {

using boost::asio::ip::make_address;

constexpr std::uint16_t kFamilyId = 0x1c;

class Encode : public ::testing::Test {
 protected:
  Encode() { requests_.restart(kFamilyId, 7); }

  std::string encoded(const Operation& operation) {
    requests_.put_operation(operation);
    return text(requests_.bytes());
  }

  static std::string expected(std::string_view hex) { return text(bytes(hex)); }

  Requests requests_;
};

Service web() {
  Service service;
  service.key.address = make_address("192.0.2.10");
  service.key.port = 80;
  return service;
}

TEST_F(Encode, AddServiceIpv4) {
  EXPECT_EQ(encoded({OperationKind::AddService, web(), {}}), expected(R"(
    68 00 00 00  1c 00 01 00  07 00 00 00  00 00 00 00
    01 01 00 00
    54 00 01 80
      06 00 01 00  02 00 00 00
      06 00 02 00  06 00 00 00
      14 00 03 00  c0 00 02 0a  00 00 00 00  00 00 00 00  00 00 00 00
      06 00 04 00  00 50 00 00
      08 00 06 00  77 6c 63 00
      0c 00 07 00  00 00 00 00  3d 00 00 00
      08 00 08 00  00 00 00 00
      08 00 09 00  ff ff ff ff)"));
}

TEST_F(Encode, SetServiceIpv6WithPersistenceAndEngine) {
  Service service;
  service.key.family = Family::Ipv6;
  service.key.protocol = Protocol::Udp;
  service.key.address = make_address("2001:db8::10");
  service.key.port = 5060;
  service.scheduler = "mh";
  service.flags = ServiceFlags::kPersistent | ServiceFlags::kScheduler1 | ServiceFlags::kScheduler2;
  service.persistence_seconds = 360;
  service.persistence_prefix = 64;
  service.persistence_engine = "sip";
  EXPECT_EQ(encoded({OperationKind::SetService, service, {}}), expected(R"(
    70 00 00 00  1c 00 01 00  07 00 00 00  00 00 00 00
    02 01 00 00
    5c 00 01 80
      06 00 01 00  0a 00 00 00
      06 00 02 00  11 00 00 00
      14 00 03 00  20 01 0d b8  00 00 00 00  00 00 00 00  00 00 00 10
      06 00 04 00  13 c4 00 00
      07 00 06 00  6d 68 00 00
      08 00 0b 00  73 69 70 00
      0c 00 07 00  19 00 00 00  3d 00 00 00
      08 00 08 00  68 01 00 00
      08 00 09 00  40 00 00 00)"));
}

TEST_F(Encode, RemoveServiceByFirewallMark) {
  Service service;
  service.key.firewall_mark = 4294967290;
  service.key.family = Family::Ipv6;
  EXPECT_EQ(encoded({OperationKind::RemoveService, service, {}}), expected(R"(
    28 00 00 00  1c 00 01 00  07 00 00 00  00 00 00 00
    03 01 00 00
    14 00 01 80
      06 00 01 00  0a 00 00 00
      08 00 05 00  fa ff ff ff)"));
}

TEST_F(Encode, AddDestinationThroughGue) {
  Service service;
  service.key.firewall_mark = 7;
  Destination destination;
  destination.key = {make_address("2001:db8::21"), 0};
  destination.forwarding = ForwardingMethod::Tunnel;
  destination.tunnel = {TunnelType::Gue, 6080, 1};
  destination.weight = 65535;
  destination.upper_threshold = 1000;
  destination.lower_threshold = 800;
  EXPECT_EQ(encoded({OperationKind::AddDestination, service, destination}), expected(R"(
    88 00 00 00  1c 00 01 00  07 00 00 00  00 00 00 00
    05 01 00 00
    14 00 01 80
      06 00 01 00  02 00 00 00
      08 00 05 00  07 00 00 00
    60 00 02 80
      06 00 0b 00  0a 00 00 00
      14 00 01 00  20 01 0d b8  00 00 00 00  00 00 00 00  00 00 00 21
      06 00 02 00  00 00 00 00
      08 00 03 00  02 00 00 00
      08 00 04 00  ff ff 00 00
      08 00 05 00  e8 03 00 00
      08 00 06 00  20 03 00 00
      05 00 0d 00  01 00 00 00
      06 00 0e 00  17 c0 00 00
      06 00 0f 00  01 00 00 00)"));
}

TEST_F(Encode, SetDestinationTellsNoTunnelWhereThereIsNone) {
  Destination destination;
  destination.key = {make_address("10.0.0.3"), 8080};
  destination.forwarding = ForwardingMethod::Direct;
  destination.weight = 0;
  EXPECT_EQ(encoded({OperationKind::SetDestination, web(), destination}), expected(R"(
    8c 00 00 00  1c 00 01 00  07 00 00 00  00 00 00 00
    06 01 00 00
    30 00 01 80
      06 00 01 00  02 00 00 00
      06 00 02 00  06 00 00 00
      14 00 03 00  c0 00 02 0a  00 00 00 00  00 00 00 00  00 00 00 00
      06 00 04 00  00 50 00 00
    48 00 02 80
      06 00 0b 00  02 00 00 00
      14 00 01 00  0a 00 00 03  00 00 00 00  00 00 00 00  00 00 00 00
      06 00 02 00  1f 90 00 00
      08 00 03 00  03 00 00 00
      08 00 04 00  00 00 00 00
      08 00 05 00  00 00 00 00
      08 00 06 00  00 00 00 00)"));
}

TEST_F(Encode, RemoveDestinationSendsItsKeyOnly) {
  Destination destination;
  destination.key = {make_address("10.0.0.3"), 8080};
  EXPECT_EQ(encoded({OperationKind::RemoveDestination, web(), destination}), expected(R"(
    6c 00 00 00  1c 00 01 00  07 00 00 00  00 00 00 00
    07 01 00 00
    30 00 01 80
      06 00 01 00  02 00 00 00
      06 00 02 00  06 00 00 00
      14 00 03 00  c0 00 02 0a  00 00 00 00  00 00 00 00  00 00 00 00
      06 00 04 00  00 50 00 00
    28 00 02 80
      06 00 0b 00  02 00 00 00
      14 00 01 00  0a 00 00 03  00 00 00 00  00 00 00 00  00 00 00 00
      06 00 02 00  1f 90 00 00)"));
}

TEST_F(Encode, Queries) {
  requests_.put_get_services();
  requests_.put_get_info();
  requests_.put_get_timeouts();
  requests_.put_set_timeouts({900, 0, 30});
  requests_.put_get_family();
  requests_.acknowledge_last();
  EXPECT_EQ(text(requests_.bytes()), expected(R"(
    14 00 00 00  1c 00 01 03  07 00 00 00  00 00 00 00   04 01 00 00
    14 00 00 00  1c 00 01 00  08 00 00 00  00 00 00 00   0f 01 00 00
    14 00 00 00  1c 00 01 00  09 00 00 00  00 00 00 00   0d 01 00 00
    2c 00 00 00  1c 00 01 00  0a 00 00 00  00 00 00 00   0c 01 00 00
      08 00 04 00  84 03 00 00
      08 00 05 00  00 00 00 00
      08 00 06 00  1e 00 00 00
    20 00 00 00  10 00 05 00  0b 00 00 00  00 00 00 00   03 01 00 00
      09 00 02 00  49 50 56 53  00 00 00 00)"));
  EXPECT_EQ(requests_.first_sequence(), 7u);
  EXPECT_EQ(requests_.count(), 5u);
}

TEST_F(Encode, QueriesOfOneService) {
  ServiceKey key;
  key.firewall_mark = 7;
  requests_.put_get_service(key);
  requests_.put_get_destinations(key);
  EXPECT_EQ(text(requests_.bytes()), expected(R"(
    28 00 00 00  1c 00 01 00  07 00 00 00  00 00 00 00   04 01 00 00
    14 00 01 80  06 00 01 00  02 00 00 00  08 00 05 00  07 00 00 00
    28 00 00 00  1c 00 01 03  08 00 00 00  00 00 00 00   08 01 00 00
    14 00 01 80  06 00 01 00  02 00 00 00  08 00 05 00  07 00 00 00)"));
}

TEST_F(Encode, NamesThatAreTooLongStayTooLongAndFit) {
  Service service = web();
  service.scheduler = std::string(1000, 's');
  service.persistence_engine = std::string(1000, 'e');
  const std::string out = encoded({OperationKind::AddService, service, {}});
  EXPECT_NE(out.find("15 00 06 00"), std::string::npos) << "16 characters: the kernel refuses them";
  EXPECT_NE(out.find("16 00 0b 00"), std::string::npos) << "17 characters";
}

TEST_F(Encode, RestartForgetsAndUsesTheBufferAgain) {
  for (std::size_t index = 0; index < Backend::kBatch; ++index) {
    requests_.put_operation({OperationKind::AddService, web(), {}});
  }
  const auto* storage = requests_.bytes().data();
  requests_.restart(kFamilyId, 1000);
  EXPECT_TRUE(requests_.bytes().empty());
  for (std::size_t index = 0; index < Backend::kBatch; ++index) {
    requests_.put_operation({OperationKind::AddService, web(), {}});
  }
  EXPECT_EQ(requests_.bytes().data(), storage);
  EXPECT_EQ(requests_.bytes().size(), Backend::kBatch * 104);
  EXPECT_EQ(requests_.count(), Backend::kBatch);
}

// net.core.wmem_default may be anything from 4,608 octets.
TEST_F(Encode, ABatchGoesInPiecesThatASocketTakes) {
  Service longest = web();
  longest.scheduler = std::string(1000, 's');
  longest.persistence_engine = std::string(1000, 'e');
  Destination destination;
  destination.key = {boost::asio::ip::make_address("2001:db8::1"), 80};
  destination.forwarding = ForwardingMethod::Tunnel;
  std::vector<Operation> batch;
  for (std::size_t index = 0; index < Backend::kBatch; ++index) {
    const auto kind = index % 2 == 0 ? OperationKind::AddService : OperationKind::AddDestination;
    batch.push_back({kind, longest, destination});
  }
  for (const std::size_t longest_send : {std::size_t{4608 - 32}, std::size_t{212992 - 32}}) {
    std::size_t count = 0;
    for (const auto piece : pieces_of(batch, longest_send)) {
      EXPECT_EQ(piece.data(), batch.data() + count);
      requests_.restart(kFamilyId, 1);
      for (const Operation& operation : piece) requests_.put_operation(operation);
      EXPECT_LE(requests_.bytes().size(), longest_send);
      count += piece.size();
    }
    EXPECT_EQ(count, batch.size());
  }
  EXPECT_EQ(pieces_of(batch, 212992 - 32).size(), 1U) << "as a rule at once";
  EXPECT_EQ(pieces_of(batch, 0).size(), batch.size());
  EXPECT_TRUE(pieces_of({}, 4576).empty());
}

TEST_F(Encode, AcknowledgesOnlyTheLast) {
  requests_.acknowledge_last();  // of none
  requests_.put_get_info();
  requests_.put_get_info();
  requests_.acknowledge_last();
  EXPECT_EQ(requests_.bytes()[6], std::byte{0x01});
  EXPECT_EQ(requests_.bytes()[20 + 6], std::byte{0x05});
}

}  // namespace
}  // namespace evenkeel::ipvs
