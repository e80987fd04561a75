// The number in a file that a track follows.
//
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "daemon/fields/words.h"
#include "vrrp/track.h"

namespace evenkeel::daemon {

constexpr std::size_t kMaxNumberFile = 64;  ///< octets

enum class NumberError : std::uint8_t { Empty, TooLong, NotANumber, OutOfRange };
constexpr auto words_of(NumberError) {
  using enum NumberError;
  return fields::words<NumberError>({{Empty, "empty", "the file is empty"},
                                     {TooLong, "too_long", "longer than 64 octets"},
                                     {NotANumber, "not_a_number", "not a number"},
                                     {OutOfRange, "out_of_range", "not within -253..253"}});
}

static_assert(kMaxNumberFile == 64 && vrrp::kMaxTrackWeight == 253, "the words say so");

/// One decimal integer, -253..253, with spaces and line ends around it.
[[nodiscard]] tl::expected<std::int16_t, NumberError> parse_number_file(std::string_view text);

/// `not a number: "abc"`: printable, and short enough for a track's reason.
[[nodiscard]] std::string explain(NumberError error, std::string_view text);

}  // namespace evenkeel::daemon
