// The runtime directory: one daemon at a time, and the record of what it owns.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/os/unique_fd.h"
#include "daemon/process/runtime_lock.h"

namespace evenkeel::daemon {

/// Holds DIRECTORY/lock while it lives. The kernel releases the lock when the process dies. The
/// file stays, with the holder's process number, and `leaving` once the holder has begun to stop.
class RuntimeDirectory {
 public:
  /// Creates the directory (0755) if it is missing, but not its parent, and takes the lock as
  /// take_runtime_lock() does. Blocks; for the start of main, and `evenkeeld release`. The error,
  /// as a rule: "evenkeeld is running already, pid 123 (/run/evenkeel/lock)".
  [[nodiscard]] static tl::expected<RuntimeDirectory, NotAcquired> acquire(
      std::string path, std::chrono::milliseconds patience = std::chrono::seconds(15));

  /// For the operator: another program held the lock before; other users may write to the
  /// directory.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  /// From now on a daemon that starts waits for this one.
  void mark_leaving() { daemon::mark_leaving(lock()); }

  /// Replaces DIRECTORY/name as a whole: a reader sees the old contents or the new, never half,
  /// also after kill -9. (After a power cut the directory is empty.) `mode`: who may read the file.
  [[nodiscard]] std::error_code write_record(std::string_view name, std::string_view contents,
                                             mode_t mode = 0644) const;
  /// "" with no_such_file_or_directory where there is none; at most 16 MiB.
  [[nodiscard]] tl::expected<std::string, std::error_code> read_record(std::string_view name) const;

  /// Opens DIRECTORY/name (0600) for reading and writing, with exactly `size` octets: those that it
  /// had, or zeros.
  [[nodiscard]] tl::expected<UniqueFd, std::error_code> open_page(std::string_view name,
                                                                  std::size_t size) const;

  [[nodiscard]] std::string path_of(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }
  /// The lock's descriptor, for a child that may outlive main: a process that has it holds the
  /// lock.
  [[nodiscard]] int lock() const { return lock_.get(); }

 private:
  RuntimeDirectory(std::string path, UniqueFd lock, std::vector<std::string> warnings)
      : path_(std::move(path)), lock_(std::move(lock)), warnings_(std::move(warnings)) {}

  std::string path_;
  UniqueFd lock_;
  std::vector<std::string> warnings_;
};

}  // namespace evenkeel::daemon
