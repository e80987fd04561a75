#include "daemon/config/names.h"

#include <algorithm>

namespace evenkeel::daemon {

namespace {

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet < 0x20 || octet == 0x7f;
  });
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string name_rule() {
  return "1 .. " + std::to_string(kMaxName) + " visible ASCII characters without spaces";
}

bool is_interface_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxInterfaceName || text == "." || text == "..") return false;
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet <= 0x20 || octet == 0x7f || c == '/' || c == ':';
  });
}

bool is_argument(std::string_view text) {
  return !text.empty() && !has_control_character(text);
}

bool is_absolute_path(std::string_view text) {
  return text.size() > 1 && text.front() == '/' && text.back() != '/' &&
         !has_control_character(text);
}

}  // namespace evenkeel::daemon
