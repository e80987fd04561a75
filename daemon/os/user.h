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

// A text is first taken for a name, then for a number (as chown(1) does). Nothing: there is no such
// user, or the name service cannot be asked, which glibc often tells as the same.

/// A user to compare with: a number needs no entry.
[[nodiscard]] std::optional<std::uint32_t> uid_named(const std::string& user);

/// A user to run as: a number needs an entry, which has the groups.
[[nodiscard]] std::optional<User> user_named(const std::string& user);

}  // namespace evenkeel::daemon
