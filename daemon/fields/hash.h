// One number for a value, by the tables of its structs (table.h): equal values have equal ones.
//
// Pure, and of the lowest layer. Included in .cpp files only: the tables are heavy to compile.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/fields/kinds.h"
#include "daemon/fields/table.h"

namespace evenkeel::fields {

class Hash {
 public:
  template <typename T>
  void add(const T& value) {
    if constexpr (Described<T>) {
      for_each_field<T>([&](const auto& row) { add(value.*row.member); });
    } else if constexpr (kIsOf<T, std::variant>) {
      add(value.index());
      std::visit([&](const auto& held) { add(held); }, value);
    } else if constexpr (kIsOf<T, std::vector>) {
      add(value.size());
      for (const auto& element : value) add(element);
    } else if constexpr (kIsOf<T, std::pair>) {
      add(value.first);
      add(value.second);
    } else if constexpr (kIsOf<T, std::chrono::duration>) {
      add(value.count());
    } else {
      mix(std::hash<T>{}(value));
    }
  }
  [[nodiscard]] std::size_t value() const { return state_; }

 private:
  void mix(std::size_t part) {
    // The multiplier is 2^64 divided by the golden ratio: it spreads small numbers, such as the
    // consecutive addresses and ports of a pool.
    state_ = (state_ ^ part) * 0x9e3779b97f4a7c15U;
    state_ ^= state_ >> 32U;
  }

  std::size_t state_ = 0;
};

template <typename T>
[[nodiscard]] std::size_t hash_of(const T& value) {
  Hash hash;
  hash.add(value);
  return hash.value();
}

}  // namespace evenkeel::fields
