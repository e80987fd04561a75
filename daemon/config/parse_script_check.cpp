#include "daemon/config/parse_script_check.h"

#include "daemon/config/duration.h"
#include "daemon/config/script_keys.h"

namespace evenkeel::daemon {

void parse_rest(checks::ScriptCheck& script, Written<CheckTemplate>& check) {
  if (script.command.empty()) return;
  check.context().programs.push_back({.place = check.place_of("command"),
                                      .key = "command",
                                      .file = script.command.front(),
                                      .user = script.user});
}

void judge_run_times(const checks::Check& check, const Written<CheckTemplate>& written) {
  const auto must_not_be_below = [&](KeyOf<CheckTemplate> key, Duration value, Duration least) {
    if (!written.is_read(key) || value >= least) return;
    written.error(key, in_quotes(key.name()) + " of a script check must be at least " +
                           to_string(least) + ", not " + to_string(value));
  };
  must_not_be_below("interval", check.interval, kRunInterval.min);
  must_not_be_below("fast_interval", check.fast_interval, kRunInterval.min);
  must_not_be_below("down_interval", check.down_interval, kRunInterval.min);
  must_not_be_below("timeout", check.timeout, kRunTimeout.min);
}

}  // namespace evenkeel::daemon
