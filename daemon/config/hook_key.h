// The keys of hooks: programs that are told of a state.
//
// Pure.
#pragma once

#include <cstdint>

#include "daemon/fields/words.h"

namespace evenkeel::daemon {

using fields::name;
using fields::to_string;

/// A state has its own key. OnChange is for every state of an instance or a sync group, WhileMaster
/// for no state's beginning: it runs again and again.
enum class HookKey : std::uint8_t {
  OnMaster,
  OnBackup,
  OnFault,
  OnStop,
  OnUp,
  OnDown,
  OnQuorum,
  OnQuorumLost,
  OnChange,
  WhileMaster,
};
constexpr auto words_of(HookKey) {
  using enum HookKey;
  return fields::words<HookKey>({{OnMaster, "on_master"},
                                 {OnBackup, "on_backup"},
                                 {OnFault, "on_fault"},
                                 {OnStop, "on_stop"},
                                 {OnUp, "on_up"},
                                 {OnDown, "on_down"},
                                 {OnQuorum, "on_quorum"},
                                 {OnQuorumLost, "on_quorum_lost"},
                                 {OnChange, "on_change"},
                                 {WhileMaster, "while_master"}});
}

}  // namespace evenkeel::daemon
