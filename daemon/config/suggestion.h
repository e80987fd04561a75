// "did you mean": the known word nearest to the one that was written.
//
// Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace evenkeel::daemon {

/// The number of insertions, removals, replacements and swaps of neighbours that turn one word into
/// the other (optimal string alignment, in octets).
[[nodiscard]] std::size_t edit_distance(std::string_view from, std::string_view to);

/// The nearest of `words`, the first of several; "" when none is near: more than a third of the
/// written word, and more than one edit, away. Words over 64 octets have no neighbours.
[[nodiscard]] std::string_view nearest_word(std::string_view written,
                                            std::span<const std::string_view> words);

}  // namespace evenkeel::daemon
