// What the raw sockets for advertisements have in common (receive_socket.h, send_socket.h).
#pragma once

#include <netinet/in.h>
#include <optional>
#include <string_view>
#include <sys/socket.h>
#include <utility>

#include "daemon/os/unique_fd.h"
#include "vrrp/delivery.h"
#include "vrrp/socket_error.h"
#include "vrrp/socket_filter.h"

namespace evenkeel::vrrp {

union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};
[[nodiscard]] SocketAddress socket_address(const Address& address, int interface_index);
[[nodiscard]] socklen_t size_of(const SocketAddress& address);

/// Opens a socket and sets it up step by step; what follows the first refusal is left out.
class RawSocketSetup {
 public:
  /// `delivery` outlives this.
  RawSocketSetup(const Delivery& delivery, int protocol);

  template <class Value>
  void set(std::string_view doing, int level, int option, const Value& value) {
    if (!error_ && !try_set(level, option, value)) fail(doing);
  }
  /// Sets an option that an old kernel lacks, or refuses without privilege. False: refused.
  template <class Value>
  bool try_set(int level, int option, const Value& value) {
    return ::setsockopt(fd_.get(), level, option, &value, sizeof value) == 0;
  }
  /// By its index: SO_BINDTODEVICE knows no name above 15 octets.
  void bind_to_interface() {
    set("bind to", SOL_SOCKET, SO_BINDTOIFINDEX, delivery_.interface_index);
  }
  void bind(const Address& address);
  void filter(const SocketFilter& filter);
  /// Discards the packets received before bind(): they may come from any interface.
  void discard();
  void join_group();
  /// False: refused. A link without multicast delivers none.
  bool try_to_join_group();

  [[nodiscard]] const std::optional<SocketError>& error() const { return error_; }
  [[nodiscard]] UniqueFd take() { return std::move(fd_); }

 private:
  void fail(std::string_view doing);

  const Delivery& delivery_;
  UniqueFd fd_;
  std::optional<SocketError> error_;
};

/// Out of the multicast group of VRRP.
void leave_group(int fd, Family family, int interface_index);

}  // namespace evenkeel::vrrp
