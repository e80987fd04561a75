// rtnetlink: a socket that asks one question or gives one batch of orders at a time, and what
// messages say of links and addresses. What the kernel sends is taken as it is, but no length in it
// is trusted.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <linux/rtnetlink.h>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "vrrp/address_writer.h"
#include "vrrp/announcement.h"
#include "vrrp/unique_fd.h"

namespace evenkeel::vrrp {

/// A request: the netlink header, a fixed part (ifaddrmsg, ifinfomsg), attributes.
class RouteRequest {
 public:
  /// NLM_F_REQUEST is added to the flags.
  RouteRequest(std::uint16_t type, std::uint16_t flags);
  void put(const ifaddrmsg& fixed);
  void put(const ifinfomsg& fixed);
  void put(std::uint16_t attribute, std::span<const std::uint8_t> octets);
  [[nodiscard]] nlmsghdr& header() { return *reinterpret_cast<nlmsghdr*>(octets_.data()); }
  /// Padded to a multiple of 4.
  [[nodiscard]] std::span<const std::uint8_t> octets() {
    return std::span(octets_).first(NLMSG_ALIGN(header().nlmsg_len));
  }

 private:
  alignas(nlmsghdr) std::array<std::uint8_t, 256> octets_{};  // the largest takes 100
};

/// Calls `visit` for each message in `octets`, which are aligned to 4.
void for_each_message(std::span<const std::uint8_t> octets,
                      const std::function<void(const nlmsghdr&)>& visit);

/// RTM_NEWADDR and RTM_DELADDR.
struct AddressMessage {
  InstalledAddress address;  ///< is_ours: carries our IFA_PROTO
  bool has_protocol = false;
};
[[nodiscard]] std::optional<AddressMessage> decode_address(const nlmsghdr& message);

/// RTM_NEWLINK and RTM_DELLINK. Nothing also for a bridge's notices of its ports, which look alike
/// (ifi_family AF_BRIDGE: RTM_DELLINK there says that the port left the bridge).
struct LinkMessage {
  int index = 0;
  std::string name;
  std::vector<std::string> alternative_names;  ///< altname, Linux 5.5
  bool is_up = false;                          ///< IFF_UP and IFF_RUNNING
  MacAddress mac{};                            ///< zeros: none of 6 octets
  std::uint32_t mtu = 0;                       ///< 0: not said
};
[[nodiscard]] std::optional<LinkMessage> decode_link(const nlmsghdr& message);

class RouteSocket {
 public:
  [[nodiscard]] static tl::expected<RouteSocket, std::error_code> open();
  /// The kernel's answers, in the order of the requests; timed_out after 2 s without one. Sent in
  /// datagrams of as many requests as the socket's send buffer has room for.
  [[nodiscard]] std::vector<std::error_code> execute(std::vector<RouteRequest> requests);
  /// The messages of the answer, one after another. Asked again where things changed meanwhile.
  [[nodiscard]] tl::expected<std::vector<std::uint8_t>, std::error_code> dump(RouteRequest request);

 private:
  explicit RouteSocket(UniqueFd fd);
  [[nodiscard]] std::error_code send(std::span<const std::uint8_t> octets);
  [[nodiscard]] std::error_code send(RouteRequest& request);
  void execute(std::span<RouteRequest> datagram, std::span<std::error_code> answers);
  [[nodiscard]] std::error_code take_answers(std::uint32_t first,
                                             std::span<std::error_code> answers);
  [[nodiscard]] tl::expected<std::span<const std::uint8_t>, std::error_code> receive();

  UniqueFd fd_;
  std::uint32_t sequence_ = 0;
  std::size_t longest_ = 0;  ///< octets of a datagram that the send buffer has room for
  std::vector<std::uint8_t> buffer_;
  std::vector<std::uint8_t> datagram_;
};

/// Every address, or every link, of the network namespace.
[[nodiscard]] tl::expected<std::vector<AddressMessage>, std::error_code> read_addresses(
    RouteSocket& socket);
[[nodiscard]] tl::expected<std::vector<LinkMessage>, std::error_code> read_links(
    RouteSocket& socket);

}  // namespace evenkeel::vrrp
