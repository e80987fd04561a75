// Little-endian numbers and counted octets, to and from bytes. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace evenkeel::daemon {

class WireWriter {
 public:
  void u8(std::uint8_t value);
  void u16(std::uint16_t value);
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  void octets(std::string_view octets);  ///< without their count

  [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  void number(std::uint64_t value, std::size_t octets);
  std::vector<std::byte> bytes_;
};

/// Reads in order. Once something was asked for that is not there, this and every further read
/// gives 0 or "" and has_failed() says so: one question at the end instead of one a field.
class WireReader {
 public:
  explicit WireReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  std::string octets(std::size_t count);

  [[nodiscard]] bool has_failed() const { return failed_; }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

 private:
  std::span<const std::byte> next(std::size_t count);
  std::uint64_t number(std::size_t octets);
  std::span<const std::byte> rest_;
  bool failed_ = false;
};

}  // namespace evenkeel::daemon
