// The list that main hands to the checks process: every distinct check once, with what has come of
// it so far. Plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "checks/check.h"
#include "checks/verdict.h"

namespace evenkeel::checks {

struct ListedCheck {
  CheckId id = 0;
  Check check;
  /// Of the servers that are not down, which may be trusted (Verdict::trust), and of those that are
  /// down; both the same where either kind has none. The pace follows from both.
  Standing not_down, down;

  friend bool operator==(const ListedCheck&, const ListedCheck&) = default;
};
constexpr auto fields_of(fields::Of<ListedCheck>) {
  using fields::field;
  using T = ListedCheck;
  return fields::table(field<&T::id>("id"), field<&T::check>("check"),
                       field<&T::not_down>("not_down"), field<&T::down>("down"));
}

/// In the order of their ids, none twice.
using CheckList = std::shared_ptr<const std::vector<ListedCheck>>;

/// The place of a check in the list in force: what is kept of each check is kept by it.
using Slot = std::uint32_t;

}  // namespace evenkeel::checks
