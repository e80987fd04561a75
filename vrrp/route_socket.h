// Sockets of rtnetlink (libnl): one sends requests and reads dumps, the other receives the
// notifications of changes.
//
// The kernel's errno is kept: of libnl's own error numbers one stands for many.
#pragma once

#include <functional>
#include <memory>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "vrrp/rtnetlink.h"

struct nl_cb;
struct nl_sock;

namespace evenkeel::vrrp {

struct NetlinkDeleter {
  void operator()(nl_sock* socket) const;
  void operator()(nl_cb* callbacks) const;
};
using NetlinkSocket = std::unique_ptr<nl_sock, NetlinkDeleter>;

class RouteSocket {
 public:
  [[nodiscard]] static tl::expected<RouteSocket, std::error_code> open();
  /// The kernel's answers to `count` requests, in their order; timed_out after 2 s without one.
  /// Sent in datagrams of as many requests as the socket's send buffer has room for; each is made
  /// when its datagram is.
  [[nodiscard]] std::vector<std::error_code> execute(
      std::size_t count, const std::function<RouteRequest(std::size_t which)>& make);
  /// `visit`: for each message of the answer. True: things changed meanwhile, what was told may
  /// lack some and have others twice.
  [[nodiscard]] tl::expected<bool, std::error_code> dump(const RouteRequest& request,
                                                         const MessageVisitor& visit);

 private:
  struct Conversation;
  explicit RouteSocket(NetlinkSocket socket);
  void append(const RouteRequest& request);
  [[nodiscard]] std::error_code converse(Conversation& conversation);

  NetlinkSocket socket_;
  std::size_t longest_ = 0;  ///< octets of a datagram that the send buffer has room for
  std::vector<std::uint8_t> datagram_;
};

/// Every address, or every link, of the network namespace. Asked again where things changed
/// meanwhile.
[[nodiscard]] tl::expected<std::vector<AddressMessage>, std::error_code> read_addresses(
    RouteSocket& socket);
[[nodiscard]] tl::expected<std::vector<LinkMessage>, std::error_code> read_links(
    RouteSocket& socket);

/// Hears of links and addresses of the network namespace.
class RouteNotifications {
 public:
  [[nodiscard]] static tl::expected<RouteNotifications, std::error_code> open();
  /// Readable: call receive().
  [[nodiscard]] int fd() const;
  /// The messages of one datagram. resource_unavailable_try_again: none is waiting; any other
  /// error: some have been lost.
  [[nodiscard]] std::error_code receive(const MessageVisitor& visit);

 private:
  explicit RouteNotifications(NetlinkSocket socket) : socket_(std::move(socket)) {}
  NetlinkSocket socket_;
};

}  // namespace evenkeel::vrrp
