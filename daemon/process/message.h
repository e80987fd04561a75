// What main and its children say to each other: one value, one datagram (Unix SOCK_SEQPACKET), at
// most 64 KiB.
//
// Pure. Written and read by one pair of functions, validated on receipt, fuzzed. Numbers are
// little-endian. Every report carries the generation of the configuration that it is about. What
// counts of an older report of checks: report_rules.h; of the reports of an instance the latest
// counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "checks/check.h"
#include "daemon/config/names.h"
#include "daemon/fields/severity.h"
#include "daemon/fields/table.h"
#include "daemon/fields/words.h"
#include "daemon/spawner/run.h"
#include "vrrp/failover.h"
#include "vrrp/shared_page.h"
#include "vrrp/status.h"

namespace evenkeel::daemon {

using fields::name;
using fields::to_string;

using Generation = std::uint32_t;

constexpr std::size_t kMaxDatagram = 65536;
constexpr std::size_t kMaxText = 4096;  ///< octets of a problem or a log text; encode cuts the rest
constexpr std::size_t kMaxInstances = vrrp::SharedPage::kMaxRouters;
constexpr std::size_t kMaxNames = 256;  ///< in one message; more go in parts (message_parts.h)
constexpr std::size_t kMaxOutcomes = 256;
constexpr std::size_t kMaxTracksReported = 128;  ///< in one message

// To a child.
struct Configure {  ///< with descriptors: the child's part of the configuration in a sealed memfd;
                    ///< vrrp also gets its shared page and the lock of the runtime directory
  Generation generation = 0;
  bool may_stay = true;  ///< vrrp: Master, where it takes up what the process before it left
  friend bool operator==(const Configure&, const Configure&) = default;
};
constexpr auto fields_of(fields::Of<Configure>) {
  using fields::field;
  using T = Configure;
  return fields::table(field<&T::generation>("generation"), field<&T::may_stay>("may_stay"));
}
struct Ping {
  std::uint64_t sequence = 0;
  friend bool operator==(const Ping&, const Ping&) = default;
};
constexpr auto fields_of(fields::Of<Ping>) {
  using fields::field;
  using T = Ping;
  return fields::table(field<&T::sequence>("sequence"));
}

enum class Verb : std::uint8_t {
  Failover,  ///< hand over as planned: the instances, or every Master
  Resume,    ///< preempt again
  Ready,     ///< the first round of checks is over
};
constexpr auto words_of(Verb) {
  using enum Verb;
  return fields::words<Verb>({{Failover, "failover"}, {Resume, "resume"}, {Ready, "ready"}});
}
struct Command {  ///< to vrrp; answered by CommandDone; Ready is not
  std::uint32_t sequence = 0;
  Verb verb = Verb::Failover;
  bool more = false;                   ///< the next one brings further names for the same
  std::vector<std::string> instances;  ///< at most kMaxNames; all parts empty = all
  friend bool operator==(const Command&, const Command&) = default;
};
constexpr auto fields_of(fields::Of<Command>) {
  using fields::field;
  using T = Command;
  return fields::table(
      field<&T::sequence>("sequence"), field<&T::verb>("verb"), field<&T::more>("more"),
      field<&T::instances>("instances", fields::AtMost{kMaxNames, fields::AtMost{kMaxName}}));
}
/// To vrrp: what has become of tracks. Names that it does not know change nothing; of two results
/// of a track the later counts.
struct TrackReport {
  std::vector<vrrp::NamedTrackResult> tracks;
  friend bool operator==(const TrackReport&, const TrackReport&) = default;
};
constexpr auto fields_of(fields::Of<TrackReport>) {
  using fields::field;
  using T = TrackReport;
  return fields::table(field<&T::tracks>("tracks", fields::AtMost{kMaxTracksReported}));
}

// From a child.
struct Configured {
  Generation generation = 0;
  std::string problem;  ///< what could not be applied; "" = all was
  friend bool operator==(const Configured&, const Configured&) = default;
};
constexpr auto fields_of(fields::Of<Configured>) {
  using fields::field;
  using T = Configured;
  return fields::table(field<&T::generation>("generation"),
                       field<&T::problem>("problem", fields::First{kMaxText}));
}
struct Pong {
  std::uint64_t sequence = 0;
  std::uint32_t behind = 0;  ///< checks: how many are late for 3 intervals; spawner: how many runs
                             ///< have waited for a second and more
  friend bool operator==(const Pong&, const Pong&) = default;
};
constexpr auto fields_of(fields::Of<Pong>) {
  using fields::field;
  using T = Pong;
  return fields::table(field<&T::sequence>("sequence"), field<&T::behind>("behind"));
}
struct CheckReport {  ///< a batch of outcomes, never dropped
  Generation generation = 0;
  bool first_round_done = false;  ///< every check has had its first outcome
  std::vector<checks::CheckOutcome> outcomes;
  friend bool operator==(const CheckReport&, const CheckReport&) = default;
};
constexpr auto fields_of(fields::Of<CheckReport>) {
  using fields::field;
  using T = CheckReport;
  return fields::table(field<&T::generation>("generation"),
                       field<&T::first_round_done>("first_round_done"),
                       field<&T::outcomes>("outcomes", fields::AtMost{kMaxOutcomes}));
}
struct InstanceReport {  ///< the latest wins: one instance's status, replaced whole
  Generation generation = 0;
  vrrp::InstanceStatus status;
  friend bool operator==(const InstanceReport&, const InstanceReport&) = default;
};
constexpr auto fields_of(fields::Of<InstanceReport>) {
  using fields::field;
  using T = InstanceReport;
  return fields::table(field<&T::generation>("generation"), field<&T::status>("status"));
}
struct InstanceOutcome {
  std::string instance;
  vrrp::FailoverOutcome outcome = vrrp::FailoverOutcome::HandedOver;
  friend bool operator==(const InstanceOutcome&, const InstanceOutcome&) = default;
};
constexpr auto fields_of(fields::Of<InstanceOutcome>) {
  using fields::field;
  using T = InstanceOutcome;
  return fields::table(field<&T::instance>("instance", fields::AtMost{kMaxName}),
                       field<&T::outcome>("outcome"));
}
struct CommandDone {
  std::uint32_t sequence = 0;
  bool more = false;                      ///< the next one brings further outcomes of the same
  std::vector<InstanceOutcome> outcomes;  ///< of a failover, one an instance; at most kMaxNames
  friend bool operator==(const CommandDone&, const CommandDone&) = default;
};
constexpr auto fields_of(fields::Of<CommandDone>) {
  using fields::field;
  using T = CommandDone;
  return fields::table(field<&T::sequence>("sequence"), field<&T::more>("more"),
                       field<&T::outcomes>("outcomes", fields::AtMost{kMaxNames}));
}
using fields::Severity;
struct LogRecord {  ///< dropped, and counted, when the channel is full
  Severity severity = Severity::Info;
  std::uint64_t dropped = 0;  ///< records dropped before this one
  std::string text;           ///< at most 4 KiB
  friend bool operator==(const LogRecord&, const LogRecord&) = default;
};
constexpr auto fields_of(fields::Of<LogRecord>) {
  using fields::field;
  using T = LogRecord;
  return fields::table(field<&T::severity>("severity"), field<&T::dropped>("dropped"),
                       field<&T::text>("text", fields::First{kMaxText}));
}

/// RunRequest, EndRun, RunStarted, RunEnded: daemon/spawner/run.h.
using Message =
    std::variant<Configure, Ping, Command, Configured, Pong, CheckReport, InstanceReport,
                 CommandDone, LogRecord, RunRequest, RunStarted, RunEnded, TrackReport, EndRun>;

/// What is wrong with a datagram, the first that was found. For any bytes that decode() accepts,
/// encode() gives the same bytes: there is one way to say a thing.
enum class MessageError : std::uint8_t { Truncated, TooLong, UnknownKind, BadValue, TrailingBytes };

/// At most kMaxDatagram bytes; a CheckReport, a TrackReport, a Command and a CommandDone must be
/// split by their sender (kMaxOutcomes fits whatever the details, kMaxNames and kMaxTracksReported
/// whatever the names): more is a bug, and throws std::length_error, as does a name above kMaxName
/// or kMaxTrackName. Too long a text is cut, a latency below zero becomes zero; but for these
/// decode(encode(x)) == x.
[[nodiscard]] std::vector<std::byte> encode(const Message& message);
[[nodiscard]] tl::expected<Message, MessageError> decode(std::span<const std::byte> datagram);

}  // namespace evenkeel::daemon
