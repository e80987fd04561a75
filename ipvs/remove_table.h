// Removes a table from the kernel, batch after batch, for a process that ends.
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
  std::set<ServiceKey> services;  ///< the kernel did not remove these
  std::vector<std::string> why;   ///< its refusals
};

/// Removes every service of `table`. A service that is gone already is no refusal. The first failed
/// exchange ends it with an Error: what remains is then unknown.
[[nodiscard]] tl::expected<Remains, Error> remove_table(Backend& backend, const Table& table);

}  // namespace evenkeel::ipvs
