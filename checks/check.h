// What is checked, how, and what came of it: plain values.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "checks/reason.h"
#include "daemon/fields/table.h"

namespace evenkeel::checks {

using Duration = std::chrono::steady_clock::duration;
using TimePoint = std::chrono::steady_clock::time_point;
using Address = boost::asio::ip::address;

/// The name of a check within one configuration generation: its index in the list that the checks
/// process was given.
using CheckId = std::uint32_t;

enum class Health : std::uint8_t { Unknown, Up, Down };
constexpr auto words_of(Health) {
  using enum Health;
  return fields::words<Health>({{Unknown, "unknown"}, {Up, "up"}, {Down, "down"}});
}

struct TcpCheck {
  std::string send;  ///< sent after the connection is established; "" = nothing
  std::string
      expect;  ///< must occur in the first 4 KiB of the answer; "" = the connection is enough

  friend bool operator==(const TcpCheck&, const TcpCheck&) = default;
};
constexpr auto fields_of(fields::Of<TcpCheck>) {
  using fields::field;
  using T = TcpCheck;
  return fields::table(field<&T::send>("send"), field<&T::expect>("expect"));
}

struct StatusRange {
  std::uint16_t first = 200, last = 299;  ///< inclusive, 100..599
  friend bool operator==(const StatusRange&, const StatusRange&) = default;
};
constexpr auto fields_of(fields::Of<StatusRange>) {
  using fields::field;
  using T = StatusRange;
  return fields::table(field<&T::first>("first"), field<&T::last>("last"));
}

struct HttpCheck {
  std::string method = "GET";
  std::string path = "/";
  std::string host;  ///< the Host header; "" = the target's address and port
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<StatusRange> status = {StatusRange{}};
  std::string body;                        ///< must occur in the body; "" = any
  std::uint32_t body_limit = 1024 * 1024;  ///< octets of body that are read, of which none are
                                           ///< kept; a body that is longer and must be searched:
                                           ///< BodyTooLarge
  std::uint32_t header_limit = 64 * 1024;  ///< octets of headers that are read (http_reader.h);
                                           ///< more: HeaderTooLarge

  friend bool operator==(const HttpCheck&, const HttpCheck&) = default;
};
constexpr auto fields_of(fields::Of<HttpCheck>) {
  using fields::field;
  using T = HttpCheck;
  return fields::table(
      field<&T::method>("method"), field<&T::path>("path"), field<&T::host>("host"),
      field<&T::headers>("headers"), field<&T::status>("status"), field<&T::body>("body"),
      field<&T::body_limit>("body_limit"), field<&T::header_limit>("header_limit"));
}

/// One probe that is repeated. Two with equal contents are one probe whose outcome goes to all
/// (daemon/config/checks_config.h).
struct Check {
  std::variant<TcpCheck, HttpCheck> probe;
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

/// The question and its target, with every time and limit at its default: equal for two checks that
/// differ in times and limits only.
[[nodiscard]] Check probe_of(const Check& check);

/// Equal checks have equal hashes. Used to make identical checks once, and to find a check again in
/// a new configuration.
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
