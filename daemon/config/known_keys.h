// The names of a table's keys: what the parser looks keys up in.
//
// Pure.
#pragma once

#include <span>
#include <string_view>

namespace evenkeel::daemon {

struct KnownKeys {
  std::span<const std::string_view> names;
  /// The design names them, a later step brings them: refused, never ignored.
  std::span<const std::string_view> later;
};

}  // namespace evenkeel::daemon
