// The control protocol: what a client may ask on control.sock and status.sock, and what it is told.
//
// Pure. One JSON object a line in, one or more out. A request is at most kMaxRequest octets without
// its newline; its objects hold nothing deeper than an array of strings, so that nesting costs
// nothing. Unknown or repeated fields are errors. Answers come in the order of the requests. Every
// answer line has "ok" and "more"; the last line of an answer, an error included, says
// "more":false.
//
// Requests
//   {"command":"status",         control.sock and status.sock
//    "services":["web"],         names, "192.0.2.10:80", "tcp 192.0.2.10:80", "fwm 7"; absent = all
//    "view":"plain",             plain | stats | rate | thresholds | persistent_conn
//    "exact":false,              text: numbers in full
//    "format":"json",            json | text
//    "color":false}              text: terminal colours
//   {"command":"vrrp",           control.sock and status.sock
//    "instances":["web"],        names; absent = all
//    "format":"json",            json | text
//    "color":false}              text: terminal colours
//   {"command":"reload",         control.sock only
//    "force":false}              true: past max_removals
//   {"command":"failover",       control.sock only
//    "instances":["web"]}        names; absent = every one that is Master
//   {"command":"resume",         control.sock only
//    "instances":["web"]}        names; absent = all
// To failover and resume a name means all members of its sync group.
//
// Answers
//   an error      {"ok":false,"error":{"code":C,"message":M},"more":false}; C: see ErrorCode.
//                 bad_configuration adds "diagnostics" to the error (as below).
//   reload {"ok":true,"generation":5,"configuration":"7c1e4f","operations":1,"message":"...",
//                 "diagnostics":[{"file":"...","line":12,"column":3,"severity":"warning",
//                 "message":"..."}],"more":false}; line and column are 1-based, 0 = the whole file.
//   failover, resume
//                 {"ok":true,"instances":[{"name":"web","outcome":"handed_over"}],"exit_code":0,
//                 "more":false}; outcome: failover: handed_over | nobody_answered (it is still
//                 Master) | not_master | unknown; resume: resumed. exit_code: 0 every one, and
//                 there was one; else 1. The answer to failover may take a minute.
//   status, text  any number of {"ok":true,"bytes":N,"more":true}, each followed by N octets of
//                 text as they are (so that the client only copies), then the end (below).
//   status, json  one head line, any number of service lines, then the end.
//   vrrp, text    as status, text.
//   vrrp, json    one line {"ok":true,"version":...,"node_name":...,"now":...,"instances":[...],
//                 "more":true}, then the end. Instances are those of status, below.
//   the end of a status or vrrp answer: {"ok":true,"exit_code":0,"more":false}; 0 all well,
//                 1 degraded, 2 down, of what was selected.
//
// Schema of a status answer in JSON. Times are whole seconds since the epoch, 0 = never.
// The head line, with "more":true:
//   version              string   of the daemon
//   node_name            string
//   configuration        string   first 6 hex digits of SHA-256 over the file and its includes
//   generation           number   counts loaded configurations since the start
//   loaded, now          time
//   ready                boolean  the first round of checks is over
//   health_frozen        boolean  every check fails for a reason of our own; health stands still
//   warnings             [string]
//   kernel.state         string   unused | missing | reading | in_sync | programming | drift |
//                        refusing (services[].failure) | failing
//   kernel.detail        string   what is missing or failing, what has drifted
//   kernel.connection_table_size, kernel.foreign_services   number (services that are not ours)
//   kernel.timeouts      {tcp, tcp_fin, udp}   seconds
//   kernel.sysctls       {name: value as read back, a string}
//   processes            [{role, state, pid, restarts, since, problem}]   state: running |
//                                 restarting; problem: "late: ..."; "" = it does its work
//   counters             {drift_repairs, operations, refused_operations, check_outcomes,
//                        stale_reports, malformed_messages, malformed_requests, rejected_clients}
//   instances            [object] in the order of the configuration; [] where services were named
// An instance:
//   name, sync_group     string   sync_group: "" = none
//   state                string   master | backup | initialize
//   reason               string   why it is in that state: vrrp/status.h has them
//   explanation          string   the reason, for people
//   since                time     of the present state
//   stale                boolean  the vrrp process is away: all of this is the last known
//   leaving              boolean  Master that has sent priority 0, until another is heard
//   claimed              boolean  somebody else has a virtual address: rivals[].owner, or it has
//                        answered for one before we took over
//   foreign_address      boolean  a virtual address is on the interface that is not ours to remove
//   refused_address      boolean  master without all of its addresses: the kernel refuses some
//   ready                boolean  may preempt: the first round of checks is over
//   held                 boolean  does not preempt until resume, or until the Master fails
//   priority             number   the effective one
//   master               string   its address, or null: ourselves, or not known
//   interface            string   as configured
//   interface_name       string   the kernel's: another where the configured one is an altname
//   unicast_interface    string   what it advertises over, if not the interface; else ""
//   virtual_router_id    number
//   family               string   ipv4 | ipv6
//   version              number   2 | 3
//   configured_priority  number
//   advertisement_interval_us, preempt_delay_us   number
//   preempt              boolean
//   checksum             string   auto | message | pseudo_header
//   virtual_addresses, extra_addresses   [string] "192.0.2.10/24"
//   unicast              null, or {source, peers: [string]}
//   master_down_interval_us   number   as learned
//   worst_lateness_us    number   of a timer, since the process started
//   peers                [{address, priority, interval_us, heard}]   the last heard first
//   other_lists          [{source, ignored, count, addresses: [string]}]   who advertises our ID
//                        with another list of addresses, and the first eight of it
//   last_drop            null, or {error, source}
//   rivals               [{mac, source, node, owner, announcing, crowd, address, explanation, ...}]
//                        who else has our addresses (owner), or is a peer that differs; at most 4.
//                        crowd: several senders, more than are told apart; mac is "". source: null
//                        where it only announces one or answers for it; node: its name where
//                        unicast lists it, else ""; address: one of ours. With a source also
//                        virtual_router_id, version, priority, interval_us, destination,
//                        authenticated and differs: [virtual_router_id | version | password |
//                        delivery | sender | interval | unheard | same_source]
//   dropped_from         {error: address}   who sent the last datagram that was dropped for it
//   last_lesser          null, or {address, priority}: the last that was answered as the better one
//   counters             {became_master, left_master, advertisements_sent,
//                        advertisements_received, priority_zero_sent, priority_zero_received,
//                        priority_zero_ignored, lesser_answered, addresses_put_back, late,
//                        intervals_clamped, announcements_sent, sends_refused, others_heard,
//                        others_missed, dropped: {error: number}}
// A service line is kServicesPrefix, services joined by ",", kServicesSuffix, in this exact form.
// A service, in the order of the configuration:
//   name                 string
//   protocol             string   tcp | udp | sctp; absent with a firewall mark
//   address, port        string, number; absent with a firewall mark
//   firewall_mark        number   absent without one
//   family               string   ipv4 | ipv6
//   scheduler            string   the kernel's name
//   scheduler_flags      [string] "mh-fallback", "flag-1", ...
//   persistence          number   seconds; 0 = none
//   persistence_prefix   number
//   one_packet           boolean
//   quorum               number   sum of weights needed
//   has_quorum           boolean
//   starting             boolean  without quorum, until its first checks are made: not lost
//   up, total            number   real servers, the sorry server not counted
//   failure              string   why it is not in the kernel as wanted; "" = it is
//   in_kernel            boolean  the kernel has it, perhaps not as wanted
//   statistics           object   only with view stats or rate; below
//   real_servers         [object] the sorry server last
// A real server:
//   name, address, port  string, string, number
//   forwarding           string   masquerade | direct | tunnel
//   tunnel               {type, port, flags}   ipip | gue | gre; only when forwarding by tunnel
//   sorry_server         boolean
//   weight               number   the effective one
//   configured_weight    number
//   upper_threshold, lower_threshold   number; 0 = none
//   usage                string   used | quiesced | absent
//   health               string   up | down | unknown
//   checked              boolean  false: no check is configured, always up
//   adopted              boolean  used because the kernel had it, until its first outcome
//   stale                boolean  we cannot check at present; health is the last known
//   since                time     of the present health
//   explanation          string   for people
//   last                 null, or {reason, detail, latency_us}: the deciding check's last outcome
//   active_connections, inactive_connections, persistent_connections   number
//   statistics           object   only with view stats or rate
// Statistics:
//   connections, in_packets, out_packets, in_bytes, out_bytes, and the same a second:
//   connection_rate, in_packet_rate, out_packet_rate, in_byte_rate, out_byte_rate   number
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "daemon/fields/table.h"
#include "daemon/fields/words.h"

