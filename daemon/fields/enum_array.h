// An element for each enumerator of an enumeration that counts from 0. Pure, and of the lowest
// layer.
#pragma once

#include <array>

#include "daemon/fields/words.h"

namespace evenkeel::fields {

/// An array with an element for each enumerator, at the index of its number.
template <Worded E, typename T>
struct EnumArray : std::array<T, kCount<E>> {
  static_assert(static_cast<std::size_t>(kRows<E>.back().value) + 1 == kCount<E>,
                "the enumeration does not count from 0");
  static constexpr auto& kKeys = kNames<E>;
};

/// (kinds.h cannot ask: the first parameter is constrained.)
template <typename T>
inline constexpr bool kIsEnumArray = false;
template <typename E, typename T>
inline constexpr bool kIsEnumArray<EnumArray<E, T>> = true;

}  // namespace evenkeel::fields
