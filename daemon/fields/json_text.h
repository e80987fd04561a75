// JSON written straight into a string: a status answer is thousands of objects, and a document in
// memory costs ten times the text.
//
// Pure, and of the lowest layer (words.h). Commas are put where they are needed by looking at the
// last character, so `out` must not be empty.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace evenkeel::fields {

void append_number(std::string& out, std::uint64_t value);
/// "192.0.2.1", "2001:db8::1", "fe80::1%eth0".
void append_address(std::string& out, const boost::asio::ip::address& address);

/// `text` in quotes. Control characters are escaped; octets that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
/// `"key":`, after a comma unless it is the first of its object. Keys are our own: never escaped.
void append_key(std::string& out, std::string_view key);
/// A comma unless it is the first of its array.
void begin_element(std::string& out);

}  // namespace evenkeel::fields