namespace evenkeel::daemon {

using fields::name;

constexpr std::size_t kMaxRequest = std::size_t{1024} * 1024;
/// Names in one "services" or "instances"; as many as there can be instances.
constexpr std::size_t kMaxSelectors = 1024;

constexpr std::string_view kServicesPrefix = R"({"ok":true,"services":[)";
constexpr std::string_view kServicesSuffix = R"(],"more":true})";
/// What ends the head line of status, and the one of vrrp.
constexpr std::string_view kInstancesSuffix = R"(],"more":true})";

enum class ErrorCode : std::uint8_t {
  MalformedRequest,  ///< not one JSON object on a line, or nested deeper than a request is
  UnknownCommand,
  BadField,          ///< unknown, repeated, of the wrong type, or with a value that it cannot have
  RequestTooLarge,   ///< the connection is closed
  RequestTimeout,    ///< a request that was begun but not ended in time; the connection is closed
  TooManyClients,    ///< the connection is closed
  NotPermitted,      ///< the peer is neither root, nor our user, nor in a group that may; closed
  DescriptorPassed,  ///< the peer passed a descriptor: none is taken; the connection is closed
  ReadOnly,          ///< status.sock answers only what reads
  UnknownService,    ///< a selector that selects nothing
  UnknownInstance,   ///< no instance has this name
  BadConfiguration,  ///< reload: the old one stays in force; see "diagnostics"
  TooManyRemovals,   ///< reload: would take more away than max_removals; nothing changed
  Busy,              ///< reload: another one is under way
  Unavailable,       ///< failover, resume: nothing was tried; the message says why
};
constexpr auto words_of(ErrorCode) {
  using enum ErrorCode;
  return fields::words<ErrorCode>({{MalformedRequest, "malformed_request"},
                                   {UnknownCommand, "unknown_command"},
                                   {BadField, "bad_field"},
                                   {RequestTooLarge, "request_too_large"},
                                   {RequestTimeout, "request_timeout"},
                                   {TooManyClients, "too_many_clients"},
                                   {NotPermitted, "not_permitted"},
                                   {DescriptorPassed, "descriptor_passed"},
                                   {ReadOnly, "read_only"},
                                   {UnknownService, "unknown_service"},
                                   {UnknownInstance, "unknown_instance"},
                                   {BadConfiguration, "bad_configuration"},
                                   {TooManyRemovals, "too_many_removals"},
                                   {Busy, "busy"},
                                   {Unavailable, "unavailable"}});
}

struct ProtocolError {
  ErrorCode code = ErrorCode::MalformedRequest;
  std::string message;  ///< for people

