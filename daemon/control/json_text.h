// Writes JSON straight into a string: a status answer is thousands of objects, and a document in
// memory costs ten times the text.
//
// Pure. The caller opens and closes objects and arrays by appending "{" "}" "[" "]" itself. The
// ..._field functions put a comma where one is needed by looking at the last character, so `out`
// must not be empty.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace evenkeel::daemon {

/// `text` in quotes. Control characters are escaped; octets that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// `"key":`, after a comma unless it is the first of its object. Keys are our own: never escaped.
void append_key(std::string& out, std::string_view key);

void string_field(std::string& out, std::string_view key, std::string_view value);
void number_field(std::string& out, std::string_view key, std::uint64_t value);
void bool_field(std::string& out, std::string_view key, bool value);
/// Whole seconds since the epoch; before it: 0.
void time_field(std::string& out, std::string_view key, std::chrono::system_clock::time_point at);
/// Microseconds, cut; below zero: 0.
void microseconds_field(std::string& out, std::string_view key, std::chrono::nanoseconds duration);
/// `"key":{`
void begin_object(std::string& out, std::string_view key);
/// A comma unless it is the first of its array.
void begin_element(std::string& out);

}  // namespace evenkeel::daemon
