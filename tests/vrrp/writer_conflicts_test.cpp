// Who else answers for a virtual address, as the two threads of the vrrp process find out.
#include "two_nodes.h"

namespace evenkeel::vrrp {
namespace {

constexpr const char* kClaimed = "somebody else answers for a virtual address";

using WriterConflictsTest = TwoNodes;

TEST_F(WriterConflictsTest, AnotherHostThatAnswersIsTold) {
  run(Host::Right, "ip addr add 192.0.2.10/32 dev right");
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  EXPECT_EQ(notes_with(kClaimed), 1U);
}

TEST_F(WriterConflictsTest, AMasterNamesWhoAnswers) {
  run(Host::Right, "ip addr add 192.0.2.10/32 dev right");
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  const auto rivals = [&] { return left_->statuses["web"].rivals; };
  ASSERT_TRUE(comes([&] { return !rivals().empty(); })) << "it is asked again";
  EXPECT_TRUE(rivals()[0].is_owner);
  EXPECT_TRUE(rivals()[0].is_announcing);
  EXPECT_FALSE(rivals()[0].source);
  EXPECT_EQ(rivals()[0].address, make_address("192.0.2.10"));
  EXPECT_EQ(notes_with("on left announces 192.0.2.10 or answers for it"), 1U);
}

// No list names it: who else has it is asked before the takeover.
TEST_F(WriterConflictsTest, WhoHasAnExtraAddressIsNamed) {
  run(Host::Right, "ip addr add 192.0.2.77/32 dev right");
  InstanceConfig config = instance("left", 150);
  config.extra_addresses = {host_address("192.0.2.77")};
  left_->writer().configure(config_of({config}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  EXPECT_EQ(notes_with(kClaimed), 1U);
  const auto rivals = [&] { return left_->statuses["web"].rivals; };
  ASSERT_TRUE(comes([&] { return !rivals().empty(); }));
  EXPECT_EQ(rivals()[0].address, make_address("192.0.2.77"));
}

TEST_F(WriterConflictsTest, AMasterHearsWhoAnnounces) {
  constexpr MacAddress kMac{0x02, 0x00, 0x5E, 0x10, 0x00, 0x01};
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  const auto rivals = [&] { return left_->statuses["web"].rivals; };
  ASSERT_TRUE(comes([&] {
    on(Host::Right, [&] {
      auto frames = FrameSocket::open();
      ASSERT_TRUE(frames) << to_string(frames.error());
      (void)frames->send(index_of("right"), announcement(make_address("192.0.2.10"), kMac));
    });
    return !rivals().empty();
  }));
  EXPECT_EQ(rivals()[0].mac, kMac);
  EXPECT_EQ(notes_with("02:00:5e:10:00:01 on left announces 192.0.2.10"), 1U);
  EXPECT_EQ(left_->state(), State::Master);
}

TEST_F(WriterConflictsTest, AMasterNamesWhoAdvertisesAnotherVirtualRouterId) {
  InstanceConfig other = instance("right", 100);
  other.virtual_router_id = 62;
  left_->writer().configure(config_of({instance("left", 150)}), true);
  on(Host::Right, [&] { right_->writer().configure(config_of({other}), true); });
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  ASSERT_TRUE(comes([&] {
    return !left_->statuses["web"].rivals.empty() && !right_->statuses["web"].rivals.empty();
  }));
  EXPECT_EQ(left_->statuses["web"].rivals[0].source, make_address("192.0.2.2"));
  EXPECT_EQ(right_->statuses["web"].rivals[0].source, make_address("192.0.2.1"));
  EXPECT_EQ(notes_with("virtual router ID 62, ours is 61"), 1U);
}

/// RFC 5227 section 2.1.1: the MAC of any interface of the host.
TEST_F(WriterConflictsTest, AnotherInterfaceOfThisHostIsNobodyElse) {
  add_cable("left2", "right2");
  run(Host::Right,
      "ip link add br0 type bridge && ip link set br0 up && ip link set right master br0 && "
      "ip link set right2 master br0");
  run(Host::Left, "ip addr add 192.0.2.10/32 dev left2");
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  EXPECT_EQ(notes_with(kClaimed), 0U);
}

/// It may be the one by which the host is reached.
TEST_F(WriterConflictsTest, NobodyIsAdvisedToRemoveTheHostsOwnAddress) {
  run(Host::Left, "ip addr add 192.0.2.3/24 dev left");
  InstanceConfig config = instance("left", 150);
  config.virtual_addresses = {host_address("192.0.2.1"), host_address("192.0.2.3")};
  left_->writer().configure(config_of({config}), true);
  ASSERT_TRUE(comes([&] { return left_->statuses["web"].kernel.has_foreign_address; }));
  EXPECT_EQ(notes_with("192.0.2.1/24 is on left, and evenkeel has not put it there"), 1U);
  EXPECT_EQ(notes_with("address del"), 0U);
}

/// The family is switched off on the interface: whoever takes over for a silent Master does it at
/// once, and without what cannot be.
TEST_F(WriterConflictsTest, ARefusedExtraAddressDelaysNoTakeover) {
  run(Host::Left, "sysctl -qw net.ipv6.conf.left.disable_ipv6=1");
  InstanceConfig config = instance("left", 150);
  config.extra_addresses = {host_address("2001:db8::77")};
  left_->writer().configure(config_of({config}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  EXPECT_EQ(left_->statuses["web"].counters.left_master, 0U);
  EXPECT_EQ(left_->statuses["web"].counters.became_master, 1U);
  EXPECT_TRUE(comes([&] { return left_->statuses["web"].kernel.has_refused_address; }));
}

}  // namespace
}  // namespace evenkeel::vrrp
