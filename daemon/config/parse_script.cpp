#include "daemon/config/parse_script.h"

#include <utility>

#include "daemon/config/duration.h"
#include "daemon/config/script_keys.h"
#include "daemon/config/written.h"

namespace evenkeel::daemon {
namespace {

/// A run must be over when the next one is due.
void judge_timeout(const Written<Script>& written, const Script& script) {
  if (written.is_wrong("interval") || written.is_wrong("timeout")) return;
  if (script.timeout <= script.interval) return;
  const bool has_timeout = written.has("timeout");
  written.error(has_timeout ? KeyOf<Script>("timeout") : KeyOf<Script>("interval"),
                "\"timeout\" (" + to_string(script.timeout) + (has_timeout ? "" : ", the default") +
                    ") must not exceed \"interval\" (" + to_string(script.interval) +
                    (written.has("interval") ? ")" : ", the default)"));
}

}  // namespace

ScriptCatalogue parse_scripts(const std::vector<PlacedTable>& tables, Context& context) {
  ScriptCatalogue catalogue;
  for (const PlacedTable& table : tables) {
    const std::size_t errors_before = context.diagnostics.error_count();
    Written<Script> written(table, context);
    Script script;
    written.take(script);
    judge_timeout(written, script);
    if (!written.is_read("name")) continue;
    const auto [at, is_new] =
        catalogue.try_emplace(script.name, WrittenScript{.script = {}, .place = table.place});
    if (!is_new) {
      written.error("name", "a script " + in_quotes(script.name) + " is already at " +
                                context.diagnostics.where(at->second.place));
      continue;
    }
    if (context.diagnostics.error_count() != errors_before) continue;
    context.programs.push_back({.place = written.place_of("command"),
                                .key = "command",
                                .file = script.command.front(),
                                .user = script.user});
    at->second.script = std::move(script);
  }
  return catalogue;
}

}  // namespace evenkeel::daemon
