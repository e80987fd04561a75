// Lines to a descriptor that may be a terminal, a file, a pipe or a socket, without ever waiting
// for whoever reads it.
//
// O_NONBLOCK belongs to the open file, which we share with our parent and the shell: setting it
// would break them. So each kind has a way of its own (line_writer.cpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

class LineWriter {
 public:
  static constexpr std::size_t kMaxWaiting = 1048576;  ///< octets

  /// `dropped_note(n)` is the line to write where n lines are missing. `target` stays the caller's.
  LineWriter(int target, std::function<std::string(std::uint64_t)> dropped_note);

  /// The line with its end. When too much waits, the oldest lines go.
  void write(std::string line);
  /// Writes what can be written now.
  void flush();
  /// Writes what waits, and waits for the reader, `limit` at most.
  void drain(std::chrono::milliseconds limit);

  [[nodiscard]] std::size_t waiting() const { return waiting_octets_; }

 private:
  enum class Way : std::uint8_t { Plain, Reopened, Send, Poll };

  [[nodiscard]] ssize_t write_some(std::string_view octets);
  [[nodiscard]] bool has_current();
  void drop_oldest();
  void drop_all();

  int target_;
  UniqueFd reopened_;
  Way way_ = Way::Plain;
  std::function<std::string(std::uint64_t)> dropped_note_;
  std::string current_;  ///< what is left of the line being written: never dropped
  std::deque<std::string> lines_;
  std::uint64_t dropped_ = 0;       ///< between the current line and the first of lines_
  std::size_t waiting_octets_ = 0;  ///< in current_ and lines_
};

}  // namespace evenkeel::daemon
