// A table of the file with the names of its keys: what the parser looks keys up in.
//
// Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace evenkeel::daemon {

enum class Support : std::uint8_t {
  Yes,
  NotYet,  ///< the design names it, a later step brings it: refused, never ignored
};

struct KnownKey {
  std::string_view name;
  Support support = Support::Yes;
};

struct KnownTable {
  std::string_view path;   ///< "ipvs.timeouts"; "" is the file itself
  std::string_view title;  ///< as messages call it: "[ipvs.timeouts]"
  std::span<const KnownKey> keys;

  [[nodiscard]] const KnownKey* find(std::string_view key) const;
};

}  // namespace evenkeel::daemon
