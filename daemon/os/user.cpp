#include "daemon/os/user.h"

#include <array>
#include <charconv>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace evenkeel::daemon {
namespace {

std::optional<uid_t> number_of(const std::string& text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::uint32_t> groups_of(const passwd& entry) {
  constexpr int kMost = 65'536;  // NGROUPS_MAX
  int count = 64;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  while (::getgrouplist(entry.pw_name, entry.pw_gid, groups.data(), &count) < 0 && count <= kMost) {
    groups.resize(static_cast<std::size_t>(count));
  }
  groups.resize(static_cast<std::size_t>(count));
  return {groups.begin(), groups.end()};
}

}  // namespace

std::optional<User> user_named(const std::string& user) {
  std::vector<char> buffer(16'384);
  passwd entry{};
  passwd* found = nullptr;
  int error = ::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
  const auto number = number_of(user);
  if (found == nullptr && number) {
    error = ::getpwuid_r(*number, &entry, buffer.data(), buffer.size(), &found);
  }
  if (error != 0 || found == nullptr) return std::nullopt;
  return User{.uid = entry.pw_uid, .gid = entry.pw_gid, .groups = groups_of(entry)};
}

}  // namespace evenkeel::daemon
