// The keys of what an instance or a sync group follows: one description of an entry for every
// track_... list, of which each kind has some rows.
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "daemon/config/interface_name.h"
#include "daemon/config/keys.h"
#include "daemon/config/names.h"
#include "daemon/config/unit_name.h"
#include "daemon/config/vrrp_values.h"
#include "vrrp/gateway_config.h"
#include "vrrp/track.h"

namespace evenkeel::daemon {

/// An entry of the list for `kind`.
template <vrrp::TrackKind kind>
struct TrackEntry {
  std::string name;  ///< of a file: its path
  std::optional<std::int16_t> weight;
};
template <>
struct TrackEntry<vrrp::TrackKind::Service> {
  std::string name;
  std::optional<std::int16_t> weight;
  std::optional<std::int16_t> per_server;
};
template <>
struct TrackEntry<vrrp::TrackKind::Process> {
  std::string name;
  std::optional<std::int16_t> weight;
  std::vector<std::string> arguments;
  std::string user;
};

template <>
struct TrackEntry<vrrp::TrackKind::Gateway> {
  std::string address;
  std::string interface;
  Duration interval = vrrp::GatewayConfig().interval;
  Duration timeout{};  ///< 0: not written
  std::uint16_t rise = vrrp::GatewayConfig().rise;
  std::uint16_t fall = vrrp::GatewayConfig().fall;
  std::optional<std::int16_t> weight;
};

/// The keys of a list that depend on its kind.
template <vrrp::TrackKind kind>
struct TrackRows;

/// A pattern of the schema, for is_argument().
inline constexpr std::string_view kNoControlCharacters = "^[^\\x00-\\x1f\\x7f]+$";

/// The weight of every kind but files.
struct UsualWeight {
  static constexpr Weight weight = {.min = -vrrp::kMaxTrackWeight,
                                    .max = vrrp::kMaxTrackWeight,
                                    .without = "leave it out to give up mastership"};
  static constexpr std::string_view weight_text =
      "negative: subtracted while it fails; positive: added while it holds; without: a failure is "
      "the instance's";
};

template <>
struct TrackRows<vrrp::TrackKind::Check> : UsualWeight {
  using T = TrackEntry<vrrp::TrackKind::Check>;
  static constexpr std::string_view list = "track_checks", path = "vrrp.track_check",
                                    title = "the entry of track_checks",
                                    text = "a [check.NAME] with an address and a port of its own";
  static constexpr auto rows =
      std::tuple(required(key<&T::name>("name", Name{}, "of a [check.NAME]")));
};

template <>
struct TrackRows<vrrp::TrackKind::Service> : UsualWeight {
  using T = TrackEntry<vrrp::TrackKind::Service>;
  static constexpr std::string_view list = "track_services", path = "vrrp.track_service",
                                    title = "the entry of track_services",
                                    text = "a virtual service: fails without its quorum";
  static constexpr auto rows =
      std::tuple(required(key<&T::name>("name", Name{}, "of a [[virtual_service]]")),
                 without_default(
                     key<&T::per_server>("per_server",
                                         Weight{.min = -vrrp::kMaxTrackWeight,
                                                .max = -1,
                                                .without = "leave it out to follow the quorum"},
                                         "added for each real server that is down by its checks")));
};

template <>
struct TrackRows<vrrp::TrackKind::Interface> : UsualWeight {
  using T = TrackEntry<vrrp::TrackKind::Interface>;
  static constexpr std::string_view list = "track_interfaces", path = "vrrp.track_interface",
                                    title = "the entry of track_interfaces",
                                    text = "another interface: fails while it is down";
  static constexpr auto rows =
      std::tuple(required(key<&T::name>("name", kInterfaceName, "of a network interface")));
};

template <>
struct TrackRows<vrrp::TrackKind::Script> : UsualWeight {
  using T = TrackEntry<vrrp::TrackKind::Script>;
  static constexpr std::string_view list = "track_scripts", path = "vrrp.track_script",
                                    title = "the entry of track_scripts",
                                    text = "a [[script]]: fails with its exit status";
  static constexpr auto rows =
      std::tuple(required(key<&T::name>("name", Name{}, "of a [[script]]")));
};

template <>
struct TrackRows<vrrp::TrackKind::Gateway> : UsualWeight {
  using T = TrackEntry<vrrp::TrackKind::Gateway>;
  static constexpr std::string_view list = "track_gateways", path = "vrrp.track_gateway",
                                    title = "the entry of track_gateways",
                                    text =
                                        "a neighbour, asked by ARP or neighbour discovery: fails "
                                        "while it does not answer";
  static constexpr Between kInARow = {1, 255};
  static constexpr auto rows = std::tuple(
      required(key<&T::address>(
          "address",
          Text{.is_allowed = is_neighbour_address,
               .longest = kMaxAddressText,
               .expected =
                   "an IPv4 or IPv6 address of another host (no host name, prefix length or "
                   "zone)",
               .pattern = "^[0-9a-fA-F.:]+$"},
          "on the link of the interface")),
      required(key<&T::interface>("interface", kInterfaceName, "that it is asked over")),
      key<&T::interval>("interval",
                        Times{.min = std::chrono::milliseconds(100), .max = std::chrono::hours(1)},
                        "how often it is asked; {min} .. {max}"),
      without_default(key<&T::timeout>(
          "timeout", Times{.min = std::chrono::milliseconds(10), .max = std::chrono::hours(1)},
          "how long an answer may take, at most the interval; default: the interval, at most 1s")),
      key<&T::rise>("rise", kInARow, "answers in a row after which it holds again"),
      key<&T::fall>("fall", kInARow, "questions in a row without an answer after which it fails"));
};

template <>
struct TrackRows<vrrp::TrackKind::File> {
  using T = TrackEntry<vrrp::TrackKind::File>;
  static constexpr std::string_view list = "track_files", path = "vrrp.track_file",
                                    title = "the entry of track_files",
                                    text =
                                        "a file: the weight that is written in it, or, with a "
                                        "weight here, whether it is there";
  static constexpr auto rows = std::tuple(
      required(key<&T::name>("path",
                             Text{.is_allowed = is_absolute_path,
                                  .longest = vrrp::kMaxTrackName,
                                  .expected = "an absolute path of at most {max} octets, of a file",
                                  .pattern = "^/"},
                             "absolute")));
  static constexpr Weight weight = {
      .min = -vrrp::kMaxTrackWeight,
      .max = vrrp::kMaxTrackWeight,
      .without = "leave it out to have the number in the file as the weight"};
  static constexpr std::string_view weight_text =
      "negative: subtracted while the file is not there; positive: added while it is";
};

template <>
struct TrackRows<vrrp::TrackKind::Unit> : UsualWeight {
  using T = TrackEntry<vrrp::TrackKind::Unit>;
  static constexpr std::string_view list = "track_units", path = "vrrp.track_unit",
                                    title = "the entry of track_units",
                                    text = "a service of systemd: fails while it is not active";
  static constexpr auto rows =
      std::tuple(required(key<&T::name>("name",
                                        Text{.is_allowed = is_service_name,
                                             .longest = kMaxUnitName,
                                             .expected = kServiceNameExpected,
                                             .pattern = kServiceNamePattern},
                                        "of a service, with its suffix")));
};

template <>
struct TrackRows<vrrp::TrackKind::Process> : UsualWeight {
  using T = TrackEntry<vrrp::TrackKind::Process>;
  static constexpr std::string_view list = "track_processes", path = "vrrp.track_process",
                                    title = "the entry of track_processes",
                                    text = "a process: fails while none like it runs";
  static constexpr auto rows = std::tuple(
      required(key<&T::name>("name",
                             Text{.is_allowed = is_argument,
                                  .longest = kMaxProcessName,
                                  .expected = "a process's name as the kernel keeps it (ps -o "
                                              "comm): 1 .. {max} octets",
                                  .pattern = kNoControlCharacters},
                             "as ps -o comm shows it")),
      without_default(key<&T::arguments>(
          "arguments",
          ListOf<Text>{.each = {.is_allowed = is_argument,
                                .longest = vrrp::kMaxTrackName,
                                .expected = "a string of 1 .. {max} octets without control "
                                            "characters",
                                .pattern = kNoControlCharacters},
                       .of_what = "arguments"},
          "it has these, one after the other")),
      without_default(key<&T::user>("user", Name{}, "that it runs as: a name or a number")));
};

template <vrrp::TrackKind kind>
struct Keys<TrackEntry<kind>> {
  using T = TrackEntry<kind>;
  using Own = TrackRows<kind>;
  static constexpr std::string_view path = Own::path, title = Own::title, text = Own::text;
  static constexpr auto rows = std::tuple_cat(
      Own::rows,
      std::tuple(without_default(key<&T::weight>("weight", Own::weight, Own::weight_text))));
};

/// The kinds, in the order in which an instance's lists are read.
using TrackKinds =
    std::integer_sequence<vrrp::TrackKind, vrrp::TrackKind::Check, vrrp::TrackKind::Service,
                          vrrp::TrackKind::Interface, vrrp::TrackKind::Gateway,
                          vrrp::TrackKind::Script, vrrp::TrackKind::File, vrrp::TrackKind::Unit,
                          vrrp::TrackKind::Process>;

/// `act` with std::integral_constant of each of them.
template <typename Act>
constexpr void for_each_track_kind(Act&& act) {
  [&]<vrrp::TrackKind... kinds>(std::integer_sequence<vrrp::TrackKind, kinds...>) {
    (act(std::integral_constant<vrrp::TrackKind, kinds>()), ...);
  }
  (TrackKinds());
}

template <vrrp::TrackKind... kinds>
consteval auto track_lists(std::integer_sequence<vrrp::TrackKind, kinds...> /*all*/) {
  return std::tuple(by_hand(TrackRows<kinds>::list, InlineTablesAt{TrackRows<kinds>::path},
                            TrackRows<kinds>::text)...);
}
/// The rows of a table whose owner follows something: one for each list.
inline constexpr auto kTrackLists = track_lists(TrackKinds());

}  // namespace evenkeel::daemon