  friend bool operator==(const ProtocolError&, const ProtocolError&) = default;
};
constexpr auto fields_of(fields::Of<ProtocolError>) {
  using fields::field;
  using T = ProtocolError;
  return fields::table(field<&T::code>("code"), field<&T::message>("message"));
}

enum class StatusView : std::uint8_t { Plain, Stats, Rate, Thresholds, PersistentConn };
constexpr auto words_of(StatusView) {
  using enum StatusView;
  return fields::words<StatusView>({{Plain, "plain"},
                                    {Stats, "stats"},
                                    {Rate, "rate"},
                                    {Thresholds, "thresholds"},
                                    {PersistentConn, "persistent_conn"}});
}
enum class StatusFormat : std::uint8_t { Json, Text };
constexpr auto words_of(StatusFormat) {
  using enum StatusFormat;
  return fields::words<StatusFormat>({{Json, "json"}, {Text, "text"}});
}

struct StatusRequest {
  static constexpr std::string_view kCommand = "status";
  std::vector<std::string> services;  ///< selectors; empty = all
  StatusView view = StatusView::Plain;
  StatusFormat format = StatusFormat::Json;
  bool exact = false;
  bool color = false;

  friend bool operator==(const StatusRequest&, const StatusRequest&) = default;
};
constexpr auto fields_of(fields::Of<StatusRequest>) {
  using fields::field;
  using T = StatusRequest;
  return fields::table(field<&T::services>("services"), field<&T::view>("view"),
                       field<&T::format>("format"), field<&T::exact>("exact"),
                       field<&T::color>("color"));
}

struct ReloadRequest {
  static constexpr std::string_view kCommand = "reload";
  bool force = false;

