// Little-endian numbers and octets, to and from bytes. Pure, and of the lowest layer (words.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/fields/words.h"

namespace evenkeel::fields {

/// The first mistake in the bytes of a value.
enum class BytesError : std::uint8_t { Truncated, BadValue, TrailingBytes };
constexpr auto words_of(BytesError) {
  using enum BytesError;
  return words<BytesError>(
      {{Truncated, "truncated"}, {BadValue, "bad value"}, {TrailingBytes, "trailing bytes"}});
}

class ByteWriter {
 public:
  void number(std::uint64_t value, std::size_t octets);
  void octets(std::string_view octets);  ///< without their count

  [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

/// Reads in order. Once something was asked for that is not there, this and every further read
/// gives 0 or "": one question at the end instead of one a field. A value that is there and wrong
/// is refused, and likewise asked for at the end.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  [[nodiscard]] std::uint64_t number(std::size_t octets);
  [[nodiscard]] std::string octets(std::size_t count);
  void refuse() { is_refused_ = true; }

  [[nodiscard]] bool is_truncated() const { return is_truncated_; }
  [[nodiscard]] bool is_refused() const { return is_refused_; }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

 private:
  [[nodiscard]] std::span<const std::byte> next(std::size_t count);

  std::span<const std::byte> rest_;
  bool is_truncated_ = false;
  bool is_refused_ = false;
};

}  // namespace evenkeel::fields
