// The lease of an address, on the host of the calling thread.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace evenkeel::vrrp {

inline constexpr int kForEver = 1'000'000;

/// Seconds that the kernel leaves it.
inline int valid_time(const std::string& address) {
  const std::string command = "ip -o addr show to " + address;
  FILE* out = ::popen(command.c_str(), "r");
  std::array<char, 512> line{};
  const bool is_there = std::fgets(line.data(), line.size(), out) != nullptr;
  ::pclose(out);
  const char* valid = is_there ? std::strstr(line.data(), "valid_lft ") : nullptr;
  if (valid == nullptr) return 0;
  valid += std::strlen("valid_lft ");
  return std::strncmp(valid, "forever", 7) == 0 ? kForEver : std::atoi(valid);
}

}  // namespace evenkeel::vrrp
