// The hooks of a table, and the files that they execute.
//
// Pure. Internal to daemon/config.
#pragma once

#include <optional>
#include <type_traits>

#include "daemon/config/hook_keys.h"
#include "daemon/config/hooks.h"
#include "daemon/config/written.h"

namespace evenkeel::daemon {

/// Of a table that has "while_master".
template <typename Table>
std::optional<WhileMaster> parse_while_master(Written<Table>& written, const VrrpHooks& hooks) {
  const PlacedTable table = written.table("while_master");
  if (!table.table) return std::nullopt;
  WhileMaster result;
  Context& context = written.context();
  Written<WhileMaster> own(table, context);
  own.take(result);
  if (!own.is_read("command")) return std::nullopt;
  context.programs.push_back({.place = own.place_of("command"),
                              .key = "while_master",
                              .file = result.command.front(),
                              .user = result.user.empty() ? hooks.user : result.user});
  return result;
}

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
  if constexpr (std::is_same_v<Hooks, VrrpHooks>) {
    hooks.while_master = parse_while_master(written, hooks);
  }
  return hooks;
}

}  // namespace evenkeel::daemon
