// [[script]]: the scripts that tracks may follow.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config/script.h"
#include "daemon/config/table_reader.h"

namespace evenkeel::daemon {

struct WrittenScript {
  std::optional<Script> script;  ///< none: it has mistakes, which are reported
  Place place;
};

/// By their names.
using ScriptCatalogue = std::map<std::string, WrittenScript, std::less<>>;

[[nodiscard]] ScriptCatalogue parse_scripts(const std::vector<PlacedTable>& tables,
                                            Context& context);

}  // namespace evenkeel::daemon
