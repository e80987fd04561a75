#include "daemon/os/user.h"

#include <charconv>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>
#include <utility>

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

/// An entry of the name service, with the octets that it refers to.
struct Entry {
  std::vector<char> buffer = std::vector<char>(16'384);
  passwd found{};
};

std::optional<Entry> entry_named(const std::string& name) {
  Entry entry;
  passwd* found = nullptr;
  const int error =
      ::getpwnam_r(name.c_str(), &entry.found, entry.buffer.data(), entry.buffer.size(), &found);
  return error == 0 && found != nullptr ? std::optional(std::move(entry)) : std::nullopt;
}

std::optional<Entry> entry_of(uid_t uid) {
  Entry entry;
  passwd* found = nullptr;
  const int error =
      ::getpwuid_r(uid, &entry.found, entry.buffer.data(), entry.buffer.size(), &found);
  return error == 0 && found != nullptr ? std::optional(std::move(entry)) : std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> uid_named(const std::string& user) {
  if (const auto entry = entry_named(user)) return entry->found.pw_uid;
  return number_of(user);
}

std::optional<User> user_named(const std::string& user) {
  auto entry = entry_named(user);
  const auto number = number_of(user);
  if (!entry && number) entry = entry_of(*number);
  if (!entry) return std::nullopt;
  return User{
      .uid = entry->found.pw_uid, .gid = entry->found.pw_gid, .groups = groups_of(entry->found)};
}

}  // namespace evenkeel::daemon
