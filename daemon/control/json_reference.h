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
  std::string object;  ///< that it is a member of: "services[].real_servers[]"; "": the document
  std::string key;
  std::string type;  ///< "number", "[string]", "address or null", "up | down"
  std::string text;
};

/// Each object's, in the order of the document, then those of the objects in it.
[[nodiscard]] std::vector<JsonField> json_fields();

/// Sections and lists in the language of mdoc(7).
[[nodiscard]] std::string json_manual();

}  // namespace evenkeel::daemon
