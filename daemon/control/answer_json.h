// A line of an answer in JSON (protocol.h).
//
// Pure. Included in .cpp files only, as json_out.h.
#pragma once

#include <string>

#include "daemon/fields/json_out.h"

namespace evenkeel::daemon {

/// The last line of an answer, or the only one. `members`: keys, each with its value.
template <typename... Members>
std::string last_line(bool is_ok, const Members&... members) {
  std::string out = is_ok ? R"({"ok":true)" : R"({"ok":false)";
  fields::append_each(out, members..., "more", false);
  return out + "}\n";
}

}  // namespace evenkeel::daemon
