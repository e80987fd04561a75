// [global]: who we are, how we log, whether virtual addresses are leased.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <string>
#include <string_view>

#include "daemon/config/table_reader.h"

namespace evenkeel::daemon {

/// A table of the file and where it stands; `table` is nullptr when the file has none.
struct PlacedTable {
  const toml::table* table = nullptr;
  Place place;
};

/// Who we are: `given` (--node), else the file's node_name, else `host_name`. The file's is read
/// and judged in any case. It is the one key that cannot differ per node.
[[nodiscard]] std::string resolve_node_name(const PlacedTable& global, std::string_view host_name,
                                            std::string_view given, Diagnostics& diagnostics);

struct ParsedGlobal {
  GlobalConfig config;
  bool address_lease = true;  ///< of the virtual addresses: vrrp::Config has it
};

[[nodiscard]] ParsedGlobal parse_global(const PlacedTable& global, Context& context);

}  // namespace evenkeel::daemon
