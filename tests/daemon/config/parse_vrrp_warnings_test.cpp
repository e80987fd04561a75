// Interfaces and addresses of an instance that are not what they seem, and unicast over another
// link.
#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string on_interface(const std::string& name) {
  return "[[vrrp.instance]]\nname = \"web\"\ninterface = \"" + name +
         "\"\nvirtual_router_id = 61\nvirtual_addresses = [\"192.0.2.10\"]\n";
}

TEST(VrrpInstance, AnAlternativeNameIsAnInterfacesToo) {
  EXPECT_THAT(mistakes(on_interface(std::string(127, 'e'))), IsEmpty());
  EXPECT_THAT(mistakes(on_interface(std::string(128, 'e'))), ElementsAre(HasSubstr("127 octets")));
}

TEST(VrrpInstance, AnInterfaceAsIpLinkWritesItDrawsAWarning) {
  EXPECT_THAT(warnings(on_interface("eth0@if26")),
              ElementsAre("f:3:13: warning: \"interface\": \"eth0@if26\" is what `ip link` writes "
                          "for \"eth0\" and what lies under it: the name ends before the \"@\""));
  EXPECT_THAT(warnings(on_interface("lo")), ElementsAre(HasSubstr("lo is the loopback")));
}

TEST(VrrpInstance, AnIpv6ListBeginsWithALinkLocalAddress) {
  EXPECT_THAT(warnings(instance("", "web", "61", "[\"2001:db8::10\"]")),
              ElementsAre(HasSubstr("f:5:21: warning: \"virtual_addresses\" of IPv6 begin with a "
                                    "link-local address")));
  EXPECT_THAT(warnings(instance("", "web", "61", "[\"2001:db8::10\", \"fe80::10\"]")), SizeIs(1));
  EXPECT_THAT(warnings(instance("", "web", "61", "[\"fe80::10\", \"2001:db8::10\"]")), IsEmpty());
  EXPECT_THAT(warnings(instance("extra_addresses = [\"2001:db8::10\"]")), IsEmpty());
}

TEST(VrrpInstance, ANetworkOrBroadcastAddressDrawsAWarning) {
  const auto warning = [](const std::string& address) {
    return warnings(instance("", "web", "61", "[\"" + address + "\"]"));
  };
  EXPECT_THAT(warning("192.0.2.0/24"),
              ElementsAre("f:5:21: warning: \"virtual_addresses\": 192.0.2.0/24 is the network "
                          "address of its network: no host's"));
  EXPECT_THAT(warning("192.0.2.255/24"), ElementsAre(HasSubstr("is the broadcast address")));
  EXPECT_THAT(warning("192.0.2.3/31"), ElementsAre(HasSubstr("brings a route")));
  EXPECT_THAT(warnings(instance("extra_addresses = [\"2001:db8::/64\"]")),
              ElementsAre(HasSubstr("is the subnet-router anycast address of its network")));
}

TEST(VrrpInstance, UnicastMayGoOverAnotherInterface) {
  const std::string nodes = std::string(kUnicast) + "\n";
  const auto config =
      accepted(instance(nodes + "unicast_interface = { lb1 = \"eth1\", lb2 = \"eth2\" }"))
          .config.vrrp.instances.at(0);
  EXPECT_EQ(config.unicast_interface, "eth1");
  EXPECT_EQ(config.link(), "eth1");
  EXPECT_EQ(config.key().interface, "eth0");
  EXPECT_EQ(accepted(instance(nodes)).config.vrrp.instances.at(0).link(), "eth0");
  EXPECT_THAT(mistakes(instance("unicast_interface = \"eth1\"")),
              ElementsAre("f:6:21: error: \"unicast_interface\" needs \"unicast\": multicast goes "
                          "over the interface itself"));
  EXPECT_THAT(mistakes(instance(nodes + "unicast_interface = \"a/b\"")),
              ElementsAre(HasSubstr("must be the name of an interface")));
}

TEST(VrrpInstance, OneLinkCarriesAnIdOnce) {
  const std::string over = std::string(kUnicast) + "\nunicast_interface = \"sync\"";
  std::string other = instance(over, "other", "61", "[\"192.0.2.11\"]");
  other.replace(other.find("eth0"), 4, "eth1");
  EXPECT_THAT(mistakes(instance(over) + other),
              ElementsAre(HasSubstr("virtual_router_id 61 is advertised over sync by another "
                                    "instance of IPv4 already, at f:4")));
}

}  // namespace
}  // namespace evenkeel::daemon
