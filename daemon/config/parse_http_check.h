// The keys of an http check.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include "daemon/config/table_reader.h"

namespace evenkeel::daemon {

/// What cannot be said safely in one HTTP request (http_text.h) is refused. With mistakes, which
/// are reported, those keys hold their defaults.
[[nodiscard]] checks::HttpCheck parse_http_check(TableReader& reader, Context& context);

}  // namespace evenkeel::daemon
