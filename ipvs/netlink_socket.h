// A generic netlink socket to the kernel: whole requests out, datagrams of answers in, and a time
// limit on each receive.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <tl/expected.hpp>
#include <vector>

struct mnl_socket;

namespace evenkeel::ipvs {

/// Failures are errno values. Closed by its destruction; close-on-exec.
class NetlinkSocket {
 public:
  /// The kernel remembers who opened it: CAP_NET_ADMIN must be effective here already. A receive
  /// buffer of 4 MiB, so that the answers to a batch fit; as much of it as is allowed without
  /// that capability.
  [[nodiscard]] static tl::expected<NetlinkSocket, int> open();

  /// Octets that one send() may have: beyond it is EMSGSIZE. net.core.wmem_default decides.
  [[nodiscard]] std::size_t longest_send() const;
  /// The kernel carries out what it is sent before this returns.
  [[nodiscard]] tl::expected<void, int> send(std::span<const std::byte> requests);

  /// The next datagram from the kernel, valid until the next receive, 4-byte aligned. EAGAIN: none
  /// came within 5 s; ENOBUFS: answers were lost; EMSGSIZE: longer than the kernel sends them.
  [[nodiscard]] tl::expected<std::span<const std::byte>, int> receive();

 private:
  struct Close {
    void operator()(mnl_socket* socket) const;
  };
  explicit NetlinkSocket(mnl_socket* socket);

  std::unique_ptr<mnl_socket, Close> socket_;
  std::vector<std::byte> buffer_;
};

}  // namespace evenkeel::ipvs
