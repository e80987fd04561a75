// An element for each enumerator, in the order of words_of(). Pure, and of the lowest layer.
#pragma once

#include <array>

#include "daemon/fields/words.h"

namespace evenkeel::fields {

template <Worded E, typename T>
struct EnumArray : std::array<T, kCount<E>> {
  static constexpr auto& kKeys = kNames<E>;
};

template <typename T>
inline constexpr bool kIsEnumArray = false;
template <typename E, typename T>
inline constexpr bool kIsEnumArray<EnumArray<E, T>> = true;

}  // namespace evenkeel::fields
