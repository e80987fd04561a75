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

/// Holds DIRECTORY/lock while it lives. The lock goes with the process, however it dies; the file
/// stays, with the holder's process number, and `leaving` once that has begun to stop.
class RuntimeDirectory {
 public:
  /// Creates the directory (0755) if it is missing, but not its parent, and takes the lock as
  /// take_runtime_lock() does. Blocks; for the start of main, and `evenkeeld release`. The error,
  /// as a rule: "evenkeeld is running already, pid 123 (/run/evenkeel/lock)".
  [[nodiscard]] static tl::expected<RuntimeDirectory, NotAcquired> acquire(
      std::string path, std::chrono::milliseconds patience = std::chrono::seconds(15));

  /// What an operator should know: who held the lock before, and was no evenkeeld; that others may
  /// write here.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  /// From now on a starting daemon waits for us.
  void mark_leaving() { daemon::mark_leaving(lock()); }

  /// Replaces DIRECTORY/name as a whole: a reader sees the old contents or the new, never half,
  /// also after kill -9. Not after a power cut: nothing here outlives one. `mode`: who may read it.
  [[nodiscard]] std::error_code write_record(std::string_view name, std::string_view contents,
                                             mode_t mode = 0644) const;
  /// "" with no_such_file_or_directory where there is none; at most 16 MiB.
  [[nodiscard]] tl::expected<std::string, std::error_code> read_record(std::string_view name) const;

  /// DIRECTORY/name with exactly `size` octets (0600), those it had or zeros, open for both.
  [[nodiscard]] tl::expected<UniqueFd, std::error_code> open_page(std::string_view name,
                                                                  std::size_t size) const;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path_of(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }
  /// For a child that outlives us for a while: whoever has it holds the lock.
  [[nodiscard]] int lock() const { return lock_.get(); }

 private:
  RuntimeDirectory(std::string path, UniqueFd lock, std::vector<std::string> warnings)
      : path_(std::move(path)), lock_(std::move(lock)), warnings_(std::move(warnings)) {}

  std::string path_;
  UniqueFd lock_;
  std::vector<std::string> warnings_;
};

}  // namespace evenkeel::daemon
