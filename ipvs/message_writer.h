// Writes one netlink message with its attributes into memory that has room for it.
//
// Pure, and inline: what a plan of ten thousand operations costs before the kernel sees it is
// mostly this.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string_view>

namespace evenkeel::ipvs {

class MessageWriter {
 public:
  /// `start` is 4-byte aligned. The caller knows the longest message that it writes.
  MessageWriter(std::byte* start, std::uint16_t type, std::uint16_t flags, std::uint32_t sequence,
                const genlmsghdr& generic)
      : start_(start), end_(start + NLMSG_HDRLEN) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = flags;
    header.nlmsg_seq = sequence;
    std::memcpy(start_, &header, sizeof header);
    append(generic);
  }

  /// In host byte order. Padding is zero.
  template <typename T>
  void put(std::uint16_t type, const T& value) {
    constexpr std::size_t kPadding = NLA_ALIGN(sizeof value) - sizeof value;
    append(nlattr{static_cast<std::uint16_t>(NLA_HDRLEN + sizeof value), type});
    append(value);
    if constexpr (kPadding > 0) append(std::array<std::byte, kPadding>{});
  }

  void put_port(std::uint16_t type, std::uint16_t port) {
    put(type, std::array<std::uint8_t, 2>{static_cast<std::uint8_t>(port >> 8U),
                                          static_cast<std::uint8_t>(port & 0xffU)});
  }

  /// With a NUL at its end.
  void put_text(std::uint16_t type, std::string_view text) {
    const std::size_t length = text.size() + 1;
    append(nlattr{static_cast<std::uint16_t>(NLA_HDRLEN + length), type});
    std::memset(end_, 0, NLA_ALIGN(length));
    std::memcpy(end_, text.data(), text.size());
    end_ += NLA_ALIGN(length);
  }

  [[nodiscard]] std::byte* open_nest() {
    std::byte* nest = end_;
    append(nlattr{});
    return nest;
  }
  void close_nest(std::byte* nest, std::uint16_t type) {
    const nlattr attribute{static_cast<std::uint16_t>(end_ - nest),
                           static_cast<std::uint16_t>(NLA_F_NESTED | type)};
    std::memcpy(nest, &attribute, sizeof attribute);
  }

  /// Writes the length into the header; what the message takes of the memory.
  std::size_t finish() {
    const auto length = static_cast<std::uint32_t>(end_ - start_);
    std::memcpy(start_ + offsetof(nlmsghdr, nlmsg_len), &length, sizeof length);
    return length;
  }

 private:
  template <typename T>
  void append(const T& value) {
    std::memcpy(end_, &value, sizeof value);
    end_ += sizeof value;
  }

  std::byte* start_;
  std::byte* end_;
};

}  // namespace evenkeel::ipvs
