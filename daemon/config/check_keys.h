// The keys of a check (keys.h). Those of a kind stand beside its struct (checks/tcp_check.h): a new
// kind only leaves the lists of what comes later.
//
// Pure.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>

#include "daemon/config/keys.h"

namespace evenkeel::checks {

constexpr auto keys_of(fields::Of<ScriptCheck>) {
  using fields::key;
  using T = ScriptCheck;
  return std::tuple(
      fields::required(key<&T::command>(
          "command", daemon::Command{},
          "script: the absolute path of a program and its arguments; exit status 0 passes")),
      key<&T::user>("user", daemon::Name{}, "script: that it runs as"),
      key<&T::setuid>("setuid", "script: set-user-ID programs, such as sudo, work"),
      key<&T::dynamic_weight>("dynamic_weight",
                              "script: an exit status of 2 to 255 passes, and is a weight of 0 to "
                              "253"));
}

}  // namespace evenkeel::checks

namespace evenkeel::daemon {

/// The words of `type`, one of each kind.
template <typename... Kinds>
constexpr std::array<std::string_view, sizeof...(Kinds)> types_of(
    std::type_identity<std::variant<Kinds...>>) {
  return {Kinds::type...};
}
inline constexpr auto kCheckTypes = types_of(std::type_identity<checks::Kind>());
inline constexpr auto kLaterCheckTypes =
    std::to_array<std::string_view>({"https", "dns", "udp", "ping", "smtp", "agent", "file"});
static_assert(fields::are_distinct([] {
                std::array<std::string_view, kCheckTypes.size() + kLaterCheckTypes.size()> all{};
                const auto end = std::copy(kCheckTypes.begin(), kCheckTypes.end(), all.begin());
                std::copy(kLaterCheckTypes.begin(), kLaterCheckTypes.end(), end);
                return all;
              }()),
              "two kinds of check have the same type, or one is still said to come later");

/// The keys of all kinds.
template <typename... Kinds>
constexpr auto keys_of(std::type_identity<std::variant<Kinds...>>) {
  return std::tuple_cat(keys_of(fields::Of<Kinds>())...);
}

/// `act` with each kind, as std::type_identity.
template <typename Act>
void for_each_kind(Act&& act) {
  [&]<typename... Kinds>(std::type_identity<std::variant<Kinds...>>) {
    (act(std::type_identity<Kinds>()), ...);
  }(std::type_identity<checks::Kind>());
}

/// Of a server before the first outcome.
enum class Initial : std::uint8_t { Down, Up };
constexpr auto words_of(Initial) {
  using enum Initial;
  return fields::words<Initial>({{Down, "down"}, {Up, "up"}});
}

/// A check before it is aimed at a real server.
struct CheckTemplate {
  std::string name;
  std::string type;                      ///< that of a kind
  checks::Check check;                   ///< address and port are filled in by aimed_at
  std::optional<ipvs::Address> address;  ///< the file's, in place of the real server's
  std::optional<std::uint16_t> port;
  Initial initial = Initial::Down;
  bool has_address_per_node = false;  ///< each node has its own target
};

/// The [check.NAME] tables; no value for one that had mistakes (they are reported once, there).
using CheckCatalogue = std::map<std::string, std::optional<CheckTemplate>, std::less<>>;

template <>
struct Keys<CheckTemplate> {
  using T = CheckTemplate;
  using C = checks::Check;
  static constexpr std::string_view path = "check", title = "the check";
  using Alternatives = checks::Kind;

  static constexpr Times kInterval = {.min = std::chrono::milliseconds(10),
                                      .max = std::chrono::hours(24)};
  static constexpr Times kTimeout = {.min = std::chrono::milliseconds(1),
                                     .max = std::chrono::hours(24)};
  static constexpr Between kInARow = {1, 65535};
  static constexpr auto common = std::tuple(
      required(key<&T::type>("type", CheckType{.words = kCheckTypes, .later = kLaterCheckTypes},
                             "what is done")),
      without_default(key<&T::address>("address", UnicastAddress{}, "default: the real server's")),
      without_default(key<&T::port>("port", Port{}, "default: the real server's")),
      key<&C::interval>("interval", kInterval, "{min} .. {max}"),
      key<&C::timeout>("timeout", kTimeout,
                       "one deadline for the whole check, at most the interval"),
      key<&C::rise>("rise", kInARow, "passes in a row that make a Down server Up"),
      key<&C::fall>("fall", kInARow, "failures in a row that make an Up server Down"),
      without_default(key<&C::fast_interval>(
          "fast_interval", kInterval, "while rise or fall is being counted; default: interval")),
      without_default(
          key<&C::down_interval>("down_interval", kInterval, "while down; default: interval")),
      key<&T::initial>("initial", "before the first outcome"));
  static constexpr auto rows = std::tuple_cat(common, keys_of(std::type_identity<checks::Kind>()));
  static constexpr auto not_keys = std::tuple(
      not_key<&T::name>, not_key<&T::check>, not_key<&T::has_address_per_node>, not_key<&C::probe>,
      not_key<&C::address>, not_key<&C::port>, not_key<&checks::ScriptCheck::service>,
      not_key<&checks::ScriptCheck::real_server>, not_key<&checks::ScriptCheck::protocol>);
  static constexpr std::array<std::string_view, 20> later = {
      "source",        "interface", "body_regex",  "digest",      "basic_auth",
      "http_version",  "verify",    "server_name", "ca_file",     "certificate",
      "private_key",   "alpn",      "name",        "record_type", "transport",
      "require_reply", "size",      "starttls",    "helo",        "environment"};
};

}  // namespace evenkeel::daemon
