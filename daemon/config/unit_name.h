// The name of a unit of systemd, as the file has it (systemd.unit(5)).
//
// Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace evenkeel::daemon {

constexpr std::size_t kMaxUnitName = 255;
constexpr std::string_view kOwnUnit = "evenkeel.service";

/// With one of the suffixes of what can run; of a template, an instance.
[[nodiscard]] constexpr bool is_unit_name(std::string_view name) {
  constexpr std::array<std::string_view, 5> kSuffixes = {".service", ".socket", ".timer", ".path",
                                                         ".target"};
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(":_.\\@-").find(c) != std::string_view::npos;
  };
  const auto suffix = std::find_if(kSuffixes.begin(), kSuffixes.end(), [&](std::string_view each) {
    return name.size() > each.size() && name.ends_with(each);
  });
  if (suffix == kSuffixes.end() || name.size() > kMaxUnitName || name.starts_with('-') ||
      !std::all_of(name.begin(), name.end(), is_allowed)) {
    return false;
  }
  const std::size_t at = name.find('@');
  return at != 0 && at != name.size() - suffix->size() - 1;
}

[[nodiscard]] constexpr bool is_service_name(std::string_view name) {
  return name.ends_with(".service") && is_unit_name(name);
}

constexpr std::string_view kUnitNameExpected =
    "the name of a unit with its suffix, such as \"haproxy.service\" (or .socket, .timer, .path, "
    ".target), of at most {max} octets";
constexpr std::string_view kServiceNameExpected =
    "the name of a service of systemd with its suffix, such as \"haproxy.service\", of at most "
    "{max} "
    "octets";
constexpr std::string_view kUnitNamePattern =
    "^[A-Za-z0-9:_.\\\\][A-Za-z0-9:_.\\\\-]*(@[A-Za-z0-9:_.\\\\@-]+)?"
    "\\.(service|socket|timer|path|target)$";
constexpr std::string_view kServiceNamePattern =
    "^[A-Za-z0-9:_.\\\\][A-Za-z0-9:_.\\\\-]*(@[A-Za-z0-9:_.\\\\@-]+)?\\.service$";

}  // namespace evenkeel::daemon
