#include "daemon/control/json_text.h"

#include <cstddef>

#include "daemon/control/append.h"

namespace evenkeel::daemon {

namespace {

using Octet = unsigned char;

bool is_plain(char c) {
  const auto octet = static_cast<Octet>(c);
  return octet >= 0x20 && octet < 0x7f && c != '"' && c != '\\';
}

bool is_continuation(std::string_view text, std::size_t at, Octet low = 0x80, Octet high = 0xbf) {
  if (at >= text.size()) return false;
  const auto octet = static_cast<Octet>(text[at]);
  return octet >= low && octet <= high;
}

/// The length of the well-formed UTF-8 sequence (RFC 3629 section 4) that begins at `at` with an
/// octet above 0x7f; 0 when there is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<Octet>(text[at]);
  if (lead >= 0xc2 && lead <= 0xdf) return is_continuation(text, at + 1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const Octet low = lead == 0xe0 ? 0xa0 : 0x80;
    const Octet high = lead == 0xed ? 0x9f : 0xbf;
    return is_continuation(text, at + 1, low, high) && is_continuation(text, at + 2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const Octet low = lead == 0xf0 ? 0x90 : 0x80;
    const Octet high = lead == 0xf4 ? 0x8f : 0xbf;
    return is_continuation(text, at + 1, low, high) && is_continuation(text, at + 2) &&
                   is_continuation(text, at + 3)
               ? 4
               : 0;
  }
  return 0;
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
    const std::size_t length = sequence_length(text, at);
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

void string_field(std::string& out, std::string_view key, std::string_view value) {
  append_key(out, key);
  append_json_string(out, value);
}

void number_field(std::string& out, std::string_view key, std::uint64_t value) {
  append_key(out, key);
  append_number(out, value);
}

void bool_field(std::string& out, std::string_view key, bool value) {
  append_key(out, key);
  out += value ? "true" : "false";
}

void time_field(std::string& out, std::string_view key, std::chrono::system_clock::time_point at) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
  number_field(out, key, seconds < 0 ? 0 : static_cast<std::uint64_t>(seconds));
}

void microseconds_field(std::string& out, std::string_view key, std::chrono::nanoseconds duration) {
  const auto count = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  number_field(out, key, count < 0 ? 0 : static_cast<std::uint64_t>(count));
}

void begin_object(std::string& out, std::string_view key) {
  append_key(out, key);
  out += '{';
}

void begin_element(std::string& out) {
  if (out.back() != '[') out += ',';
}

}  // namespace evenkeel::daemon
