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
#include "daemon/config/hooks.h"
#include "daemon/fields/key.h"
#include "daemon/fields/words.h"
#include "ipvs/types.h"
#include "vrrp/types.h"

namespace evenkeel::daemon {

using fields::any_word;
using fields::Between;
using fields::Boolean;
using fields::Choice;
using fields::Octets;
using fields::Text;

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

/// A number that a track adds to a priority: not 0, which would do nothing.
struct Weight {
  using Result = std::int16_t;
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::string_view without;  ///< what to do instead of writing 0
};

/// 1..65535.
struct Port {
  using Result = std::uint16_t;
};

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

/// The type of a check: a word that a kind has. `later` are not supported yet.
struct CheckType {
  using Result = std::string;
  std::span<const std::string_view> words, later;
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

/// A program and its arguments.
struct Command {
  using Result = Arguments;
};

/// A command as a list of its arguments, or a list of commands.
struct ArgumentLists {
  using Result = std::vector<Arguments>;
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
using checks::Headers;
using checks::Statuses;
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
/// Several in a list, each written in one line.
struct InlineTablesAt {
  static constexpr bool is_for_all_nodes = true;
  std::string_view path;
};
struct NamedTablesAt {
  static constexpr bool is_for_all_nodes = true;
  std::string_view path;
};

}  // namespace evenkeel::daemon
