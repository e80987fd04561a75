// A systemd unit that is started where its owner is master and stopped elsewhere, or that a track
// follows.
//
// Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/fields/words.h"
#include "daemon/hooks/hook.h"

namespace evenkeel::daemon {

/// systemd's ActiveState.
enum class UnitState : std::uint8_t {
  Active,
  Reloading,
  Inactive,
  Failed,
  Activating,
  Deactivating,
  Maintenance,
  Refreshing,
};
constexpr auto words_of(UnitState) {
  using enum UnitState;
  return fields::words<UnitState>({{Active, "active"},
                                   {Reloading, "reloading"},
                                   {Inactive, "inactive"},
                                   {Failed, "failed"},
                                   {Activating, "activating"},
                                   {Deactivating, "deactivating"},
                                   {Maintenance, "maintenance"},
                                   {Refreshing, "refreshing"}});
}

/// It runs.
[[nodiscard]] constexpr bool is_active(UnitState state) {
  return state == UnitState::Active || state == UnitState::Reloading ||
         state == UnitState::Refreshing;
}
/// It changes without us.
[[nodiscard]] constexpr bool is_passing(UnitState state) {
  return state == UnitState::Activating || state == UnitState::Deactivating;
}

/// What systemctl is run for. Place: to find its control group.
enum class UnitTask : std::uint8_t { Look, Place, Start, Stop };
constexpr auto words_of(UnitTask) {
  using enum UnitTask;
  return fields::words<UnitTask>(
      {{Look, "look"}, {Place, "place"}, {Start, "start"}, {Stop, "stop"}});
}

/// What the configuration has a unit for.
struct UnitUse {
  std::optional<HookOwner> owner{};  ///< that starts and stops it
  bool is_followed = false;          ///< by tracks
};

/// What is known of a unit, for status.
struct UnitStatus {
  std::string unit;
  std::optional<bool> is_wanted;   ///< to be active; nothing: the owner's state is not known
  std::optional<UnitState> state;  ///< nothing: no look has succeeded
  std::chrono::steady_clock::time_point since{};  ///< when that state was seen first
  std::string problem;                            ///< what systemctl said; "" = nothing is wrong
  bool has_failed = false;                        ///< it is not as wanted, or nobody knows
};

}  // namespace evenkeel::daemon
