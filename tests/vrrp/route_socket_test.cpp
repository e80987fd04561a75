// Who is listened to, and what the kernel says of a dump.
#include "vrrp/route_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <utility>
#include <vector>

#include "daemon/os/unique_fd.h"
#include "namespaces.h"
#include "vrrp/address_writer.h"

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

class RouteSocketTest : public TwoHosts {};

/// NLM_F_DUMP_INTR: the answer takes several datagrams, and an address comes between two of them.
TEST_F(RouteSocketTest, TellsWhetherThingsChangedDuringADump) {
  const int index = index_of("left");
  AddressWriter writer = AddressWriter::open().value();
  std::vector<InterfaceAddress> many;
  for (unsigned i = 0; i < 1000; ++i) {
    many.push_back({boost::asio::ip::address_v4(0x0A000000U + i), 32});
  }
  (void)writer.install(index, many, {});
  RouteSocket socket = RouteSocket::open().value();
  std::size_t seen = 0;
  const auto quiet = socket.dump(request_for_addresses(), [&](const nlmsghdr&) { ++seen; });
  ASSERT_TRUE(quiet) << quiet.error().message();
  EXPECT_FALSE(*quiet);
  EXPECT_GT(seen, many.size());
  const InterfaceAddress another{boost::asio::ip::address_v4(0x0B000000U), 32};
  bool is_first = true;
  const auto disturbed = socket.dump(request_for_addresses(), [&](const nlmsghdr&) {
    if (!std::exchange(is_first, false)) return;
    EXPECT_EQ(writer.install(index, another, {}), std::error_code());
  });
  ASSERT_TRUE(disturbed) << disturbed.error().message();
  EXPECT_TRUE(*disturbed);
  EXPECT_EQ(read_addresses(socket).value().size(), seen + 1) << "what is asked again is whole";
}

}  // namespace
}  // namespace evenkeel::vrrp
