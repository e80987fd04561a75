// A value and its bytes, by the tables of its structs (table.h) and enumerations (words.h). For one
// value there is one way to write it: whatever take() accepts, put() writes with the same octets.
//
//   bool, enumeration, integer   its number, little-endian, in as many octets as its type has
//   duration, time point         nanoseconds, 8 octets
//   address                      4 or 6, and its octets; optional and absent: 0
//   optional                     0, or 1 and the value
//   text, list                   count, and the octets or elements; the count is as wide as its
//                                limit needs: 1, 2 or 4 octets
//   array, pair, struct          the elements or fields, in order
//   variant                      index, 1 octet, and the value
//   set of flags                 bits(), as its type; from_bits() drops what it does not know
//
// Pure. Included in .cpp files only: the tables are heavy to compile.
#pragma once

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/fields/bytes.h"
#include "daemon/fields/enum_array.h"
#include "daemon/fields/kinds.h"
#include "daemon/fields/table.h"
#include "daemon/fields/words.h"

namespace evenkeel::fields {

namespace bytes {

using Address = boost::asio::ip::address;

template <typename T>
concept Flags = requires(const T& value) {
  { T::from_bits(value.bits()) } -> std::same_as<T>;
};

/// Octets of the count of a text or list.
template <typename Limit>
constexpr std::size_t count_width(const Limit& limit) {
  if constexpr (std::is_same_v<Limit, NoLimit>) {
    return 4;
  } else {
    return limit.count <= 0xFF ? 1 : limit.count <= 0xFFFF ? 2 : 4;
  }
}

template <typename Limit>
constexpr auto limit_of_each(const Limit& limit) {
  if constexpr (requires { limit.each; }) {
    return limit.each;
  } else {
    return NoLimit();
  }
}

}  // namespace bytes

template <typename T, typename Limit = NoLimit>
void put(ByteWriter& to, const T& value, const Limit& limit = {});
template <typename T, typename Limit = NoLimit>
void take(ByteReader& from, T& into, const Limit& limit = {});

namespace bytes {

/// The count of what is written: of `size`, or its first ones.
template <typename Limit>
std::size_t put_count(ByteWriter& to, std::size_t size, const Limit& limit) {
  if constexpr (std::is_same_v<Limit, First>) {
    size = std::min(size, limit.count);
  } else if constexpr (!std::is_same_v<Limit, NoLimit>) {
    if (size > limit.count) throw std::length_error("a text or list is above its limit");
  }
  to.number(size, count_width(limit));
  return size;
}

template <typename Limit>
std::size_t take_count(ByteReader& from, const Limit& limit) {
  const std::uint64_t count = from.number(count_width(limit));
  if constexpr (!std::is_same_v<Limit, NoLimit>) {
    if (count > limit.count) {
      from.refuse();
      return 0;
    }
  }
  return count;
}

inline void put_address(ByteWriter& to, const Address& address) {
  to.number(address.is_v4() ? 4 : 6, 1);
  const auto put_octets = [&](const auto& octets) {
    for (const unsigned char octet : octets) to.number(octet, 1);
  };
  if (address.is_v4()) {
    put_octets(address.to_v4().to_bytes());
  } else {
    put_octets(address.to_v6().to_bytes());
  }
}

template <typename Version>
Address take_octets_of(ByteReader& from) {
  typename Version::bytes_type octets;
  for (auto& octet : octets) octet = static_cast<unsigned char>(from.number(1));
  return Version(octets);
}

inline std::optional<Address> take_address(ByteReader& from) {
  switch (from.number(1)) {
    case 0:
      return std::nullopt;
    case 4:
      return take_octets_of<boost::asio::ip::address_v4>(from);
    case 6:
      return take_octets_of<boost::asio::ip::address_v6>(from);
    default:
      from.refuse();
      return std::nullopt;
  }
}

template <typename Duration, typename Limit>
void put_duration(ByteWriter& to, Duration duration, const Limit& /*limit*/) {
  auto count = std::chrono::nanoseconds(duration).count();
  if constexpr (std::is_same_v<Limit, NotNegative>) count = std::max<decltype(count)>(count, 0);
  to.number(static_cast<std::uint64_t>(count), 8);
}

template <typename Duration, typename Limit>
Duration take_duration(ByteReader& from, const Limit& /*limit*/) {
  const auto count = static_cast<std::int64_t>(from.number(8));
  if constexpr (std::is_same_v<Limit, NotNegative>) {
    if (count < 0) from.refuse();
  }
  return std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(count));
}

}  // namespace bytes

/// The alternative of `index`, default-constructed; nothing: there is none.
template <typename Variant>
std::optional<Variant> alternative(std::size_t index) {
  return [&]<std::size_t... indices>(std::index_sequence<indices...>) {
    std::optional<Variant> made;
    ((indices == index ? void(made.emplace(std::in_place_index<indices>)) : void()), ...);
    return made;
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>());
}

