#include "daemon/config/http_text.h"

#include <algorithm>
#include <array>

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
