// The record of the hooks that run, in the runtime directory: what a main that is killed leaves of
// them.
//
// On main's loop. The directory is in memory (tmpfs), as for the other records: no disk is waited
// for.
#pragma once

#include <vector>

#include "daemon/hooks/running_hooks.h"
#include "daemon/process/runtime_directory.h"

namespace evenkeel::daemon {

class HookRecord {
 public:
  /// `runtime` outlives it.
  explicit HookRecord(const RuntimeDirectory& runtime) : runtime_(runtime) {}

  /// What main before us has left; told once. What cannot be read is in the log.
  [[nodiscard]] std::vector<RunningHook> take();
  /// Where it cannot be written, the log says so once, until it can be written again.
  void save(const std::vector<RunningHook>& running);

 private:
  const RuntimeDirectory& runtime_;
  bool has_failed_ = false;  ///< the last save()
};

}  // namespace evenkeel::daemon