template <typename T, typename Limit>
void put(ByteWriter& to, const T& value, const Limit& limit) {
  using namespace bytes;
  if constexpr (Worded<T> || std::is_integral_v<T>) {
    to.number(static_cast<std::uint64_t>(value), sizeof(T));
  } else if constexpr (kIsOf<T, std::chrono::duration>) {
    put_duration(to, value, limit);
  } else if constexpr (kIsOf<T, std::chrono::time_point>) {
    put_duration(to, value.time_since_epoch(), limit);
  } else if constexpr (std::is_same_v<T, Address>) {
    put_address(to, value);
  } else if constexpr (std::is_same_v<T, std::optional<Address>>) {
    if (value) return put_address(to, *value);
    to.number(0, 1);
  } else if constexpr (kIsOf<T, std::optional>) {
    to.number(value ? 1 : 0, 1);
    if (value) put(to, *value, limit);
  } else if constexpr (std::is_same_v<T, std::string>) {
    to.octets(std::string_view(value).substr(0, put_count(to, value.size(), limit)));
  } else if constexpr (kIsOf<T, std::vector>) {
    const std::size_t count = put_count(to, value.size(), limit);
    for (std::size_t i = 0; i < count; ++i) put(to, value[i], limit_of_each(limit));
  } else if constexpr (kIsArray<T> || kIsEnumArray<T>) {
    for (const auto& element : value) put(to, element, limit);
  } else if constexpr (kIsOf<T, std::pair>) {
    put(to, value.first, limit);
    put(to, value.second, limit);
  } else if constexpr (kIsOf<T, std::variant>) {
    to.number(value.index(), 1);
    std::visit([&](const auto& alternative) { put(to, alternative); }, value);
  } else if constexpr (Flags<T>) {
    put(to, value.bits());
  } else {
    static_assert(Described<T>, "the type has no table: fields_of()");
    for_each_field<T>([&](const auto& row) { put(to, value.*row.member, row.limit); });
  }
}

namespace bytes {

template <Worded T>
void take_word(ByteReader& from, T& into) {
  const auto number = static_cast<std::underlying_type_t<T>>(from.number(sizeof(T)));
  const auto value = from_number<T>(number);
  if (!value) return from.refuse();
  into = *value;
}

template <typename T, typename Limit>
void take_list(ByteReader& from, std::vector<T>& into, const Limit& limit) {
  const std::size_t count = take_count(from, limit);
  into.clear();
  for (std::size_t i = 0; i < count && !from.is_truncated(); ++i) {
    take(from, into.emplace_back(), limit_of_each(limit));
  }
}

template <typename T>
void take_alternative(ByteReader& from, T& into) {
  auto made = alternative<T>(from.number(1));
  if (!made) return from.refuse();
  into = std::move(*made);
  std::visit([&](auto& alternative) { take(from, alternative); }, into);
}

template <Flags T>
void take_flags(ByteReader& from, T& into) {
  auto bits = into.bits();
  take(from, bits);
  into = T::from_bits(bits);
  if (into.bits() != bits) from.refuse();
}

}  // namespace bytes

template <typename T, typename Limit>
void take(ByteReader& from, T& into, const Limit& limit) {
  using namespace bytes;
  if constexpr (Worded<T>) {
    take_word(from, into);
  } else if constexpr (std::is_same_v<T, bool>) {
    const std::uint64_t number = from.number(1);
    if (number > 1) from.refuse();
    into = number == 1;
  } else if constexpr (std::is_integral_v<T>) {
    const std::uint64_t number = from.number(sizeof(T));
    if constexpr (std::is_same_v<Limit, UpTo>) {
      if (number > limit.max) from.refuse();
    }
    into = static_cast<T>(number);
  } else if constexpr (kIsOf<T, std::chrono::duration>) {
    into = take_duration<T>(from, limit);
  } else if constexpr (kIsOf<T, std::chrono::time_point>) {
    into = T(take_duration<typename T::duration>(from, limit));
  } else if constexpr (std::is_same_v<T, Address>) {
    const auto address = take_address(from);
    if (!address) from.refuse();
    into = address.value_or(Address());
  } else if constexpr (std::is_same_v<T, std::optional<Address>>) {
    into = take_address(from);
  } else if constexpr (kIsOf<T, std::optional>) {
    bool is_there = false;
    take(from, is_there);
    into.reset();
    if (is_there) take(from, into.emplace(), limit);
  } else if constexpr (std::is_same_v<T, std::string>) {
    into = from.octets(take_count(from, limit));
  } else if constexpr (kIsOf<T, std::vector>) {
    take_list(from, into, limit);
  } else if constexpr (kIsArray<T> || kIsEnumArray<T>) {
    for (auto& element : into) take(from, element, limit);
  } else if constexpr (kIsOf<T, std::pair>) {
    take(from, into.first, limit);
    take(from, into.second, limit);
  } else if constexpr (kIsOf<T, std::variant>) {
    take_alternative(from, into);
  } else if constexpr (Flags<T>) {
    take_flags(from, into);
  } else {
    static_assert(Described<T>, "the type has no table: fields_of()");
    for_each_field<T>([&](const auto& row) { take(from, into.*row.member, row.limit); });
  }
}

template <typename T, typename Limit = NoLimit>
[[nodiscard]] std::vector<std::byte> to_bytes(const T& value, const Limit& limit = {}) {
  ByteWriter to;
  put(to, value, limit);
  return to.take();
}

template <typename T, typename Limit = NoLimit>
[[nodiscard]] tl::expected<T, BytesError> from_bytes(std::span<const std::byte> bytes,
                                                     const Limit& limit = {}) {
  ByteReader from(bytes);
  T value{};
  take(from, value, limit);
  if (from.is_truncated()) return tl::unexpected(BytesError::Truncated);
  if (from.is_refused()) return tl::unexpected(BytesError::BadValue);
  if (from.remaining() > 0) return tl::unexpected(BytesError::TrailingBytes);
  return value;
}

}  // namespace evenkeel::fields
