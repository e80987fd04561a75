#include "daemon/fields/bytes.h"

namespace evenkeel::fields {

void ByteWriter::number(std::uint64_t value, std::size_t octets) {
  for (std::size_t i = 0; i < octets; ++i) {
    bytes_.push_back(static_cast<std::byte>(value >> (8 * i)));
  }
}

void ByteWriter::octets(std::string_view octets) {
  const auto bytes = std::as_bytes(std::span(octets));
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

std::span<const std::byte> ByteReader::next(std::size_t count) {
  if (is_truncated_ || count > rest_.size()) {
    is_truncated_ = true;
    return {};
  }
  const auto taken = rest_.first(count);
  rest_ = rest_.subspan(count);
  return taken;
}

std::uint64_t ByteReader::number(std::size_t octets) {
  std::uint64_t value = 0;
  std::size_t shift = 0;
  for (const std::byte octet : next(octets)) {
    value |= std::to_integer<std::uint64_t>(octet) << shift;
    shift += 8;
  }
  return value;
}

std::string ByteReader::octets(std::size_t count) {
  const auto taken = next(count);
  // An empty span may have no address at all, which the constructor from a range must not be given.
  if (taken.empty()) return {};
  return {reinterpret_cast<const char*>(taken.data()), taken.size()};
}

}  // namespace evenkeel::fields
