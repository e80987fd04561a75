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

/// A unit has one owner, which starts and stops it: two owners would not agree.
template <typename Table>
void judge_units(Written<Table>& written, const VrrpHooks& hooks) {
  if (hooks.units.empty()) return;
  Context& context = written.context();
  if (hooks.units.size() > kMaxUnits) {
    written.error("units", "\"units\" has at most " + std::to_string(kMaxUnits) + " units, not " +
                               std::to_string(hooks.units.size()));
  }
  for (const std::string& unit : hooks.units) {
    if (unit == kOwnUnit) {
      written.error("units", "\"units\": " + unit + " is evenkeel itself");
      continue;
    }
    const auto [known, is_new] = context.units.try_emplace(unit, written.place_of("units"));
    if (is_new) continue;
    written.error("units", "\"units\": " + unit + " is named already, at " +
                               context.diagnostics.where(known->second) +
                               ": one instance or sync group starts and stops it");
  }
  context.programs.push_back(
      {.place = written.place_of("units"), .key = "units", .file = kSystemctl, .user = "root"});
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
    judge_units(written, hooks);
  }
  return hooks;
}

}  // namespace evenkeel::daemon
