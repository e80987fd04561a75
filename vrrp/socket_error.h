// Why a socket could not be opened.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace evenkeel::vrrp {

/// The error of opening: what was being done, and the kernel's word.
struct SocketError {
  std::string doing;  ///< "join 224.0.0.18 on eth0"
  std::error_code error;
};
[[nodiscard]] inline std::error_code error_of(int errno_value) {
  return {errno_value, std::system_category()};
}
/// Why the last system call failed (errno).
[[nodiscard]] inline std::error_code last_error() {
  return error_of(errno);
}
[[nodiscard]] inline SocketError last_error(const char* doing) {
  return {doing, last_error()};
}
[[nodiscard]] inline std::string to_string(const SocketError& error) {
  return error.doing + ": " + error.error.message();
}

}  // namespace evenkeel::vrrp
