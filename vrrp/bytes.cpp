#include "vrrp/bytes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace evenkeel::vrrp {
namespace {

std::uint16_t swap_to_network(std::uint16_t word) {
  if constexpr (std::endian::native == std::endian::little) {
    return static_cast<std::uint16_t>(word << 8 | word >> 8);
  }
  return word;
}

}  // namespace

void ByteWriter::u16(std::uint16_t value) {
  u8(static_cast<std::uint8_t>(value >> 8));
  u8(static_cast<std::uint8_t>(value));
}

void ByteWriter::octets(std::span<const std::uint8_t> octets) {
  // Through pointers: gcc 12 copies an octet at a time through a span's iterators.
  std::copy_n(octets.data(), octets.size(), buffer_.subspan(size_, octets.size()).data());
  size_ += octets.size();
}

void ByteWriter::u16_at(std::size_t at, std::uint16_t value) {
  buffer_[at] = static_cast<std::uint8_t>(value >> 8);
  buffer_[at + 1] = static_cast<std::uint8_t>(value);
}

void OnesComplementSum::add(std::span<const std::uint8_t> octets) {
  // 32 bits at a time into 64: no carry is lost below 2^32 of them.
  std::size_t at = 0;
  for (; at + 4 <= octets.size(); at += 4) {
    std::uint32_t words = 0;
    std::memcpy(&words, octets.data() + at, sizeof(words));
    sum_ += words;
  }
  std::array<std::uint8_t, 4> rest{};
  std::ranges::copy(octets.subspan(at), rest.begin());
  std::uint32_t words = 0;
  std::memcpy(&words, rest.data(), sizeof(words));
  sum_ += words;
}

void OnesComplementSum::add(std::uint16_t word) {
  sum_ += swap_to_network(word);
}

std::uint16_t OnesComplementSum::complement() const {
  std::uint64_t folded = sum_;
  while (folded >> 16 != 0) folded = (folded & 0xFFFF) + (folded >> 16);
  return swap_to_network(static_cast<std::uint16_t>(~folded));
}

}  // namespace evenkeel::vrrp
