// A user of this host, with its groups. Asks the name service, which may wait for others: not in a
// thread that must not wait.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace evenkeel::daemon {

struct User {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;  ///< supplementary ones, its own among them

  friend bool operator==(const User&, const User&) = default;
};

/// By a name, or by any number. Nothing: there is no such user, or the name service does not
/// answer.
[[nodiscard]] std::optional<std::uint32_t> uid_named(const std::string& user);

/// By a name, or by a number that has one. Nothing: there is none.
[[nodiscard]] std::optional<User> user_named(const std::string& user);

}  // namespace evenkeel::daemon
