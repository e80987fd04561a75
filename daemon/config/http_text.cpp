#include "daemon/config/http_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "daemon/config/address_rules.h"

namespace evenkeel::daemon {
namespace {

bool is_visible(char c) {
  return c > ' ' && c <= '~';
}

bool is_token_character(char c) {
  constexpr std::string_view kDelimiters = "\"(),/:;<=>?@[\\]{}";
  return is_visible(c) && kDelimiters.find(c) == std::string_view::npos;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool is_http_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_http_path(std::string_view text) {
  return text.starts_with('/') && std::all_of(text.begin(), text.end(), is_visible) &&
         text.find('#') == std::string_view::npos;
}

bool is_http_host(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_visible) &&
         text.find_first_of("/?#@\\") == std::string_view::npos;
}

std::string doubt_about_host(std::string_view host) {
  std::string_view name = host;
  std::string_view port;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    const auto address = parse_address(host.substr(1, std::min(end, host.size()) - 1));
    const std::string_view rest = end == std::string_view::npos ? "" : host.substr(end + 1);
    if (end == std::string_view::npos || !address || !address->is_v6() ||
        (!rest.empty() && rest.front() != ':')) {
      return "in brackets stands an IPv6 address, and after them at most a port";
    }
    port = rest;
  } else if (std::count(host.begin(), host.end(), ':') > 1) {
    const auto address = parse_address(host);
    return address ? "an IPv6 address stands in brackets here: \"[" + std::string(host) + "]\""
                   : "it has more than one \":\"; an IPv6 address stands in brackets";
  } else if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
    name = host.substr(0, colon);
    port = host.substr(colon);
  }
  if (name.empty()) return "it has no name before the port";
  if (port.empty()) return "";
  std::uint16_t number = 0;
  const char* const end = port.data() + port.size();
  const auto [rest, error] = std::from_chars(port.data() + 1, end, number);
  if (error == std::errc{} && rest == end && number != 0) return "";
  return "what follows the \":\" is no port, 1 .. 65535";
}

std::string doubt_about_method(std::string_view method) {
  constexpr std::array<std::string_view, 8> kMethods = {"GET",    "HEAD",    "POST",  "PUT",
                                                        "DELETE", "OPTIONS", "PATCH", "TRACE"};
  for (const std::string_view known : kMethods) {
    if (known == method || !equals_ignoring_case(known, method)) continue;
    return "methods are case-sensitive: servers know \"" + std::string(known) + "\", not \"" +
           std::string(method) + "\"";
  }
  return "";
}

bool is_http_field_value(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  if (!text.empty() && (is_blank(text.front()) || is_blank(text.back()))) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_visible(c) || is_blank(c) || static_cast<unsigned char>(c) >= 0x80;
  });
}

bool is_own_http_field(std::string_view name) {
  constexpr std::array<std::string_view, 8> kOwn = {
      "Host", "Connection", "Content-Length", "Transfer-Encoding",
      "TE",   "Upgrade",    "Expect",         "Trailer"};
  return std::any_of(kOwn.begin(), kOwn.end(),
                     [&](std::string_view own) { return equals_ignoring_case(own, name); });
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace evenkeel::daemon
