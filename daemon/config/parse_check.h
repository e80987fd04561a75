// Checks as the file writes them: named tables, inline tables, and lists of both.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/table_reader.h"

namespace evenkeel::daemon {

/// A check before it is aimed at a real server.
struct CheckTemplate {
  std::string name;
  checks::Check check;                   ///< address and port are filled in by aimed_at
  std::optional<ipvs::Address> address;  ///< the file's, in place of the real server's
  std::optional<std::uint16_t> port;
  checks::Health initial = checks::Health::Unknown;
};

/// The [check.NAME] tables; no value for one that had mistakes (they are reported once, there).
using CheckCatalogue = std::map<std::string, std::optional<CheckTemplate>, std::less<>>;

/// Nothing when a mistake was reported.
[[nodiscard]] std::optional<CheckTemplate> parse_check(const toml::table& table, Place place,
                                                       std::string name, Context& context);

/// The value of a `check` key: a name, an inline table, or an array of them.
[[nodiscard]] std::vector<CheckTemplate> parse_check_list(const Value& value,
                                                          const CheckCatalogue& catalogue,
                                                          Context& context);

/// The check of one real server.
[[nodiscard]] ServerCheck aimed_at(const CheckTemplate& check, const ipvs::DestinationKey& target);

}  // namespace evenkeel::daemon
