#include "daemon/os/user.h"

#include <cerrno>
#include <grp.h>
#include <pwd.h>
#include <system_error>
#include <utility>

#include "daemon/fields/number_from.h"

namespace evenkeel::daemon {
namespace {

constexpr std::size_t kMostOctets = std::size_t{1} << 20U;  ///< of an entry
constexpr std::size_t kMostGroups = 65'536;                 ///< the kernel's NGROUPS_MAX

/// An entry of the name service, with the octets that it refers to.
struct Entry {
  std::vector<char> buffer = std::vector<char>(16'384);
  passwd found{};
};

/// `get(entry, found)`: getpwnam_r(3) or getpwuid_r(3).
template <typename Get>
tl::expected<Entry, int> ask(const Get& get) {
  Entry entry;
  passwd* found = nullptr;
  int error = 0;
  for (;;) {
    error = get(entry, &found);
    if (error == EINTR) continue;
    if (error != ERANGE || entry.buffer.size() >= kMostOctets) break;
    entry.buffer.resize(2 * entry.buffer.size());
  }
  if (found != nullptr) return entry;
  // The manual page lets "none" be said by these, too.
  return tl::unexpected(error == 0 || error == ESRCH ? ENOENT : error);
}

tl::expected<Entry, int> entry_named(const std::string& name) {
  return ask([&](Entry& entry, passwd** found) {
    return ::getpwnam_r(name.c_str(), &entry.found, entry.buffer.data(), entry.buffer.size(),
                        found);
  });
}

tl::expected<Entry, int> entry_of(uid_t uid) {
  return ask([&](Entry& entry, passwd** found) {
    return ::getpwuid_r(uid, &entry.found, entry.buffer.data(), entry.buffer.size(), found);
  });
}

/// The function returns -1 and the count that it needs where there is no room for all, and -1 and
/// no greater count where it has no memory.
tl::expected<std::vector<std::uint32_t>, int> groups_of(const passwd& entry) {
  std::vector<gid_t> groups(64);
  for (;;) {
    int count = static_cast<int>(groups.size());
    if (::getgrouplist(entry.pw_name, entry.pw_gid, groups.data(), &count) >= 0) {
      groups.resize(static_cast<std::size_t>(count));
      return std::vector<std::uint32_t>(groups.begin(), groups.end());
    }
    const auto needed = static_cast<std::size_t>(count);
    if (needed <= groups.size()) return tl::unexpected(ENOMEM);
    if (needed > kMostGroups) return tl::unexpected(E2BIG);
    groups.resize(needed);
  }
}

}  // namespace

std::string user_problem(const std::string& user, int error) {
  if (error == ENOENT) return "there is no user \"" + user + "\"";
  return "the user \"" + user + "\" cannot be looked up: " + std::generic_category().message(error);
}

tl::expected<Account, int> account_named(const std::string& user) {
  const auto entry = entry_named(user);
  if (!entry) return tl::unexpected(entry.error());
  return Account{.uid = entry->found.pw_uid, .gid = entry->found.pw_gid};
}

tl::expected<std::uint32_t, int> uid_named(const std::string& user) {
  const auto account = account_named(user);
  if (account) return account->uid;
  if (const auto number = number_from<std::uint32_t>(user)) return *number;
  return tl::unexpected(account.error());
}

tl::expected<User, int> user_named(const std::string& user) {
  auto entry = entry_named(user);
  const auto number = number_from<std::uint32_t>(user);
  if (!entry && entry.error() == ENOENT && number) entry = entry_of(*number);
  if (!entry) return tl::unexpected(entry.error());
  auto groups = groups_of(entry->found);
  if (!groups) return tl::unexpected(groups.error());
  return User{.uid = entry->found.pw_uid, .gid = entry->found.pw_gid, .groups = std::move(*groups)};
}

}  // namespace evenkeel::daemon
