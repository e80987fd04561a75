// Who is listened to.
#include "vrrp/route_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "daemon/os/unique_fd.h"
#include "namespaces.h"

namespace evenkeel::vrrp {
namespace {

class RouteNotificationsTest : public TwoHosts {};

TEST_F(RouteNotificationsTest, HearsTheKernelOnly) {
  auto notifications = RouteNotifications::open();
  ASSERT_TRUE(notifications) << notifications.error().message();
  int heard = 0;
  const auto count = [&](const nlmsghdr&) { ++heard; };

  sockaddr_nl place{};
  socklen_t size = sizeof place;
  auto* where = reinterpret_cast<sockaddr*>(&place);
  ASSERT_EQ(::getsockname(notifications->fd(), where, &size), 0);
  const UniqueFd stranger(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  nlmsghdr message{};
  message.nlmsg_len = sizeof message;
  message.nlmsg_type = RTM_NEWLINK;
  ASSERT_GT(::sendto(stranger.get(), &message, sizeof message, 0, where, size), 0);
  EXPECT_EQ(notifications->receive(count), std::errc::resource_unavailable_try_again);
  EXPECT_EQ(heard, 0);

  run(Host::Left, "ip addr add 192.0.2.3/24 dev left");
  EXPECT_EQ(notifications->receive(count), std::error_code());
  EXPECT_EQ(heard, 1);
}

}  // namespace
}  // namespace evenkeel::vrrp
