// Appends numbers, addresses, ages and columns to one string: what the status of 10,000 real
// servers is written with, without a stream or an allocation a row.
//
// Pure.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/control/color.h"
#include "daemon/fields/json_text.h"
#include "ipvs/types.h"

namespace evenkeel::daemon {

using fields::append_address;
using fields::append_number;

/// printf's "%-*u" and "%*u".
void append_left(std::string& out, std::uint64_t value, std::size_t width);
void append_right(std::string& out, std::uint64_t value, std::size_t width);
/// Blanks until `width` characters have been written since `start`.
void pad(std::string& out, std::size_t start, std::size_t width);

/// "192.0.2.1:80", "[2001:db8::1]:80".
void append_endpoint(std::string& out, const ipvs::Address& address, std::uint16_t port);

/// One number and a unit: "59s", "59m", "47h", "12d". Below zero (the clock was set): "0s".
void append_age(std::string& out, std::chrono::system_clock::duration age);

/// In the largest unit of which there is one, to three places, cut: "1s", "3.609s", "78.125us",
/// "0s".
void append_duration(std::string& out, std::chrono::nanoseconds duration);

/// "2023-11-02 22:13:20 UTC".
void append_time(std::string& out, std::chrono::system_clock::time_point at);

/// For a terminal: control characters become "?".
void append_printable(std::string& out, std::string_view text);

/// What append() writes as append_printable() and append_age() do.
struct Printable {
  std::string_view text;
};
struct Age {
  std::chrono::system_clock::duration age;
};
/// A text in a colour, where these are wanted (color.h).
struct Colored {
  Color color;
  bool is_enabled;
  std::string_view text = {};
};

inline void append_part(std::string& out, std::string_view text) {
  out += text;
}
inline void append_part(std::string& out, std::unsigned_integral auto number) {
  append_number(out, number);
}
inline void append_part(std::string& out, Printable part) {
  append_printable(out, part.text);
}
inline void append_part(std::string& out, Age part) {
  append_age(out, part.age);
}
inline void append_part(std::string& out, std::chrono::nanoseconds duration) {
  append_duration(out, duration);
}
/// The zone of an address is the name of an interface, and may have control characters.
inline void append_part(std::string& out, const ipvs::Address& address) {
  append_printable(out, address.to_string());
}
inline void append_part(std::string& out, const Colored& part) {
  begin_color(out, part.color, part.is_enabled);
  append_printable(out, part.text);
  end_color(out, part.color, part.is_enabled);
}

/// One part after the other.
template <typename... Parts>
void append(std::string& out, const Parts&... parts) {
  (append_part(out, parts), ...);
}

}  // namespace evenkeel::daemon
