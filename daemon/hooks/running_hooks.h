// The runs of hooks that are under way, as main leaves them for the next start: what is on the list
// then was cut off, because the spawner ends its runs when main is gone.
//
// Pure: JSON text <-> runs; daemon/process/programs.h keeps it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/fields/table.h"
#include "daemon/hooks/hook.h"

namespace evenkeel::daemon {

struct RunningHook {
  HookOwner owner;
  HookKey key = HookKey::OnMaster;
  std::string file;              ///< that is executed
  std::chrono::seconds began{};  ///< since 1970
  friend bool operator==(const RunningHook&, const RunningHook&) = default;
};
constexpr auto fields_of(fields::Of<RunningHook>) {
  using fields::field;
  using T = RunningHook;
  return fields::table(field<&T::owner>("owner"), field<&T::key>("hook"), field<&T::file>("file"),
                       field<&T::began>("began"));
}

struct RunningHooks {
  /// More than ever run at once (HookRuns); what follows them in a text is unreadable.
  static constexpr std::size_t kMost = 64;
  std::vector<RunningHook> runs;
  std::size_t unreadable = 0;  ///< entries
  friend bool operator==(const RunningHooks&, const RunningHooks&) = default;
};

/// {"version":1,"running":[{"owner":{"kind":"instance","name":"web","real_server":""},
/// "hook":"on_master","file":"/etc/evenkeel/notify","began":1764547200000000000}]}
[[nodiscard]] std::string encode_running_hooks(const std::vector<RunningHook>& runs);
/// Tolerant: an older or a newer version of the daemon may have written the text. An unreadable
/// entry costs no other. The error: what is wrong with the text.
[[nodiscard]] tl::expected<RunningHooks, std::string> decode_running_hooks(std::string_view text);

/// "2025-12-01 00:00:00 UTC"
[[nodiscard]] std::string begin_of(const RunningHook& run);

}  // namespace evenkeel::daemon
