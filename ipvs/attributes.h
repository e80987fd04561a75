// The attributes of one netlink enclosure, by type, for decoders of messages whose lengths are not
// trusted.
//
// Pure. A reader remembers the first error. A decoder reads all that it needs and then asks error()
// once: the values are valid only if there is none.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <libmnl/libmnl.h>
#include <optional>
#include <span>
#include <string>

#include "ipvs/codec.h"

namespace evenkeel::ipvs {

struct Attribute {
  std::uint16_t type = 0;
  std::span<const std::byte> payload;
};

/// Calls `visit` with each. false: one does not fit into `enclosure`, which is 4-byte aligned.
template <typename Visit>
[[nodiscard]] bool for_each_attribute(std::span<const std::byte> enclosure, Visit visit) {
  while (enclosure.size() >= sizeof(nlattr)) {
    const auto* attribute = reinterpret_cast<const nlattr*>(enclosure.data());
    if (!mnl_attr_ok(attribute, static_cast<int>(enclosure.size()))) return false;
    const std::size_t length = mnl_attr_get_len(attribute);
    visit(Attribute{mnl_attr_get_type(attribute),
                    enclosure.subspan(sizeof(nlattr), length - sizeof(nlattr))});
    enclosure = enclosure.subspan(std::min<std::size_t>(NLMSG_ALIGN(length), enclosure.size()));
  }
  return true;
}

/// Types above Max are not kept; of several of one type the last counts.
template <std::size_t Max>
class Attributes {
 public:
  explicit Attributes(std::span<const std::byte> enclosure) {
    const bool fits = for_each_attribute(enclosure, [this](const Attribute& attribute) {
      if (attribute.type <= Max) payloads_.at(attribute.type) = attribute.payload;
    });
    if (!fits) fail(DecodeError::BadAttribute);
  }

  [[nodiscard]] bool has(std::size_t type) const { return payloads_.at(type).has_value(); }

  /// The payload of a mandatory attribute; empty, and an error, if it is missing.
  [[nodiscard]] std::span<const std::byte> bytes(std::size_t type) {
    if (!has(type)) fail(DecodeError::MissingAttribute);
    return payloads_.at(type).value_or(std::span<const std::byte>{});
  }

  /// A value in host byte order, exactly as long as its type; zero if it is not.
  template <typename T>
  [[nodiscard]] T number(std::size_t type) {
    T value{};
    const auto payload = bytes(type);
    if (payload.size() == sizeof value) {
      std::memcpy(&value, payload.data(), sizeof value);
    } else {
      fail(DecodeError::BadAttribute);
    }
    return value;
  }

  /// For an attribute that older kernels do not send.
  template <typename T>
  [[nodiscard]] T number_or(std::size_t type, T absent) {
    return has(type) ? number<T>(type) : absent;
  }

  /// A port, in host byte order.
  [[nodiscard]] std::uint16_t port(std::size_t type) {
    const auto octets = number<std::array<std::uint8_t, 2>>(type);
    return static_cast<std::uint16_t>((octets[0] << 8U) | octets[1]);
  }

  /// With or without the NUL at its end.
  [[nodiscard]] std::string text(std::size_t type) {
    const auto payload = bytes(type);
    const auto* first = reinterpret_cast<const char*>(payload.data());
    return {first, std::find(first, first + payload.size(), '\0')};
  }

  void fail(DecodeError error) {
    if (!error_) error_ = error;
  }
  [[nodiscard]] std::optional<DecodeError> error() const { return error_; }

 private:
  std::array<std::optional<std::span<const std::byte>>, Max + 1> payloads_{};
  std::optional<DecodeError> error_;
};

}  // namespace evenkeel::ipvs
