// How much a message matters: of a log line, of a mistake in the configuration. Pure, and of the
// lowest layer (words.h).
#pragma once

#include <cstdint>

#include "daemon/fields/words.h"

namespace evenkeel::fields {

enum class Severity : std::uint8_t { Error, Warning, Info, Debug };
constexpr auto words_of(Severity) {
  using enum Severity;
  return words<Severity>(
      {{Error, "error"}, {Warning, "warning"}, {Info, "info"}, {Debug, "debug"}});
}

}  // namespace evenkeel::fields
