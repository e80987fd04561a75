// Which template a type is made from: what the walkers ask. Pure, and of the lowest layer.
#pragma once

#include <array>
#include <cstddef>

namespace evenkeel::fields {

template <typename T, template <typename...> typename Template>
inline constexpr bool kIsOf = false;
template <typename... Arguments, template <typename...> typename Template>
inline constexpr bool kIsOf<Template<Arguments...>, Template> = true;

template <typename T>
inline constexpr bool kIsArray = false;
template <typename T, std::size_t N>
inline constexpr bool kIsArray<std::array<T, N>> = true;

}  // namespace evenkeel::fields
