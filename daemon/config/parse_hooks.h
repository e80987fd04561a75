// The hooks of a table, and the files that they execute.
//
// Pure. Internal to daemon/config.
#pragma once

#include <type_traits>

#include "daemon/config/hooks.h"
#include "daemon/config/written.h"

namespace evenkeel::daemon {

/// `Table`: one whose rows have those of `Hooks` (hook_keys.h).
template <typename Hooks, typename Table>
Hooks parse_hooks(Written<Table>& written) {
  Hooks hooks;
  written.take(hooks);
  Context& context = written.context();
  std::size_t at = 0;
  for_each_key<Table>([&]<typename Row>(const Row& row) {
    const auto key = KeyOf<Table>::at(at++);
    if constexpr (is_of<Row, Hooks>() && std::is_same_v<typename Row::Kind, ArgumentLists>) {
      for (const Arguments& command : hooks.*Row::member) {
        context.programs.push_back({.place = written.place_of(key),
                                    .key = std::string(row.name),
                                    .file = command.front(),
                                    .user = hooks.user});
      }
    }
  });
  return hooks;
}

}  // namespace evenkeel::daemon
