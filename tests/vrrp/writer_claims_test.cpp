// Who else answers for a virtual address, as the two threads of the vrrp process find out.
#include "two_nodes.h"

namespace evenkeel::vrrp {
namespace {

constexpr const char* kClaimed = "somebody else answers for a virtual address";

using WriterClaimsTest = TwoNodes;

TEST_F(WriterClaimsTest, AnotherHostThatAnswersIsTold) {
  run(Host::Right, "ip addr add 192.0.2.10/32 dev right");
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  EXPECT_EQ(notes_with(kClaimed), 1U);
}

/// RFC 5227 section 2.1.1: the MAC of any interface of the host.
TEST_F(WriterClaimsTest, AnotherInterfaceOfThisHostIsNobodyElse) {
  add_cable("left2", "right2");
  run(Host::Right,
      "ip link add br0 type bridge && ip link set br0 up && ip link set right master br0 && "
      "ip link set right2 master br0");
  run(Host::Left, "ip addr add 192.0.2.10/32 dev left2");
  left_->writer().configure(config_of({instance("left", 150)}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  EXPECT_EQ(notes_with(kClaimed), 0U);
}

}  // namespace
}  // namespace evenkeel::vrrp
