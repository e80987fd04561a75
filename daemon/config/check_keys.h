// The keys of a check (keys.h). Those that fill a member of TcpCheck or HttpCheck belong to a check
// of that type.
//
// Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "daemon/config/http_text.h"
#include "daemon/config/keys.h"

namespace evenkeel::daemon {

/// The words of `type`; those from Https on come later.
enum class CheckType : std::uint8_t { Tcp, Http, Https, Dns, Udp, Ping, Smtp, Script, Agent, File };
constexpr auto words_of(CheckType) {
  using enum CheckType;
  return fields::words<CheckType>({{Tcp, "tcp"},
                                   {Http, "http"},
                                   {Https, "https"},
                                   {Dns, "dns"},
                                   {Udp, "udp"},
                                   {Ping, "ping"},
                                   {Smtp, "smtp"},
                                   {Script, "script"},
                                   {Agent, "agent"},
                                   {File, "file"}});
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
  CheckType type = CheckType::Tcp;
  checks::Check check;                   ///< address and port are filled in by aimed_at
  std::optional<ipvs::Address> address;  ///< the file's, in place of the real server's
  std::optional<std::uint16_t> port;
  Initial initial = Initial::Down;
};

constexpr Text kHeaderValue = {
    .is_allowed = is_http_field_value,
    .longest = Headers::kLongest,
    .expected =
        "a header value of at most 4096 octets, without control characters or blanks at "
        "its ends",
    .pattern = ""};

/// The [check.NAME] tables; no value for one that had mistakes (they are reported once, there).
using CheckCatalogue = std::map<std::string, std::optional<CheckTemplate>, std::less<>>;

template <>
struct Keys<CheckTemplate> {
  using T = CheckTemplate;
  using C = checks::Check;
  using Http = checks::HttpCheck;
  static constexpr std::string_view path = "check", title = "the check";

  static constexpr Times kInterval = {.min = std::chrono::milliseconds(10),
                                      .max = std::chrono::hours(24)};
  static constexpr Times kTimeout = {.min = std::chrono::milliseconds(1),
                                     .max = std::chrono::hours(24)};
  static constexpr Between kInARow = {1, 65535};
  static constexpr Octets kTcpText = {4096};  // looked for in the first 4 KiB
  static constexpr auto rows = std::tuple(
      required(key<&T::type>(
          "type",
          Choice<CheckType, 2, 8>{
              .allowed = {CheckType::Tcp, CheckType::Http},
              .later = {CheckType::Https, CheckType::Dns, CheckType::Udp, CheckType::Ping,
                        CheckType::Smtp, CheckType::Script, CheckType::Agent, CheckType::File}},
          "what is done")),
      without_default(key<&T::address>("address", UnicastAddress{}, "default: the real server's")),
      without_default(key<&T::port>("port", Port{}, "default: the real server's")),
      key<&C::interval>("interval", kInterval, "10ms .. 24h"),
      key<&C::timeout>("timeout", kTimeout,
                       "one deadline for the whole check, at most the interval"),
      key<&C::rise>("rise", kInARow, "passes in a row that make a Down server Up"),
      key<&C::fall>("fall", kInARow, "failures in a row that make an Up server Down"),
      without_default(key<&C::fast_interval>(
          "fast_interval", kInterval, "while rise or fall is being counted; default: interval")),
      without_default(
          key<&C::down_interval>("down_interval", kInterval, "while down; default: interval")),
      key<&T::initial>("initial", "before the first outcome"),
      key<&checks::TcpCheck::send>("send", kTcpText, "tcp: sent once connected"),
      key<&checks::TcpCheck::expect>("expect", kTcpText,
                                     "tcp: must occur in the first 4 KiB of the answer"),
      key<&Http::method>("method",
                         Text{.is_allowed = is_http_token,
                              .longest = 32,
                              .expected = "an HTTP method such as \"GET\"",
                              .pattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
                              .doubt = doubt_about_method},
                         "http"),
      key<&Http::path>("path",
                       Text{.is_allowed = is_http_path,
                            .longest = 2048,
                            .expected = "a path that starts with \"/\", of at most 2048 visible "
                                        "ASCII characters (others are percent-encoded)",
                            .pattern = "^/[!-\"$-~]*$"},
                       "http"),
      without_default(
          key<&Http::host>("host",
                           Text{.is_allowed = is_http_host,
                                .longest = 255,
                                .expected = "a host name, with a port if it is not the default",
                                .pattern = "^[!-~]+$",
                                .doubt = doubt_about_host},
                           "http: default: the target's address and port")),
      key<&Http::headers>("headers", Headers{}, "http: more headers"),
      key<&Http::status>("status", Statuses{}, "http: statuses that pass"),
      key<&Http::body>("body", Octets{}, "http: must occur in the body"),
      key<&Http::body_limit>("body_limit", Between{1, std::int64_t{16} * 1024 * 1024},
                             "http: octets of body that are read"),
      key<&Http::header_limit>("header_limit", Between{1, std::int64_t{1024} * 1024},
                               "http: octets of headers that are read"));
  static constexpr auto not_keys =
      std::tuple(not_key<&T::name>, not_key<&T::check>, not_key<&C::probe>, not_key<&C::address>,
                 not_key<&C::port>);
  static constexpr std::array<std::string_view, 23> later = {
      "source", "interface",   "body_regex", "digest",        "basic_auth",    "http_version",
      "verify", "server_name", "ca_file",    "certificate",   "private_key",   "alpn",
      "name",   "record_type", "transport",  "require_reply", "size",          "starttls",
      "helo",   "command",     "user",       "environment",   "dynamic_weight"};
};

}  // namespace evenkeel::daemon
