// Appends numbers, addresses, ages and columns to one string: what the status of 10,000 real
// servers is written with, without a stream or an allocation a row.
//
// Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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

}  // namespace evenkeel::daemon
