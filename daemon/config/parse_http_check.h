// What the rows of an http check do not say: headers, statuses, and rules between keys.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include "daemon/config/check_keys.h"
#include "daemon/config/written.h"

namespace evenkeel::daemon {

/// What cannot be said safely in one HTTP request (checks/request_text.h) is refused. With
/// mistakes, which are reported, those keys hold their defaults.
void parse_rest(checks::HttpCheck& http, Written<CheckTemplate>& check);

}  // namespace evenkeel::daemon
