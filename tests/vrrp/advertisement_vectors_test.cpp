// Every packet of advertisement_vectors.json: decoded to what stands there, or refused by the name
// that stands there; what is accepted is encoded again, to the same octets.
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/vrrp/packet.h"
#include "vrrp/advertisement.h"

namespace evenkeel::vrrp {
namespace {

using nlohmann::json;
using testing::Bytes;

std::vector<json> vectors() {
  std::ifstream file(VECTORS);
  return json::parse(file).get<std::vector<json>>();
}

class AdvertisementVector : public ::testing::TestWithParam<json> {
 protected:
  const Family family_ = GetParam()["family"] == 6 ? Family::IPv6 : Family::IPv4;
  const Bytes packet_ = testing::from_hex(GetParam()["octets"].get<std::string>());
  const std::string password_ = GetParam().value("password", "");

  /// As an instance with an interval of a second would take it.
  [[nodiscard]] std::string verdict() const {
    const auto received = decode_advertisement(testing::datagram_of(family_, packet_));
    if (!received) return std::string(to_string(received.error()));
    const Expected expected{.version = received->advertisement.version,
                            .interval = std::chrono::seconds(1),
                            .is_authenticated = !password_.empty(),
                            .password = password_from(password_)};
    const auto compared = compare(received->advertisement, expected);
    return compared ? "accepted" : std::string(to_string(compared.error()));
  }
};

TEST_P(AdvertisementVector, HasItsVerdict) {
  EXPECT_EQ(json(verdict()), GetParam()["verdict"]);
}

TEST_P(AdvertisementVector, IsReadAsItStands) {
  if (GetParam()["verdict"] != "accepted") return;
  const auto received = decode_advertisement(testing::datagram_of(family_, packet_));
  ASSERT_TRUE(received);
  EXPECT_EQ(json(received->source.to_string()), GetParam()["source"]);
  EXPECT_EQ(json(received->destination.to_string()), GetParam()["destination"]);
  EXPECT_EQ(json(received->checksum == ChecksumForm::Message ? "message" : "pseudo_header"),
            GetParam()["checksum"]);
  const Advertisement& advertisement = received->advertisement;
  EXPECT_EQ(advertisement.family, family_);
  EXPECT_EQ(static_cast<int>(advertisement.version), GetParam()["version"]);
  EXPECT_EQ(advertisement.virtual_router_id, GetParam()["virtual_router_id"]);
  EXPECT_EQ(advertisement.priority, GetParam()["priority"]);
  EXPECT_EQ(advertisement.interval, std::chrono::milliseconds(GetParam()["interval_ms"]));
  std::vector<Address> addresses;
  for (const json& one : GetParam()["addresses"]) {
    addresses.push_back(testing::address(one.get<std::string>()));
  }
  EXPECT_EQ(advertisement.address_count(), addresses.size());
  EXPECT_EQ(Bytes(advertisement.addresses.begin(), advertisement.addresses.end()),
            testing::octets_of(addresses));
}

TEST_P(AdvertisementVector, IsEncodedToTheSameOctets) {
  if (GetParam()["verdict"] != "accepted" || !GetParam().value("reencodes", true)) return;
  const auto received = decode_advertisement(testing::datagram_of(family_, packet_));
  ASSERT_TRUE(received);
  const auto encoded = encode_advertisement(received->advertisement, received->checksum,
                                            received->source, received->destination);
  Bytes ours(encoded.octets().begin(), encoded.octets().end());
  Bytes theirs = packet_;
  if (family_ == Family::IPv6) theirs.erase(theirs.begin(), theirs.begin() + 40);
  if (family_ == Family::IPv4 && (packet_[4] != 0 || packet_[5] != 0)) {
    // Captured: the kernel had chosen an identification, and summed its header.
    for (const std::size_t at : {4U, 5U, 10U, 11U}) theirs[at] = ours[at] = 0;
  }
  EXPECT_EQ(ours, theirs);
}

INSTANTIATE_TEST_SUITE_P(Packets, AdvertisementVector, ::testing::ValuesIn(vectors()),
                         [](const auto& vector) {
                           return vector.param["id"].template get<std::string>();
                         });

TEST(AdvertisementVectors, AreAllThere) {
  EXPECT_EQ(vectors().size(), 25U);
}

}  // namespace
}  // namespace evenkeel::vrrp
