// Takes a table out of the kernel, for who ends: batch after batch.
//
// Pure, but for the Backend that it is handed.
#pragma once

#include <set>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ipvs/backend.h"

namespace evenkeel::ipvs {

struct Remains {
  std::set<ServiceKey> services;  ///< that the kernel did not let go
  std::vector<std::string> why;   ///< its refusals
};

/// Every service of `table`, with its destinations. What is gone already is no refusal. Stops at
/// the first failed exchange; then nothing is known of what remains.
[[nodiscard]] tl::expected<Remains, Error> remove_table(Backend& backend, const Table& table);

}  // namespace evenkeel::ipvs
