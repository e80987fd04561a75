// The JSON Schema of the file, made from the keys of its tables (keys.h): what editors complete and
// judge by. Values that are a table for each node are allowed where the parser allows them; rules
// between keys are the parser's alone.
//
// Pure. For the build (reference.cpp), and for tests.
#pragma once

#include <string>
#include <vector>

namespace evenkeel::daemon {

struct KeyFact;

/// `facts`: key_facts().
[[nodiscard]] std::string config_schema(const std::vector<KeyFact>& facts);

}  // namespace evenkeel::daemon
