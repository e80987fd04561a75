#include "daemon/process/wire.h"

namespace evenkeel::daemon {

void WireWriter::number(std::uint64_t value, std::size_t octets) {
  for (std::size_t i = 0; i < octets; ++i) {
    bytes_.push_back(static_cast<std::byte>(value >> (8 * i)));
  }
}
void WireWriter::u8(std::uint8_t value) {
  number(value, 1);
}
void WireWriter::u16(std::uint16_t value) {
  number(value, 2);
}
void WireWriter::u32(std::uint32_t value) {
  number(value, 4);
}
void WireWriter::u64(std::uint64_t value) {
  number(value, 8);
}

void WireWriter::octets(std::string_view octets) {
  const auto bytes = std::as_bytes(std::span(octets));
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

std::span<const std::byte> WireReader::next(std::size_t count) {
  if (failed_ || count > rest_.size()) {
    failed_ = true;
    return {};
  }
  const auto taken = rest_.first(count);
  rest_ = rest_.subspan(count);
  return taken;
}

std::uint64_t WireReader::number(std::size_t octets) {
  std::uint64_t value = 0;
  std::size_t shift = 0;
  for (const std::byte octet : next(octets)) {
    value |= std::to_integer<std::uint64_t>(octet) << shift;
    shift += 8;
  }
  return value;
}
std::uint8_t WireReader::u8() {
  return static_cast<std::uint8_t>(number(1));
}
std::uint16_t WireReader::u16() {
  return static_cast<std::uint16_t>(number(2));
}
std::uint32_t WireReader::u32() {
  return static_cast<std::uint32_t>(number(4));
}
std::uint64_t WireReader::u64() {
  return number(8);
}

std::string WireReader::octets(std::size_t count) {
  const auto taken = next(count);
  // An empty span may have no address at all, which the constructor from a range must not be given.
  if (taken.empty()) return {};
  return {reinterpret_cast<const char*>(taken.data()), taken.size()};
}

}  // namespace evenkeel::daemon
