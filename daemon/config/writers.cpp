#include "daemon/config/writers.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

namespace evenkeel::daemon {
namespace {

/// In a user namespace: whoever has no ID in it. Elsewhere it is a user as others are, "nobody".
constexpr uid_t kUnmapped = 65534;

constexpr int kMaxLinks = 40;  // as the kernel has it (MAXSYMLINKS)

bool has_every_user() {
  std::ifstream map("/proc/self/uid_map");
  std::uint64_t first = 1, outside = 1, count = 0;
  map >> first >> outside >> count;
  return first == 0 && count == std::numeric_limits<std::uint32_t>::max();
}

bool is_another(uid_t owner) {
  if (owner == 0 || owner == ::geteuid()) return false;
  return owner != kUnmapped || has_every_user();
}

bool has_sticky_bit(const std::filesystem::path& folder) {
  struct stat status {};
  return ::stat(folder.c_str(), &status) == 0 && (status.st_mode & S_ISVTX) != 0;
}

std::string mode_of(const struct stat& status) {
  std::array<char, 16> text{};
  (void)std::snprintf(text.data(), text.size(), "(mode %04o)", status.st_mode & 07777U);
  return text.data();
}

}  // namespace

std::optional<std::string> others_who_write(const std::string& path, SharedAs as,
                                            const std::string& what) {
  struct stat status {};
  const bool is_link = as == SharedAs::Link;
  if ((is_link ? ::lstat : ::stat)(path.c_str(), &status) != 0) return std::nullopt;
  if (is_link) status.st_mode = S_IFLNK;  // its bits mean nothing
  const bool is_guarded = as == SharedAs::Way && (status.st_mode & S_ISVTX) != 0;
  const auto may_write = [&](mode_t who) { return !is_guarded && (status.st_mode & who) != 0; };
  if (may_write(S_IWOTH)) return "everybody may write " + what + " " + mode_of(status);
  if (may_write(S_IWGRP) && status.st_gid != 0 && status.st_gid != ::getegid()) {
    return "group " + std::to_string(status.st_gid) + " may write " + what + " " + mode_of(status);
  }
  if (is_another(status.st_uid)) {
    return "user " + std::to_string(status.st_uid) + " owns " + what;
  }
  return std::nullopt;
}

std::vector<Step> way_to(const std::string& path) {
  namespace fs = std::filesystem;
  std::vector<Step> steps;
  const auto add = [&](const fs::path& at, SharedAs as) {
    const Step step{at.string(), as};
    if (std::find(steps.begin(), steps.end(), step) == steps.end()) steps.push_back(step);
  };
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  fs::path folder = "/";
  std::deque<fs::path> ahead(absolute.begin(), absolute.end());
  for (int links = 0; !error && !ahead.empty();) {
    const fs::path name = std::move(ahead.front());
    ahead.pop_front();
    if (name.empty() || name == "." || name == "/") continue;
    if (name == "..") {
      folder = folder.parent_path();
      continue;
    }
    add(folder, SharedAs::Way);
    const fs::path next = folder / name;
    if (!fs::is_symlink(fs::symlink_status(next, error))) {
      folder = next;
      continue;
    }
    if (has_sticky_bit(folder)) add(next, SharedAs::Link);
    const fs::path target = fs::read_symlink(next, error);
    if (++links > kMaxLinks) break;
    if (target.is_absolute()) folder = "/";
    ahead.insert(ahead.begin(), target.begin(), target.end());
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

}  // namespace evenkeel::daemon
