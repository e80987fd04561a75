// Checks as the file writes them: named tables, inline tables, and lists of both.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <string>
#include <vector>

#include "daemon/config/check_keys.h"
#include "daemon/config/table_reader.h"

namespace evenkeel::daemon {

/// Nothing when a mistake was reported.
[[nodiscard]] std::optional<CheckTemplate> parse_check(const PlacedTable& check, std::string name,
                                                       Context& context);

/// The value of a `check` key: a name, an inline table, or an array of them.
[[nodiscard]] std::vector<CheckTemplate> parse_check_list(const Value& value,
                                                          const CheckCatalogue& catalogue,
                                                          Context& context);

/// The check of one real server.
[[nodiscard]] ServerCheck aimed_at(const CheckTemplate& check, const ipvs::DestinationKey& target);

}  // namespace evenkeel::daemon
