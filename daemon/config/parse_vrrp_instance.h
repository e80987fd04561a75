// [[vrrp.instance]]: one virtual router.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/config/parse_global.h"
#include "daemon/config/table_reader.h"
#include "vrrp/config.h"

namespace evenkeel::daemon {

/// An instance with what could be read of it, so that rules over several keys are judged in spite
/// of a mistake elsewhere in it.
struct ParsedInstance {
  vrrp::InstanceConfig config;  ///< a key of `unread` has its default here
  PlacedTable at;
  std::vector<std::string_view> unread;  ///< keys that were missing or wrong
};

/// Reports what is wrong with single values; what does not go together is for contradictions()
/// (vrrp_rules.h), but for priorities that nodes share.
[[nodiscard]] ParsedInstance parse_instance(const PlacedTable& instance, Context& context);

/// Warnings. (Shown only when there is no error anywhere.)
void report_doubts(const ParsedInstance& instance, Context& context);

}  // namespace evenkeel::daemon