  friend bool operator==(const ReloadRequest&, const ReloadRequest&) = default;
};
constexpr auto fields_of(fields::Of<ReloadRequest>) {
  using fields::field;
  using T = ReloadRequest;
  return fields::table(field<&T::force>("force"));
}

struct VrrpRequest {
  static constexpr std::string_view kCommand = "vrrp";
  std::vector<std::string> instances;  ///< names; empty = all
  StatusFormat format = StatusFormat::Json;
  bool color = false;

  friend bool operator==(const VrrpRequest&, const VrrpRequest&) = default;
};
constexpr auto fields_of(fields::Of<VrrpRequest>) {
  using fields::field;
  using T = VrrpRequest;
  return fields::table(field<&T::instances>("instances"), field<&T::format>("format"),
                       field<&T::color>("color"));
}

struct FailoverRequest {
  static constexpr std::string_view kCommand = "failover";
  std::vector<std::string> instances;  ///< names; empty = every one that is Master

  friend bool operator==(const FailoverRequest&, const FailoverRequest&) = default;
};
constexpr auto fields_of(fields::Of<FailoverRequest>) {
  using fields::field;
  using T = FailoverRequest;
  return fields::table(field<&T::instances>("instances"));
}

struct ResumeRequest {
  static constexpr std::string_view kCommand = "resume";
  std::vector<std::string> instances;  ///< names; empty = all

  friend bool operator==(const ResumeRequest&, const ResumeRequest&) = default;
};
constexpr auto fields_of(fields::Of<ResumeRequest>) {
  using fields::field;
  using T = ResumeRequest;
  return fields::table(field<&T::instances>("instances"));
}

using Request =
    std::variant<StatusRequest, VrrpRequest, ReloadRequest, FailoverRequest, ResumeRequest>;

/// Whether the view shows the kernel's statistics, which cost a full netlink read.
[[nodiscard]] bool shows_statistics(StatusView view);

/// One line without its newline. Memory stays in proportion to the line.
[[nodiscard]] tl::expected<Request, ProtocolError> parse_request(std::string_view line);
/// What parse_request takes, without a newline; the client's side. parse_request(encode(r)) == r.
[[nodiscard]] std::string encode(const Request& request);

/// An answer line with its newline.
[[nodiscard]] std::string error_line(const ProtocolError& error);
/// The end of a status answer, with its newline.
[[nodiscard]] std::string end_line(int exit_code);

}  // namespace evenkeel::daemon
