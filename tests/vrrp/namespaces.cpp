#include "namespaces.h"

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace evenkeel::vrrp {

namespace {

UniqueFd current_namespace() {
  return UniqueFd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

/// As root, or as the root of a user namespace of our own.
bool may_make_namespaces() {
  if (::unshare(CLONE_NEWNET) == 0) return true;
  const auto user = ::getuid();
  const auto group = ::getgid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
  write_file("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
  return ::unshare(CLONE_NEWNET) == 0;
}

UniqueFd new_namespace() {
  if (::unshare(CLONE_NEWNET) != 0) return {};
  write_file("/proc/sys/net/ipv6/conf/default/accept_dad", "0");
  write_file("/proc/sys/net/ipv6/conf/all/accept_dad", "0");
  return current_namespace();
}

}  // namespace

void TwoHosts::SetUp() {
  original_ = current_namespace();
  if (!may_make_namespaces()) {
    GTEST_SKIP() << "NOT TESTED: this user may make no network namespace";
  }
  if (::setns(original_.get(), CLONE_NEWNET) != 0) original_ = current_namespace();
  right_ = new_namespace();
  left_ = new_namespace();
  ASSERT_TRUE(left_ && right_);
  connect();
}

void TwoHosts::TearDown() {
  if (original_) ::setns(original_.get(), CLONE_NEWNET);
}

void TwoHosts::connect() {
  add_cable("left", "right");
  run(Host::Left, "ip addr add 192.0.2.1/24 dev left && ip addr add 2001:db8::1/64 dev left nodad");
  run(Host::Right,
      "ip addr add 192.0.2.2/24 dev right && ip addr add 2001:db8::2/64 dev right nodad");
}

void TwoHosts::reconnect() {
  next_index_ -= 2;
  connect();
}

void TwoHosts::add_cable(const std::string& left, const std::string& right) {
  // Two ends with different indexes: those with the same wait up to 1 s for their carrier, the
  // kernel takes them for less urgent (linkwatch_urgent_event).
  const int index = std::exchange(next_index_, next_index_ + 2);
  run(Host::Left, "ip link add " + left + " index " + std::to_string(index) +
                      " type veth peer name " + right + " index " + std::to_string(index + 1) +
                      " netns /proc/" + std::to_string(::getpid()) + "/fd/" +
                      std::to_string(right_.get()) + " && ip link set " + left + " up");
  run(Host::Right, "ip link set " + right + " up");
  ASSERT_TRUE(wait_until([&] { return link_local(left).is_v6(); }));
  on(Host::Right, [&] { ASSERT_TRUE(wait_until([&] { return link_local(right).is_v6(); })); });
}

void TwoHosts::on(Host host, const std::function<void()>& deed) {
  ASSERT_EQ(::setns(host == Host::Left ? left_.get() : right_.get(), CLONE_NEWNET), 0);
  deed();
  ASSERT_EQ(::setns(left_.get(), CLONE_NEWNET), 0);
}

void TwoHosts::run(Host host, const std::string& command) {
  on(host, [&] { ASSERT_EQ(std::system(command.c_str()), 0) << command; });
}

int TwoHosts::index_of(const std::string& interface) {
  return static_cast<int>(::if_nametoindex(interface.c_str()));
}

Address TwoHosts::link_local(const std::string& interface) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  Address found;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_name != interface || entry->ifa_addr == nullptr) continue;
    if (entry->ifa_addr->sa_family != AF_INET6) continue;
    boost::asio::ip::address_v6::bytes_type octets{};
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr);
    std::copy(std::begin(v6->sin6_addr.s6_addr), std::end(v6->sin6_addr.s6_addr), octets.begin());
    const boost::asio::ip::address_v6 address(octets);
    if (address.is_link_local()) found = address;
  }
  ::freeifaddrs(list);
  return found;
}

bool wait_readable(int fd, std::chrono::milliseconds limit) {
  pollfd waiting{fd, POLLIN, 0};
  return ::poll(&waiting, 1, static_cast<int>(limit.count())) == 1;
}

bool wait_until(const std::function<bool()>& is_so, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace evenkeel::vrrp
