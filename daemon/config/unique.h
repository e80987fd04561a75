// Finds elements of a list that are there twice.
//
// Pure. Sorting, so that a large configuration costs n log n.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace evenkeel::daemon {

/// Of two equal elements, by index.
struct Repetition {
  std::size_t first = 0;  ///< the first of its equals
  std::size_t again = 0;
};

/// Every element whose key an earlier one has. `key_of(element)` gives a pointer to what is
/// compared, or nullptr for an element that takes no part.
template <typename Element, typename KeyOf>
[[nodiscard]] std::vector<Repetition> repetitions(const std::vector<Element>& elements,
                                                  KeyOf key_of) {
  std::vector<std::size_t> order;
  order.reserve(elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (key_of(elements[i])) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto& left = *key_of(elements[a]);
    const auto& right = *key_of(elements[b]);
    if (left == right) return a < b;
    return left < right;
  });
  std::vector<Repetition> found;
  std::size_t first = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (*key_of(elements[order[i]]) == *key_of(elements[order[first]])) {
      found.push_back({.first = order[first], .again = order[i]});
    } else {
      first = i;
    }
  }
  return found;
}

}  // namespace evenkeel::daemon
