// Hints for a person whose TOML cannot be read: the parser says where it stopped, a hint what was
// probably meant.
//
// Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace evenkeel::daemon {

/// The hint at a syntax error, and what to write instead: another language (keepalived's, YAML,
/// JSON), a text without quotes, typographic quotes, [x] where [[x]] is a list of tables; "" when
/// nothing is recognised. `line`, `column`: of the error, from 1. `lists`: the titles of all lists
/// of tables, "[[virtual_service]]".
[[nodiscard]] std::string syntax_hint(std::string_view text, std::uint32_t line,
                                      std::uint32_t column,
                                      std::span<const std::string_view> lists);

}  // namespace evenkeel::daemon
