#include "vrrp/rival.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;
using namespace std::chrono_literals;

InstanceConfig some_config() {
  InstanceConfig config;
  config.interface = "eth0";
  config.virtual_router_id = 51;
  return config;
}

Rival some_rival() {
  Rival rival;
  rival.mac = {0x02, 0x00, 0x5E, 0x10, 0x00, 0x0A};
  rival.source = make_address("192.0.2.2");
  rival.is_owner = true;
  rival.address = make_address("192.0.2.10");
  rival.virtual_router_id = 52;
  rival.interval = 1s;
  return rival;
}

std::string with(Difference difference, Rival rival, const InstanceConfig& config) {
  rival.differences.add(difference);
  return what(rival, config);
}

TEST(Rival, WhoWithTheNodesNameWhereItIsListed) {
  InstanceConfig config = some_config();
  EXPECT_EQ(who(some_rival(), config), "192.0.2.2 (02:00:5e:10:00:0a) on eth0");
  config.unicast = Unicast{make_address("192.0.2.1"),
                           {make_address("192.0.2.3"), make_address("192.0.2.2")},
                           {"lb3", "lb2"}};
  EXPECT_EQ(who(some_rival(), config), "192.0.2.2 (02:00:5e:10:00:0a, lb2) on eth0");
  Rival announcer = some_rival();
  announcer.source.reset();
  EXPECT_EQ(who(announcer, config), "02:00:5e:10:00:0a on eth0");
}

TEST(Rival, EveryDifferenceWithBothValues) {
  const InstanceConfig v3 = some_config();
  InstanceConfig v2 = some_config();
  v2.version = Version::V2;
  v2.password = "seesaw";
  InstanceConfig unicast = some_config();
  unicast.unicast = Unicast{make_address("192.0.2.1"), {make_address("192.0.2.2")}, {"lb2"}};
  Rival rival = some_rival();
  EXPECT_EQ(with(Difference::VirtualRouterId, rival, v3),
            "advertises 192.0.2.10 too: virtual router ID 52, ours is 51");
  rival.version = Version::V2;
  EXPECT_EQ(with(Difference::Version, rival, v3),
            "advertises 192.0.2.10 too: version 2, ours is 3");
  EXPECT_EQ(with(Difference::Authentication, rival, v2),
            "advertises 192.0.2.10 too: no password, ours has one");
  rival.is_authenticated = true;
  EXPECT_EQ(with(Difference::Authentication, rival, v2),
            "advertises 192.0.2.10 too: another password");
  v2.password.clear();
  EXPECT_EQ(with(Difference::Authentication, rival, v2),
            "advertises 192.0.2.10 too: a password, ours has none");
  EXPECT_EQ(with(Difference::Delivery, rival, unicast),
            "advertises 192.0.2.10 too: by multicast, ours is by unicast");
  rival.destination = make_address("192.0.2.7");
  EXPECT_EQ(with(Difference::Delivery, rival, unicast),
            "advertises 192.0.2.10 too: to 192.0.2.7, ours come to 192.0.2.1");
  EXPECT_EQ(with(Difference::Delivery, rival, v3),
            "advertises 192.0.2.10 too: by unicast, ours is by multicast");
  EXPECT_EQ(with(Difference::Sender, rival, unicast),
            "advertises 192.0.2.10 too: it is not in the list of unicast peers");
  EXPECT_EQ(with(Difference::Unheard, rival, v3),
            "advertises 192.0.2.10 too: its advertisements reach eth0, but a firewall of this host "
            "drops them (protocol 112)");
  EXPECT_EQ(with(Difference::SameSource, rival, v3),
            "advertises 192.0.2.10 too: it sends from 192.0.2.2, which is this node's own address");
  rival.source = make_address("fe80::2");
  EXPECT_EQ(with(Difference::VirtualRouterId, rival, v3),
            "advertises 192.0.2.10 too: virtual router ID 52 (IPv6), ours is 51 (IPv4)");
}

// `unicast_interface`: our advertisements go over another link than the addresses are on.
TEST(Rival, WhereItIsSeen) {
  InstanceConfig config = some_config();
  config.unicast = Unicast{make_address("10.0.0.1"), {make_address("10.0.0.2")}, {"lb2"}};
  config.unicast_interface = "eth1";
  Rival rival = some_rival();
  EXPECT_EQ(who(rival, config), "192.0.2.2 (02:00:5e:10:00:0a) on eth1");
  EXPECT_EQ(with(Difference::Unheard, rival, config),
            "advertises 192.0.2.10 too: its advertisements reach eth1, but a firewall of this host "
            "drops them (protocol 112)");
  rival.is_elsewhere = true;
  EXPECT_EQ(who(rival, config), "192.0.2.2 (02:00:5e:10:00:0a) on eth0");
  rival.destination = make_address("10.0.0.1");
  EXPECT_EQ(with(Difference::Delivery, rival, config),
            "advertises 192.0.2.10 too: over eth0, ours come over eth1");
}

TEST(Rival, MoreThanAreToldApart) {
  Rival rival;
  rival.is_owner = rival.is_crowd = true;
  rival.address = make_address("192.0.2.10");
  EXPECT_EQ(who(rival, some_config()) + " " + what(rival, some_config()),
            "several senders, more than are told apart, on eth0 announce 192.0.2.10, answer for it "
            "or advertise it");
}

TEST(Rival, APeerThatOnlyDiffers) {
  Rival rival = some_rival();
  rival.is_owner = false;
  rival.virtual_router_id = 51;
  rival.interval = 200ms;
  EXPECT_EQ(with(Difference::Interval, rival, some_config()),
            "advertises virtual router ID 51 with interval 200ms, ours is 1s");
}

TEST(Rival, SeveralDifferences) {
  Rival rival = some_rival();
  rival.version = Version::V2;
  rival.differences.add(Difference::VirtualRouterId);
  rival.differences.add(Difference::Version);
  EXPECT_EQ(what(rival, some_config()),
            "advertises 192.0.2.10 too: virtual router ID 52, ours is 51; version 2, ours is 3");
}

TEST(Rival, WhoAnnouncesWithoutAdvertising) {
  Rival rival = some_rival();
  rival.source.reset();
  EXPECT_EQ(what(rival, some_config()),
            "announces 192.0.2.10 or answers for it, and no advertisement of it is heard");
}

}  // namespace
}  // namespace evenkeel::vrrp
