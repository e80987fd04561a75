// The rules of a script check that its rows do not have: the program is looked at on this host, and
// runs less often than other checks may.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include "daemon/config/check_keys.h"
#include "daemon/config/written.h"

namespace evenkeel::daemon {

void parse_rest(checks::ScriptCheck& script, Written<CheckTemplate>& check);

/// The times of the check, once they are known.
void judge_run_times(const checks::Check& check, const Written<CheckTemplate>& written);

}  // namespace evenkeel::daemon
