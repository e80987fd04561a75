// From where a gateway is asked.
#include "vrrp/gateway_target.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

Address address(const char* text) {
  return boost::asio::ip::make_address(text);
}

Interface interface_with(const std::vector<const char*>& addresses) {
  Interface interface;
  interface.index = 7;
  interface.name = "eth0";
  interface.is_up = true;
  interface.mac = {2, 0, 0, 0, 0, 2};
  for (const char* const each : addresses) {
    const Address one = address(each);
    (void)interface.addresses.put(
        {.interface_index = 7, .address = {one, static_cast<std::uint8_t>(one.is_v4() ? 24 : 64)}});
  }
  return interface;
}

GatewayTarget target(const char* gateway, const Interface* interface,
                     std::vector<Address> virtual_ones = {}) {
  return gateway_target({.name = "g", .address = address(gateway), .interface = "eth0"}, interface,
                        virtual_ones);
}

TEST(GatewayTarget, IsAskedFromAnAddressOfItsSubnet) {
  const Interface interface = interface_with({"10.0.0.2", "192.0.2.2", "192.0.2.3", "fe80::2"});
  const GatewayTarget found = target("192.0.2.1", &interface);
  EXPECT_EQ(found.source, address("192.0.2.2"));
  EXPECT_EQ(found.interface_index, 7);
  EXPECT_EQ(found.mac, interface.mac);
  EXPECT_EQ(found.link_problem + found.refusal, "");
  EXPECT_EQ(target("192.0.2.1", &interface, {address("192.0.2.2")}).source, address("192.0.2.3"))
      << "a virtual address moves";
  EXPECT_EQ(target("203.0.113.1", &interface).source, address("10.0.0.2")) << "else from the first";
  EXPECT_EQ(target("2001:db8::1", &interface).source, address("fe80::2"));
}

TEST(GatewayTarget, WithoutAnAddressItIsAskedAsAProbeDoes) {
  const Interface interface = interface_with({"192.0.2.2"});
  EXPECT_EQ(target("192.0.2.1", &interface, {address("192.0.2.2")}).source, address("0.0.0.0"));
  EXPECT_EQ(target("2001:db8::1", &interface).refusal, "eth0 has no address to ask from");
}

TEST(GatewayTarget, FailsWithItsLink) {
  EXPECT_EQ(target("192.0.2.1", nullptr).link_problem, "eth0 is missing");
  Interface interface = interface_with({"192.0.2.2"});
  interface.is_up = false;
  EXPECT_EQ(target("192.0.2.1", &interface).link_problem, "eth0 is down");
  interface.is_up = true;
  interface.mac = {};
  EXPECT_EQ(target("192.0.2.1", &interface).refusal, "eth0 has no MAC address");
}

}  // namespace
}  // namespace evenkeel::vrrp
