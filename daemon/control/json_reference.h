// What is in the JSON of status and vrrp, from the members of what they show (balancer/snapshot.h):
// for evenkeel-json(5).
//
// Pure. For the build (packaging/man/page.cpp), and for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace evenkeel::daemon {

struct JsonField {
  std::string
      object;  ///< the object that has the field: "services[].real_servers[]"; "": the document
  std::string key;
  std::string type;  ///< "number", "[string]", "address or null", "up | down"
  std::string text;
};

/// The fields of each object, outer objects first.
[[nodiscard]] std::vector<JsonField> json_fields();

/// Sections and lists in the language of mdoc(7).
[[nodiscard]] std::string json_manual();

}  // namespace evenkeel::daemon
