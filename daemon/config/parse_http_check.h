// The keys of an http check.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include "daemon/config/check_keys.h"
#include "daemon/config/written.h"

namespace evenkeel::daemon {

/// What cannot be said safely in one HTTP request (http_text.h) is refused. With mistakes, which
/// are reported, those keys hold their defaults.
[[nodiscard]] checks::HttpCheck parse_http_check(Written<CheckTemplate>& check);

}  // namespace evenkeel::daemon
