// Makes every epoll descriptor of this process one that cannot be waited for.
#pragma once

#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "daemon/os/unique_fd.h"

namespace evenkeel::vrrp {

inline void break_epoll() {
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code error;
    const auto target = std::filesystem::read_symlink(entry.path(), error);
    if (!error && target == "anon_inode:[eventpoll]") {
      found.push_back(std::stoi(entry.path().filename()));
    }
  }
  ASSERT_FALSE(found.empty());
  const evenkeel::UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  for (const int each : found) ASSERT_EQ(::dup3(nothing.get(), each, O_CLOEXEC), each);
}

}  // namespace evenkeel::vrrp
