// What is checked, how, and what came of it: plain values.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "checks/http_check.h"
#include "checks/reason.h"
#include "checks/script_check.h"
#include "checks/tcp_check.h"
#include "daemon/fields/table.h"

namespace evenkeel::checks {

using Duration = std::chrono::steady_clock::duration;
using TimePoint = std::chrono::steady_clock::time_point;
using Address = boost::asio::ip::address;

/// The name of a check: main gives one to each, and none twice as long as it lives
/// (daemon/balancer/check_ids.h).
using CheckId = std::uint64_t;

enum class Health : std::uint8_t { Unknown, Up, Down };
constexpr auto words_of(Health) {
  using enum Health;
  return fields::words<Health>({{Unknown, "unknown"}, {Up, "up"}, {Down, "down"}});
}

/// Every kind of check, with what it asks. A kind is a pair of files (tcp_check.h): a struct with
/// its `type` and its tables, and run(), which probes.
using Kind = std::variant<TcpCheck, HttpCheck, ScriptCheck>;

/// One probe that is repeated. Two with equal contents are one probe whose outcome goes to all
/// (daemon/balancer/check_ids.h).
struct Check {
  Kind probe;
  Address address;
  std::uint16_t port = 0;
  Duration interval = std::chrono::seconds(2);
  Duration timeout =
      std::chrono::seconds(1);  ///< one absolute deadline for the whole probe; at most the interval
  Duration fast_interval = std::chrono::seconds(2);  ///< while rise or fall is being counted
  Duration down_interval = std::chrono::seconds(2);  ///< while down
  std::uint16_t rise = 2, fall = 3;

  friend bool operator==(const Check&, const Check&) = default;
};
constexpr auto fields_of(fields::Of<Check>) {
  using fields::field;
  using T = Check;
  return fields::table(field<&T::probe>("probe"), field<&T::address>("address"),
                       field<&T::port>("port"), field<&T::interval>("interval"),
                       field<&T::timeout>("timeout"), field<&T::fast_interval>("fast_interval"),
                       field<&T::down_interval>("down_interval"), field<&T::rise>("rise"),
                       field<&T::fall>("fall"));
}

/// Whether two checks differ in times and limits only: what is known of a server by the one holds
/// for the other.
[[nodiscard]] bool asks_the_same(const Check& one, const Check& other);

/// The checks process makes no check of this kind (script_check.h).
[[nodiscard]] inline bool is_script(const Check& check) {
  return std::holds_alternative<ScriptCheck>(check.probe);
}

/// Its outcomes may have a weight for the real server.
[[nodiscard]] inline bool gives_weight(const Check& check) {
  const auto* const script = std::get_if<ScriptCheck>(&check.probe);
  return script != nullptr && script->dynamic_weight;
}

/// Equal checks have equal hashes.
[[nodiscard]] std::size_t hash_value(const Check& check);

/// How one probe ended, without the check that it belongs to.
struct ProbeResult {
  Reason reason = Reason::Passed;
  std::string
      detail;  ///< short, printable, at most 120 octets: "503"; "" when the reason says it all

  friend bool operator==(const ProbeResult&, const ProbeResult&) = default;
};

constexpr std::size_t kMaxDetail = 120;  ///< octets of an outcome's detail

/// The result of one probe of a check.
struct CheckOutcome {
  CheckId id = 0;
  Reason reason = Reason::Passed;
  std::string
      detail;  ///< short, printable, at most 120 octets: "503"; "" when the reason says it all
  Duration latency{};

  friend bool operator==(const CheckOutcome&, const CheckOutcome&) = default;
};
constexpr auto fields_of(fields::Of<CheckOutcome>) {
  using fields::field;
  using T = CheckOutcome;
  return fields::table(field<&T::id>("id"), field<&T::reason>("reason"),
                       field<&T::latency>("latency", fields::NotNegative{}),
                       field<&T::detail>("detail", fields::First{kMaxDetail}));
}

}  // namespace evenkeel::checks
