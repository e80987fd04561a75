// How deep a TOML text nests its keys, found before it is parsed.
//
// Pure. toml++ bounds the depth of values but not of dotted keys (a.a.a.a... or [a.a.a...]), and
// builds a table for each part: a hostile or broken line of a megabyte would overflow the stack
// when those tables are destroyed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace evenkeel::daemon {

/// No key of this configuration has more than three parts.
constexpr std::size_t kMaxKeyParts = 32;

/// The 1-based line of the first key with more than kMaxKeyParts parts. Dots in strings and
/// comments do not count. In a text that is not TOML the answer is a guess, but never too lenient
/// up to the place where toml++ stops.
[[nodiscard]] std::optional<std::uint32_t> too_deep_key_line(std::string_view text);

}  // namespace evenkeel::daemon
