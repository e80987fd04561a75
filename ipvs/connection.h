// Questions and batches to the kernel's IPVS family, one at a time: the socket, the family's ID,
// the sequence numbers, and what happens to them when something fails.
//
// Where IPVS is missing each call tries anew, and with it the kernel to load the module. After the
// module was unloaded and loaded again, the next call goes on with the new ID. After an error of an
// exchange the socket is replaced, so that a late answer cannot be taken for another's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "ipvs/backend.h"
#include "ipvs/codec.h"
#include "ipvs/netlink_socket.h"

namespace evenkeel::ipvs {

/// The message of ErrorKind::NotLoaded.
inline constexpr std::string_view kNotLoaded = "the kernel has no IPVS (module ip_vs)";

/// "read the services: Operation not permitted", with the kind that errno means.
[[nodiscard]] Error error_of(std::string_view doing, int errno_value);

class Connection {
 public:
  using Put = std::function<void(Requests&)>;
  using Visit = std::function<tl::expected<void, DecodeError>(const Answer&)>;

  /// Sends the one request that `put` writes, shows its answers to `visit`, and gives its result:
  /// 0 or an errno. EPERM is an Error.
  [[nodiscard]] tl::expected<int, Error> query(std::string_view doing, const Put& put,
                                               const Visit& visit);

  /// Sends the operations, as many at once as the socket takes, and gives an errno for each, 0 =
  /// applied. After an Error the first operations may be applied.
  [[nodiscard]] tl::expected<std::vector<int>, Error> execute(std::span<const Operation> batch);

 private:
  /// Opens the socket and asks for the family, where that is not done.
  [[nodiscard]] tl::expected<void, Error> connect();
  [[nodiscard]] tl::expected<void, Error> send(std::string_view doing);
  [[nodiscard]] tl::expected<std::span<const std::byte>, Error> receive(std::string_view doing);
  [[nodiscard]] tl::expected<int, Error> exchange(std::string_view doing, const Visit& visit);
  [[nodiscard]] tl::expected<std::vector<int>, Error> exchange_batch(
      std::span<const Operation> batch);
  [[nodiscard]] tl::expected<std::vector<int>, Error> exchange_piece(
      std::span<const Operation> piece);
  [[nodiscard]] Error malformed(std::string_view doing, DecodeError error);
  void disconnect();

  std::optional<NetlinkSocket> socket_;
  std::optional<std::uint16_t> family_id_;
  std::uint32_t next_sequence_ = 1;
  Requests requests_;
};

}  // namespace evenkeel::ipvs
