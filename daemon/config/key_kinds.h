// What a key's value may be: what the parser reads it by (value.h), and what the schema and the
// manual say of it.
//
// Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checks/check.h"
#include "daemon/config/config.h"
#include "daemon/fields/words.h"
#include "ipvs/types.h"
#include "vrrp/types.h"

namespace evenkeel::daemon {

struct Boolean {
  using Result = bool;
};

struct Between {
  using Result = std::int64_t;
  std::int64_t min = 0;
  std::int64_t max = 0;
};

/// A member that counts seconds takes whole ones.
struct Times {
  using Result = Duration;
  Duration min{};
  Duration max{};
  bool is_whole_seconds = false;
  bool zero_is_allowed = false;  ///< "0s", below the minimum, for off
};

/// A unicast address (address_rules.h).
struct UnicastAddress {
  using Result = ipvs::Address;
};

/// 1..65535.
struct Port {
  using Result = std::uint16_t;
};

/// A word of an enumeration: one of `allowed`, in this order; `later` are not supported yet.
template <fields::Worded E, std::size_t N, std::size_t L = 0>
struct Choice {
  using Result = E;
  std::array<E, N> allowed;
  std::array<E, L> later = {};
};
template <fields::Worded E>
consteval auto any_word() {
  Choice<E, fields::kCount<E>> choice{};
  for (std::size_t i = 0; i < choice.allowed.size(); ++i) {
    choice.allowed[i] = fields::kRows<E>[i].value;
  }
  return choice;
}

/// The number of an enumerator.
template <fields::Worded E>
struct NumberOf {
  static constexpr bool is_number = true;
  using Result = E;
};

/// A word that is kept as text.
struct Word {
  using Result = std::string;
  std::span<const std::string_view> words;
};

/// Any text of so many octets.
struct Octets {
  using Result = std::string;
  std::size_t longest = std::numeric_limits<std::size_t>::max();
};

/// A text of a form. The schema has no functions: `pattern` is as near as it comes.
struct Text {
  using Result = std::string;
  bool (*is_allowed)(std::string_view);
  std::size_t longest;
  std::string_view expected;  ///< what a message says that it must be
  std::string_view pattern;
  /// What is odd about one that is allowed, for a warning; "": nothing.
  std::string (*doubt)(std::string_view) = nullptr;
  bool is_secret = false;  ///< what was found is not shown
};

/// A name (names.h).
struct Name {
  using Result = std::string;
};

/// "50%"
struct Percentage {
  using Result = MaxRemovals;
};

/// An address that moves between nodes, with a prefix length or without.
struct MovedAddress {
  using Result = vrrp::InterfaceAddress;
};

/// A list of which one wrong element is enough. How many there may be is judged by a rule.
template <typename Each>
struct ListOf {
  using Result = std::vector<typename Each::Result>;
  Each each;
  std::string_view of_what;  ///< "addresses"
  std::size_t fewest = 0;
  std::size_t most = std::numeric_limits<std::size_t>::max();
};

// Kinds without a result are read by the parser of their table. `is_for_all_nodes`: the value is
// the same on all nodes, so that a table of it is not keyed by them.

/// Of the same kind, and the same on all nodes.
template <typename Kind>
struct OfNoNode {
  static constexpr bool is_for_all_nodes = true;
  Kind kind = {};
};
/// Its range depends on the version.
struct AdvertisementInterval {};
/// The address of every node, by its name.
struct NodeAddresses {
  static constexpr bool is_for_all_nodes = true;
};
/// Names and values of HTTP headers.
struct Headers {
  static constexpr bool is_for_all_nodes = true;
  static constexpr std::size_t kMost = 64;
  static constexpr std::size_t kLongest = 4096;  ///< octets of a name, and of a value
};
/// 204, "204" or "200-299", in a list.
struct Statuses {
  static constexpr std::size_t kMost = 500;
  static constexpr std::uint16_t kMin = 100, kMax = 599;
};
struct SchedulerFlags {
  std::span<const std::string_view> words;
};
/// The name of a check, an inline table, or a list of both.
struct Checks {
  static constexpr bool is_for_all_nodes = true;
};
/// Of further files.
struct Paths {
  static constexpr bool is_for_all_nodes = true;
};

/// A table, several in a list, and several by their names, each with the keys of `path`.
struct TableAt {
  static constexpr bool is_for_all_nodes = true;
  std::string_view path;
};
struct TablesAt {
  static constexpr bool is_for_all_nodes = true;
  std::string_view path;
};
struct NamedTablesAt {
  static constexpr bool is_for_all_nodes = true;
  std::string_view path;
};

}  // namespace evenkeel::daemon
