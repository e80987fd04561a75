// Numbers in network byte order, and the Internet checksum (RFC 1071). Pure, allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace evenkeel::vrrp {

/// The 16-bit number at this offset; both octets are inside, or it is a bug.
[[nodiscard]] inline std::uint16_t load_u16(std::span<const std::uint8_t> octets, std::size_t at) {
  return static_cast<std::uint16_t>(octets[at] << 8 | octets[at + 1]);
}

/// Writes one after the other into a buffer that is large enough, or it is a bug.
class ByteWriter {
 public:
  explicit ByteWriter(std::span<std::uint8_t> buffer) : buffer_(buffer) {}

  void u8(std::uint8_t value) { buffer_[size_++] = value; }
  void u16(std::uint16_t value);
  void octets(std::span<const std::uint8_t> octets);
  /// Overwrites what was written before.
  void u16_at(std::size_t at, std::uint16_t value);

  [[nodiscard]] std::size_t size() const { return size_; }
  /// From this offset to the end of what was written.
  [[nodiscard]] std::span<const std::uint8_t> written(std::size_t from = 0) const {
    return buffer_.subspan(from, size_ - from);
  }

 private:
  std::span<std::uint8_t> buffer_;
  std::size_t size_ = 0;
};

/// The ones-complement sum of 16-bit words, in whatever order they come.
class OnesComplementSum {
 public:
  /// An odd octet at the end counts as a word with a zero octet after it.
  void add(std::span<const std::uint8_t> octets);
  void add(std::uint16_t word);

  /// The Internet checksum: put into a field that was zero, it makes the sum right.
  [[nodiscard]] std::uint16_t complement() const;
  /// Whether the sum includes its right checksum.
  [[nodiscard]] bool is_right() const { return complement() == 0; }

 private:
  std::uint64_t sum_ = 0;  ///< of words in the machine's byte order: it commutes with swapping
};

}  // namespace evenkeel::vrrp
