// The facts about each key as text, for the manual.
//
// Pure. For the build (reference.cpp), and for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace evenkeel::daemon {

struct KeyFact {
  std::string_view table;  ///< its path; "file" for the file itself
  std::string_view key;
  std::string value;         ///< in mdoc: "Em duration"
  std::string default_text;  ///< "": none
  std::string min, max;      ///< "": no bound
  std::vector<std::string_view> words;
  bool is_table = false;
};

[[nodiscard]] std::vector<KeyFact> key_facts();

}  // namespace evenkeel::daemon
