// Durations as the file writes them: one integer and one unit, "250ms" "1s" "5m" "2h".
//
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/config/config.h"

namespace evenkeel::daemon {

/// Nothing when the text is not decimal digits followed by ms, s, m or h, or when the value does
/// not fit in a Duration (about 292 years). "0s" is a duration; whether zero is allowed is the
/// key's business.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

/// The inverse, in the largest unit that says it exactly: "90s", "5m", "0s". Parts of a millisecond
/// are cut.
[[nodiscard]] std::string to_string(Duration duration);

}  // namespace evenkeel::daemon
