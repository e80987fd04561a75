// [[vrrp.instance]]: one virtual router.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include "daemon/config/vrrp_keys.h"
#include "daemon/config/written.h"

namespace evenkeel::daemon {

/// An instance with what could be read of it, so that rules over several keys are judged in spite
/// of a mistake elsewhere in it.
struct ParsedInstance {
  vrrp::InstanceConfig config;  ///< what was missing or wrong has its default here
  Written<vrrp::InstanceConfig> written;
};

/// Reports mistakes in single values, and priorities that nodes share. Values that contradict each
/// other are for contradictions() (vrrp_rules.h).
[[nodiscard]] ParsedInstance parse_instance(const PlacedTable& instance, Context& context);

/// Warnings. (Shown only when there is no error anywhere.)
void report_warnings(const ParsedInstance& instance);

}  // namespace evenkeel::daemon
