// Two hosts joined by a cable: network namespaces with a veth pair between them.
#pragma once

#include <functional>
#include <gtest/gtest.h>
#include <string>

#include "daemon/os/unique_fd.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

enum class Host { Left, Right };

/// Each case has its own two hosts. "left" with 192.0.2.1/24 and 2001:db8::1/64 on the one,
/// "right" with .2 and ::2 on the other; link-local addresses too, usable at once.
/// Begins, and is between two calls, on the left host. Skipped, loudly, where namespaces are
/// refused.
class TwoHosts : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// For what is not bound to a host once it is open (sockets are).
  void on(Host host, const std::function<void()>& deed);
  /// A shell command, which must succeed.
  void run(Host host, const std::string& command);
  /// Both ends of the cable, with their addresses.
  void connect();
  /// After the cable was deleted: another in its place, with the indexes that it had.
  void reconnect();
  /// Another one, up, with nothing but link-local addresses.
  void add_cable(const std::string& left, const std::string& right);

  [[nodiscard]] static int index_of(const std::string& interface);
  /// Of `interface`, made by the kernel.
  [[nodiscard]] static Address link_local(const std::string& interface);

 private:
  UniqueFd original_;
  UniqueFd left_;
  UniqueFd right_;
  int next_index_ = 10;
};

/// False: not readable within `limit`.
[[nodiscard]] bool wait_readable(int fd, std::chrono::milliseconds limit = std::chrono::seconds(2));
/// False: not so within `limit`.
[[nodiscard]] bool wait_until(const std::function<bool()>& is_so,
                              std::chrono::milliseconds limit = std::chrono::seconds(2));

}  // namespace evenkeel::vrrp
