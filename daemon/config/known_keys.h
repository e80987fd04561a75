// The keys that a table may have. The parser refuses all others.
//
// Pure.
#pragma once

#include <span>
#include <string_view>

namespace evenkeel::daemon {

struct KnownKeys {
  std::span<const std::string_view> names;
  /// Keys of a later version: refused with a message that says so.
  std::span<const std::string_view> later;
};

}  // namespace evenkeel::daemon
