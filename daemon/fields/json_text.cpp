#include "daemon/fields/json_text.h"

#include <array>
#include <charconv>
#include <cstddef>

#include "daemon/fields/utf8.h"

namespace evenkeel::fields {

namespace {

using Octet = unsigned char;

bool is_plain(char c) {
  const auto octet = static_cast<Octet>(c);
  return octet >= 0x20 && octet < 0x7f && c != '"' && c != '\\';
}

void append_escape(std::string& out, char c) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[static_cast<Octet>(c) >> 4U];
      out += kHex[static_cast<Octet>(c) & 0xfU];
  }
}

}  // namespace

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;  // of a 64-bit number
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), result.ptr);
}

void append_address(std::string& out, const boost::asio::ip::address& address) {
  if (address.is_v6()) {
    out += address.to_v6().to_string();
    return;
  }
  char separator = '\0';
  for (const unsigned char octet : address.to_v4().to_bytes()) {
    if (separator != '\0') out += separator;
    append_number(out, octet);
    separator = '.';
  }
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && is_plain(text[end])) ++end;
    out.append(text, at, end - at);
    at = end;
    if (at == text.size()) break;
    if (static_cast<Octet>(text[at]) < 0x80) {
      append_escape(out, text[at]);
      ++at;
      continue;
    }
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0) {
      out += "\\ufffd";
      ++at;
    } else {
      out.append(text, at, length);
      at += length;
    }
  }
  out += '"';
}

void append_key(std::string& out, std::string_view key) {
  if (out.back() != '{' && out.back() != '[') out += ',';
  out += '"';
  out += key;
  out += "\":";
}

void begin_element(std::string& out) {
  if (out.back() != '[') out += ',';
}

}  // namespace evenkeel::fields
