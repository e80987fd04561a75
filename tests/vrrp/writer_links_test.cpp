// Advertisements over another link than that of the addresses; and a kernel that does not tell of
// them.
#include "broken_epoll.h"
#include "two_nodes.h"

namespace evenkeel::vrrp {
namespace {

using WriterLinksTest = TwoNodes;

/// 192.0.2.10 on left (right), the advertisements over a cable of their own.
InstanceConfig over_another_link(const std::string& interface, const std::string& link,
                                 std::uint8_t priority, const std::string& source,
                                 const std::string& peer) {
  InstanceConfig config = instance(interface, priority);
  config.unicast_interface = link;
  config.unicast =
      Unicast{.source = host_address(source).address, .peers = {host_address(peer).address}};
  return config;
}

TEST_F(WriterLinksTest, WhereItCannotWaitForPacketsTheStatusSaysSo) {
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  EXPECT_FALSE(left_->statuses["web"].kernel.is_polling);
  break_epoll();
  EXPECT_TRUE(comes([&] { return left_->statuses["web"].kernel.is_polling; }));
  EXPECT_EQ(notes_with("cannot wait for packets: "), 1U);
  InstanceConfig second = instance("left", 150);
  second.name = "second";
  second.virtual_router_id = 62;
  second.virtual_addresses = {host_address("192.0.2.20")};
  left_->writer().configure(config_of({instance("left", 150), second}), true);
  EXPECT_TRUE(comes([&] { return left_->statuses["second"].state == State::Master; }));
  EXPECT_TRUE(left_->statuses["second"].kernel.is_polling);
}

TEST_F(WriterLinksTest, AdvertisesOverAnotherLinkThanTheAddresses) {
  add_cable("leftsync", "rightsync");
  run(Host::Left, "ip address add 10.9.0.1/24 dev leftsync");
  run(Host::Right, "ip address add 10.9.0.2/24 dev rightsync");
  left_->writer().configure(
      config_of({over_another_link("left", "leftsync", 150, "10.9.0.1", "10.9.0.2")}), true);
  on(Host::Right, [&] {
    right_->writer().configure(
        config_of({over_another_link("right", "rightsync", 100, "10.9.0.2", "10.9.0.1")}), true);
  });
  left_->writer().set_ready();  // preempts, should the other be first
  ASSERT_TRUE(comes([&] { return left_->state() == State::Master; }));
  ASSERT_TRUE(comes([&] {
    return right_->state() == State::Backup &&
           right_->statuses["web"].master == host_address("10.9.0.1").address;
  }));
  EXPECT_TRUE(is_master_of("192.0.2.10"));

  // The address's link and the advertisements' link count alike.
  run(Host::Left, "ip link set leftsync down");
  EXPECT_TRUE(comes([&] { return left_->reason() == Reason::UnicastInterfaceDown; }));
  EXPECT_TRUE(comes([&] { return !is_installed("192.0.2.10"); }));
  run(Host::Left, "ip link set leftsync up");
  ASSERT_TRUE(comes([&] { return left_->state() == State::Master; }));
  run(Host::Left, "ip link set left down");
  EXPECT_TRUE(comes([&] { return left_->reason() == Reason::InterfaceDown; }));
  EXPECT_TRUE(comes([&] { return right_->reason() == Reason::InterfaceDown; }))
      << "a veth pair is down at both ends";
  run(Host::Left, "ip link set left up");
  ASSERT_TRUE(comes([&] { return left_->state() == State::Master; }));

  run(Host::Left, "ip link delete leftsync");
  EXPECT_TRUE(comes([&] { return left_->reason() == Reason::UnicastInterfaceMissing; }));
}

/// The filter of a socket that instances share lets the ID pass as long as one of them has it.
TEST_F(WriterLinksTest, AnIdThatGoesToAnotherInstanceIsHeardAllTheSame) {
  add_cable("left2", "right2");
  add_cable("leftsync", "rightsync");
  run(Host::Left, "ip address add 10.9.0.1/24 dev leftsync");
  run(Host::Right, "ip address add 10.9.0.2/24 dev rightsync");
  InstanceConfig master = over_another_link("right", "rightsync", 200, "10.9.0.2", "10.9.0.1");
  master.virtual_addresses.push_back(host_address("192.0.2.11"));
  on(Host::Right, [&] { right_->writer().configure(config_of({master}), true); });
  ASSERT_TRUE(comes([&] { return right_->state() == State::Master; }));
  const auto is_backup = [&](const std::string& name) {
    const InstanceStatus& status = left_->statuses[name];
    return status.state == State::Backup && status.master == host_address("10.9.0.2").address;
  };
  InstanceConfig before = over_another_link("left", "leftsync", 100, "10.9.0.1", "10.9.0.2");
  left_->writer().configure(config_of({before}), true);
  ASSERT_TRUE(comes([&] { return is_backup("web"); }));
  InstanceConfig after = over_another_link("left2", "leftsync", 100, "10.9.0.1", "10.9.0.2");
  after.name = "after";
  after.virtual_addresses = {host_address("192.0.2.11")};
  left_->writer().configure(config_of({after}), true);
  ASSERT_TRUE(comes([&] { return is_backup("after"); }));
  EXPECT_FALSE(comes([&] { return left_->statuses["after"].state == State::Master; }, 1s));
  EXPECT_EQ(left_->statuses["after"].counters.became_master, 0U);
}

/// They share the sockets, and so the membership in the multicast group.
TEST_F(WriterLinksTest, ANewInterfaceOfOneLeavesTheGroupOfTheOthersLinkAlone) {
  add_cable("left2", "right2");
  add_cable("leftsync", "rightsync");
  run(Host::Left, "ip address add 10.9.0.1/24 dev leftsync");
  InstanceConfig first = over_another_link("left", "leftsync", 150, "10.9.0.1", "10.9.0.2");
  InstanceConfig second = over_another_link("left2", "leftsync", 150, "10.9.0.1", "10.9.0.2");
  second.name = "second";
  second.virtual_router_id = 62;
  second.virtual_addresses = {host_address("192.0.2.11")};
  left_->writer().configure(config_of({first, second}), true);
  ASSERT_TRUE(comes([&] {
    return left_->state() == State::Master && left_->statuses["second"].state == State::Master;
  }));
  const std::string is_member = "ip maddress show dev leftsync | grep -q 224.0.0.18";
  run(Host::Left, is_member);
  run(Host::Left, "ip link delete left2");
  ASSERT_TRUE(comes([&] { return left_->statuses["second"].reason == Reason::InterfaceMissing; }));
  add_cable("left2", "right2");
  ASSERT_TRUE(comes([&] { return left_->statuses["second"].state == State::Master; }));
  EXPECT_EQ(left_->state(), State::Master);
  run(Host::Left, is_member);
}

}  // namespace
}  // namespace evenkeel::vrrp
