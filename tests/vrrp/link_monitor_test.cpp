#include "vrrp/link_monitor.h"

#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>

#include "namespaces.h"
#include "vrrp/address_writer.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

InstalledAddress address(const std::string& text, std::uint8_t prefix_length) {
  return {.interface_index = 1, .address = {make_address(text), prefix_length}};
}
InstalledAddress ours(InstalledAddress which) {
  which.is_ours = true;
  return which;
}
InstalledAddress secondary(InstalledAddress which) {
  which.is_secondary = true;
  return which;
}
InstalledAddress tentative(InstalledAddress which) {
  which.is_tentative = true;
  return which;
}

Interface with(std::vector<InstalledAddress> addresses) {
  Interface interface;
  interface.index = 1;
  interface.name = "eth0";
  interface.is_up = true;
  interface.addresses = std::move(addresses);
  return interface;
}

TEST(SourceAddress, Ipv4TakesTheFirstPrimary) {
  const Interface interface = with({ours(address("192.0.2.10", 32)), address("fe80::1", 64),
                                    secondary(address("192.0.2.3", 24)), address("192.0.2.2", 24),
                                    address("192.0.2.1", 24)});
  EXPECT_EQ(interface.source_address(Family::IPv4, {}), make_address("192.0.2.2"));
}

TEST(SourceAddress, Ipv4TakesASecondaryWhereThereIsNoOther) {
  const Interface interface =
      with({ours(address("192.0.2.10", 24)), secondary(address("192.0.2.3", 24)),
            secondary(address("192.0.2.4", 24))});
  EXPECT_EQ(interface.source_address(Family::IPv4, {}), make_address("192.0.2.3"));
}

TEST(SourceAddress, IsNeverAVirtualOne) {
  const Interface interface =
      with({address("192.0.2.10", 32), secondary(address("192.0.2.11", 24)),
            address("fe80::10", 64), address("192.0.2.1", 24), address("fe80::1", 64)});
  const std::vector<Address> virtual_ones{make_address("192.0.2.10"), make_address("192.0.2.11"),
                                          make_address("fe80::10")};
  EXPECT_EQ(interface.source_address(Family::IPv4, virtual_ones), make_address("192.0.2.1"));
  EXPECT_EQ(interface.source_address(Family::IPv6, virtual_ones), make_address("fe80::1"));
  const Interface bare = with({address("192.0.2.10", 32), ours(address("192.0.2.12", 32))});
  EXPECT_EQ(bare.source_address(Family::IPv4, virtual_ones), std::nullopt);
}

TEST(SourceAddress, Ipv6IsLinkLocalAndUsable) {
  const Interface interface =
      with({address("2001:db8::1", 64), tentative(address("fe80::1", 64)),
            ours(address("fe80::2", 64)), address("192.0.2.1", 24), address("fe80::3", 64)});
  EXPECT_EQ(interface.source_address(Family::IPv6, {}), make_address("fe80::3"));
  EXPECT_EQ(with({address("2001:db8::1", 64)}).source_address(Family::IPv6, {}), std::nullopt);
  EXPECT_EQ(with({}).source_address(Family::IPv4, {}), std::nullopt);
}

TEST(InterfaceHas, ComparesThePrefixOverIpv4Only) {
  const Interface interface = with({address("192.0.2.1", 24), address("2001:db8::1", 64)});
  EXPECT_TRUE(interface.has({make_address("192.0.2.1"), 24}));
  EXPECT_FALSE(interface.has({make_address("192.0.2.1"), 32}));
  EXPECT_TRUE(interface.has({make_address("2001:db8::1"), 128}));
  EXPECT_FALSE(interface.has({make_address("2001:db8::2"), 64}));
}

class LinkMonitorTest : public TwoHosts {
 protected:
  void SetUp() override {
    TwoHosts::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    open();
  }
  void open() {
    auto opened = LinkMonitor::open({.on_change = [this](const std::string& name, bool has_lost) {
      ++changes_[name];
      if (has_lost) lost_.insert(name);
    }});
    ASSERT_TRUE(opened) << opened.error().message();
    monitor_ = std::move(*opened);
  }
  /// What changed since the last call. Nothing is waited for: the kernel has queued it already.
  std::map<std::string, int> changes() {
    EXPECT_EQ(monitor_->receive(), std::error_code());
    return std::exchange(changes_, {});
  }
  /// Until the kernel says so.
  bool wait(const std::function<bool()>& is_so) {
    return wait_until([&] {
      (void)changes();
      return is_so();
    });
  }
  const Interface* left() { return monitor_->find("left"); }
  bool left_has(const std::string& text, std::uint8_t prefix_length) {
    return left() != nullptr && left()->has({make_address(text), prefix_length});
  }

