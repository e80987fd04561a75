// A blocking connection to the daemon's control socket: a line out, lines and octets in.
//
// Plain system calls: `evenkeel` is run by scripts and has to start and end in a blink.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "daemon/ctl/output.h"
#include "daemon/os/unique_fd.h"

namespace evenkeel::ctl {

/// Errors are sentences for the user: what was wanted of which socket, and why it did not work.
class Connection {
 public:
  /// `patience`: the longest silence to bear.
  [[nodiscard]] static tl::expected<Connection, std::string> open(const std::string& path,
                                                                  std::chrono::seconds patience);

  [[nodiscard]] tl::expected<void, std::string> send_line(std::string line);
  /// Without its newline; valid until the next call.
  [[nodiscard]] tl::expected<std::string_view, std::string> read_line();
  /// Passes the next octets on as they are.
  [[nodiscard]] tl::expected<void, std::string> copy(std::size_t octets, Output& output);

 private:
  Connection(UniqueFd socket, std::string path);

  UniqueFd socket_;
  std::string path_;
  std::string input_;
  std::size_t taken_ = 0;  ///< octets of it

  [[nodiscard]] tl::expected<void, std::string> read_some();
  [[nodiscard]] std::string failure() const;
};

}  // namespace evenkeel::ctl
