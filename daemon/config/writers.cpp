#include "daemon/config/writers.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace evenkeel::daemon {
namespace {

/// In a user namespace: whoever has no ID in it.
constexpr uid_t kUnmapped = 65534;

std::string mode_of(const struct stat& status) {
  std::array<char, 16> text{};
  (void)std::snprintf(text.data(), text.size(), "(mode %04o)", status.st_mode & 07777U);
  return text.data();
}

}  // namespace

std::optional<std::string> others_who_write(const std::string& path, SharedAs as,
                                            const std::string& what) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  const bool is_guarded = as == SharedAs::Way && (status.st_mode & S_ISVTX) != 0;
  const auto may_write = [&](mode_t who) { return !is_guarded && (status.st_mode & who) != 0; };
  if (may_write(S_IWOTH)) return "everybody may write " + what + " " + mode_of(status);
  if (may_write(S_IWGRP) && status.st_gid != 0 && status.st_gid != ::getegid()) {
    return "group " + std::to_string(status.st_gid) + " may write " + what + " " + mode_of(status);
  }
  if (status.st_uid != 0 && status.st_uid != ::geteuid() && status.st_uid != kUnmapped) {
    return "user " + std::to_string(status.st_uid) + " owns " + what;
  }
  return std::nullopt;
}

std::vector<std::string> folders_above(const std::string& path) {
  std::vector<std::string> folders;
  const auto add_all = [&](const std::filesystem::path& file) {
    for (auto folder = file.parent_path(); !folder.empty(); folder = folder.parent_path()) {
      const std::string name = folder.string();
      if (std::find(folders.begin(), folders.end(), name) == folders.end()) {
        folders.push_back(name);
      }
      if (folder == folder.root_path()) break;
    }
  };
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error).lexically_normal();
  if (!error) add_all(absolute);
  const auto real = std::filesystem::canonical(path, error);
  if (!error) add_all(real);
  return folders;
}

}  // namespace evenkeel::daemon