  std::optional<LinkMonitor> monitor_;
  std::map<std::string, int> changes_;
  std::set<std::string> lost_;  ///< where an address has gone
};

using OneChangeOfLeft = std::map<std::string, int>;
const OneChangeOfLeft kLeftOnce{{"left", 1}};

TEST_F(LinkMonitorTest, FindsWhatIsThere) {
  ASSERT_NE(left(), nullptr);
  EXPECT_EQ(left()->index, index_of("left"));
  EXPECT_TRUE(left()->is_up);
  EXPECT_EQ(left()->mac[0] & 0x03, 0x02) << "local, not a group's";
  EXPECT_EQ(left()->addresses.size(), 3U);
  EXPECT_EQ(left()->addresses.all().at(0),
            (InstalledAddress{left()->index, {make_address("192.0.2.1"), 24}}));
  EXPECT_EQ(left()->source_address(Family::IPv4, {}), make_address("192.0.2.1"));
  EXPECT_EQ(left()->source_address(Family::IPv6, {}), link_local("left"));
  ASSERT_NE(monitor_->find("lo"), nullptr);
  EXPECT_FALSE(monitor_->find("lo")->is_up);
  EXPECT_EQ(monitor_->find("right"), nullptr) << "on the other host";
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(LinkMonitorTest, SeesItDownAndUp) {
  run(Host::Left, "ip link set left down");
  EXPECT_EQ(changes(), kLeftOnce);
  EXPECT_FALSE(left()->is_up);
  EXPECT_TRUE(left_has("192.0.2.1", 24)) << "IPv4 addresses stay";
  EXPECT_FALSE(left_has("2001:db8::1", 64)) << "IPv6 ones go";
  EXPECT_EQ(left()->source_address(Family::IPv6, {}), std::nullopt);
  run(Host::Left, "ip link set left up");
  EXPECT_TRUE(wait([&] { return left()->is_up; }));
  EXPECT_TRUE(wait([&] { return left()->source_address(Family::IPv6, {}).has_value(); }));
}

TEST_F(LinkMonitorTest, SeesTheCarrierGo) {
  run(Host::Right, "ip link set right down");
  EXPECT_TRUE(wait([&] { return !left()->is_up; }));
  run(Host::Right, "ip link set right up");
  EXPECT_TRUE(wait([&] { return left()->is_up; }));
}

TEST_F(LinkMonitorTest, SeesItDeletedAndMadeAnew) {
  const int index = left()->index;
  run(Host::Left, "ip link delete left");
  EXPECT_EQ(changes(), kLeftOnce);
  EXPECT_EQ(left(), nullptr);
  connect();
  EXPECT_TRUE(wait([&] { return left() != nullptr && left()->is_up; }));
  EXPECT_NE(left()->index, index);
  EXPECT_TRUE(left_has("192.0.2.1", 24));
  // Both between two calls.
  const int second = left()->index;
  run(Host::Left, "ip link delete left");
  connect();
  EXPECT_EQ(changes(), kLeftOnce);
  EXPECT_NE(left()->index, second);
  EXPECT_EQ(left()->addresses.all().at(0).interface_index, left()->index);
}

TEST_F(LinkMonitorTest, SeesItRenamed) {
  const int index = left()->index;
  run(Host::Left, "ip link set left down && ip link set left name other");
  EXPECT_EQ(changes(), (std::map<std::string, int>{{"left", 1}, {"other", 1}}));
  EXPECT_EQ(left(), nullptr);
  ASSERT_NE(monitor_->find("other"), nullptr);
  EXPECT_EQ(monitor_->find("other")->index, index);
  EXPECT_TRUE(monitor_->find("other")->has({make_address("192.0.2.1"), 24}));
}

// The kernel tells of a name that comes or goes while the link is up (netdev_state_change), else
// with the next change.
TEST_F(LinkMonitorTest, FindsItByAnAlternativeName) {
  const std::string name(127, 'n');
  run(Host::Left, "ip link property add dev left altname enp3s0f0 altname " + name);
  EXPECT_EQ(changes(), (std::map<std::string, int>{{"left", 1}, {"enp3s0f0", 1}, {name, 1}}));
  ASSERT_NE(left(), nullptr);
  EXPECT_EQ(monitor_->find("enp3s0f0"), left());
  EXPECT_EQ(monitor_->find(name), left());
  run(Host::Left, "ip link property del dev left altname enp3s0f0");
  EXPECT_EQ(changes(), (std::map<std::string, int>{{"left", 1}, {"enp3s0f0", 1}, {name, 1}}));
  EXPECT_EQ(monitor_->find("enp3s0f0"), nullptr);
  EXPECT_EQ(monitor_->find(name), left());
  run(Host::Left, "ip link set left down");
  EXPECT_EQ(changes(), (std::map<std::string, int>{{"left", 1}, {name, 1}}));
}

TEST_F(LinkMonitorTest, SeesAddressesComeAndGo) {
  auto writer = AddressWriter::open();
  ASSERT_TRUE(writer);
  const InterfaceAddress v4{make_address("192.0.2.10"), 32};
  const InterfaceAddress v6{make_address("2001:db8::10"), 128};
  for (const InterfaceAddress& each : {v4, v6}) {
    EXPECT_EQ(writer->install(left()->index, each, 100s), std::error_code());
    EXPECT_TRUE(wait([&] { return left()->has(each); }));
    EXPECT_EQ(left()->addresses.all().back(), (InstalledAddress{left()->index, each, true}));
    EXPECT_EQ(writer->install(left()->index, each, 50s), std::error_code());
    EXPECT_THAT(changes(), IsEmpty()) << "a refresh is no news";
    EXPECT_TRUE(lost_.empty());
    run(Host::Left, "ip addr del " + to_string(each) + " dev left");
    EXPECT_EQ(changes(), kLeftOnce);
    EXPECT_FALSE(left()->has(each));
    EXPECT_EQ(std::exchange(lost_, {}), std::set<std::string>{"left"});
  }
}

TEST_F(LinkMonitorTest, TakesTheWordOfWhoInstalledOne) {
  auto writer = AddressWriter::open();
  ASSERT_TRUE(writer);
  const InterfaceAddress v6{make_address("2001:db8::10"), 128};
  EXPECT_EQ(writer->install(left()->index, v6, {}), std::error_code());
  monitor_->note_installed(left()->index, v6);
  EXPECT_EQ(left()->addresses.all().back(), (InstalledAddress{left()->index, v6, true}));
  EXPECT_FALSE(wait_until([&] { return !changes().empty(); }, 200ms)) << "known already";
  EXPECT_EQ(left()->addresses.size(), 4U);
  run(Host::Left, "ip addr del 2001:db8::10/128 dev left");
  EXPECT_EQ(changes(), kLeftOnce);
  EXPECT_FALSE(left()->has(v6));
  // And of who removed one.
  const InterfaceAddress v4{make_address("192.0.2.10"), 32};
  EXPECT_EQ(writer->install(left()->index, v4, {}), std::error_code());
  EXPECT_EQ(changes(), kLeftOnce);
  EXPECT_EQ(writer->remove(left()->index, v4), std::error_code());
  monitor_->note_removed(left()->index, v4);
  EXPECT_FALSE(left()->has(v4));
  EXPECT_THAT(changes(), IsEmpty()) << "known already";
  // Somebody's own stays so.
  const InterfaceAddress theirs{make_address("2001:db8::1"), 128};
  monitor_->note_installed(left()->index, theirs);
  monitor_->note_installed(9999, v6);
  EXPECT_EQ(left()->addresses.size(), 3U);
}

TEST_F(LinkMonitorTest, SeesALeaseEnd) {
  auto writer = AddressWriter::open();
  ASSERT_TRUE(writer);
  EXPECT_EQ(writer->install(left()->index, {make_address("192.0.2.10"), 32}, 1s),
            std::error_code());
  EXPECT_TRUE(wait([&] { return left_has("192.0.2.10", 32); }));
  EXPECT_TRUE(wait([&] { return !left_has("192.0.2.10", 32); }));
}

TEST_F(LinkMonitorTest, SeesASecondaryBecomePrimary) {
  run(Host::Left,
      "echo 1 >/proc/sys/net/ipv4/conf/all/promote_secondaries; "
      "ip addr add 192.0.2.3/24 dev left");
  EXPECT_EQ(changes(), kLeftOnce);
  EXPECT_TRUE(left()->addresses.all().back().is_secondary);
  EXPECT_EQ(left()->source_address(Family::IPv4, {}), make_address("192.0.2.1"));
  run(Host::Left, "ip addr del 192.0.2.1/24 dev left");
  EXPECT_EQ(changes(), kLeftOnce);
  EXPECT_EQ(left()->source_address(Family::IPv4, {}), make_address("192.0.2.3"));
  EXPECT_FALSE(left()->addresses.all().back().is_secondary);
}

TEST_F(LinkMonitorTest, SeesATentativeAddressBecomeUsable) {
  run(Host::Left,
      "echo 1 >/proc/sys/net/ipv6/conf/all/accept_dad; "
      "echo 100 >/proc/sys/net/ipv6/neigh/left/retrans_time_ms; "
      "ip link set left addrgenmode none; ip link set left down; ip link set left up; "
      "ip addr add fe80::77/64 dev left");
  open();
  EXPECT_TRUE(left_has("fe80::77", 64));
  EXPECT_EQ(left()->source_address(Family::IPv6, {}), std::nullopt);
  EXPECT_TRUE(
      wait([&] { return left()->source_address(Family::IPv6, {}) == make_address("fe80::77"); }));
}

// A port that leaves a bridge looks like a deleted link, but for the family of the message.
TEST_F(LinkMonitorTest, APortThatLeavesItsBridgeIsStillThere) {
  run(Host::Left, "ip link add bridge type bridge && ip link set left master bridge");
  EXPECT_THAT(changes(), ElementsAre(std::pair("bridge", 1)));
  run(Host::Left, "ip link set left nomaster");
  (void)changes();
  ASSERT_NE(left(), nullptr);
  EXPECT_TRUE(left()->is_up);
  EXPECT_TRUE(left_has("192.0.2.1", 24));
}

TEST_F(LinkMonitorTest, SeesTheMac) {
  run(Host::Left, "ip link set left address 02:00:5e:10:00:01");
  EXPECT_EQ(changes(), kLeftOnce);
  EXPECT_EQ(left()->mac, (MacAddress{0x02, 0x00, 0x5E, 0x10, 0x00, 0x01}));
}

/// Of all netlink sockets of this network namespace.
int dropped_notifications() {
  std::ifstream file("/proc/net/netlink");
  int dropped = 0;
  std::string line;
  std::getline(file, line);  // sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string word;
    for (int i = 0; i < 9; ++i) words >> word;
    dropped += std::stoi(word);
  }
  return dropped;
}

TEST_F(LinkMonitorTest, ReadsAllAnewAfterAnOverflow) {
  run(Host::Left,
      "i=0; while [ $i -lt 4000 ]; do echo addr add 10.0.$((i / 250)).$((i % 250 + 1))"
      "/32 dev left; i=$((i + 1)); done | ip -batch -");
  run(Host::Left,
      "ip link add late type veth peer name far && ip addr add 198.51.100.1/24 dev late");
  ASSERT_GT(dropped_notifications(), 0);
  EXPECT_EQ(changes(), (std::map<std::string, int>{{"left", 1}, {"late", 1}, {"far", 1}}));
  EXPECT_EQ(left()->addresses.size(), 4003U);
  ASSERT_NE(monitor_->find("late"), nullptr);
  EXPECT_TRUE(monitor_->find("late")->has({make_address("198.51.100.1"), 24}));
  EXPECT_THAT(changes(), IsEmpty());
  run(Host::Left, "ip addr del 198.51.100.1/24 dev late");
  EXPECT_THAT(changes(), ElementsAre(std::pair("late", 1)));
}

}  // namespace
}  // namespace evenkeel::vrrp
