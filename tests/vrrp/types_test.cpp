#include "vrrp/types.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

TEST(Types, StatesAreCalledAsOperatorsCallThem) {
  EXPECT_EQ(to_string(State::Initialize), "INITIALIZE");
  EXPECT_EQ(to_string(State::Backup), "BACKUP");
  EXPECT_EQ(to_string(State::Master), "MASTER");
}

TEST(Types, AnAddressIsShownWithItsPrefix) {
  EXPECT_EQ(to_string(InterfaceAddress{boost::asio::ip::make_address("192.0.2.10"), 32}),
            "192.0.2.10/32");
  EXPECT_EQ(to_string(InterfaceAddress{boost::asio::ip::make_address("2001:db8::10"), 64}),
            "2001:db8::10/64");
}

TEST(Types, AddressesAreInOrder) {
  const auto at = [](const char* text, std::uint8_t prefix_length) {
    return InterfaceAddress{boost::asio::ip::make_address(text), prefix_length};
  };
  EXPECT_LT(at("192.0.2.9", 32), at("192.0.2.10", 24));
  EXPECT_GT(at("192.0.2.10", 24), at("192.0.2.9", 32));
  EXPECT_LT(at("192.0.2.10", 24), at("192.0.2.10", 32));
  EXPECT_LT(at("192.0.2.10", 32), at("2001:db8::10", 64));
  EXPECT_EQ(at("192.0.2.10", 32), at("192.0.2.10", 32));
  EXPECT_NE(at("192.0.2.10", 32), at("192.0.2.10", 24));
}

TEST(Types, IPv4AndIPv6WithTheSameIdAreTwoRouters) {
  const RouterKey four{"eth0", Family::IPv4, 51};
  const RouterKey six{"eth0", Family::IPv6, 51};
  EXPECT_NE(four, six);
  EXPECT_LT(four, six);
  EXPECT_EQ(family_of(boost::asio::ip::make_address("192.0.2.10")), Family::IPv4);
  EXPECT_EQ(family_of(boost::asio::ip::make_address("fe80::1")), Family::IPv6);
}

}  // namespace
}  // namespace evenkeel::vrrp
