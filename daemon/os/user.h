// A user of this host, with its groups. Asks the name service, which may wait for others: not in a
// thread that must not wait.
//
// An error is an errno: ENOENT where there is no such user, or where glibc tells a name service
// that cannot be asked as the same; else why the name service does not say.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace evenkeel::daemon {

struct Account {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

struct User {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;  ///< supplementary ones, its own among them

  friend bool operator==(const User&, const User&) = default;
};

/// "there is no user "x"", "the user "x" cannot be looked up: Connection refused".
[[nodiscard]] std::string user_problem(const std::string& user, int error);

/// By a name alone.
[[nodiscard]] tl::expected<Account, int> account_named(const std::string& user);

// A text is first taken for a name, then for a number (as chown(1) does).

/// A user to compare with: a number needs no entry.
[[nodiscard]] tl::expected<std::uint32_t, int> uid_named(const std::string& user);

/// A user to run as: a number needs an entry, which has the groups.
[[nodiscard]] tl::expected<User, int> user_named(const std::string& user);

}  // namespace evenkeel::daemon
