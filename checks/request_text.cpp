#include "checks/request_text.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cstdint>

#include "checks/http_text.h"

namespace evenkeel::checks {
namespace {

bool is_visible(char c) {
  return c > ' ' && c <= '~';
}

/// 4, 6; 0: it is no address, or one with a zone, which Asio would look up.
int version_of(std::string_view text) {
  if (text.find('%') != std::string_view::npos) return 0;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(text), error);
  if (error) return 0;
  return address.is_v6() ? 6 : 4;
}

}  // namespace

bool is_path(std::string_view text) {
  return text.starts_with('/') && std::all_of(text.begin(), text.end(), is_visible) &&
         text.find('#') == std::string_view::npos;
}

bool is_host(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_visible) &&
         text.find_first_of("/?#@\\") == std::string_view::npos;
}

std::string warning_about_host(std::string_view host) {
  std::string_view name = host;
  std::string_view port;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    const int version = version_of(host.substr(1, std::min(end, host.size()) - 1));
    const std::string_view rest = end == std::string_view::npos ? "" : host.substr(end + 1);
    if (end == std::string_view::npos || version != 6 || (!rest.empty() && rest.front() != ':')) {
      return "in brackets stands an IPv6 address, and after them at most a port";
    }
    port = rest;
  } else if (std::count(host.begin(), host.end(), ':') > 1) {
    return version_of(host) != 0
               ? "an IPv6 address stands in brackets here: \"[" + std::string(host) + "]\""
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

std::string warning_about_method(std::string_view method) {
  constexpr std::array<std::string_view, 8> kMethods = {"GET",    "HEAD",    "POST",  "PUT",
                                                        "DELETE", "OPTIONS", "PATCH", "TRACE"};
  for (const std::string_view known : kMethods) {
    if (known == method || !equals_ignoring_case(known, method)) continue;
    return "methods are case-sensitive: servers know \"" + std::string(known) + "\", not \"" +
           std::string(method) + "\"";
  }
  return "";
}

bool is_field_value(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  if (!text.empty() && (is_blank(text.front()) || is_blank(text.back()))) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_visible(c) || is_blank(c) || static_cast<unsigned char>(c) >= 0x80;
  });
}

bool is_own_field(std::string_view name) {
  constexpr std::array<std::string_view, 8> kOwn = {
      "Host", "Connection", "Content-Length", "Transfer-Encoding",
      "TE",   "Upgrade",    "Expect",         "Trailer"};
  return std::any_of(kOwn.begin(), kOwn.end(),
                     [&](std::string_view own) { return equals_ignoring_case(own, name); });
}

}  // namespace evenkeel::checks
