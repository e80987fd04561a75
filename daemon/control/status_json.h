// Status for programs: one head line, any number of service lines, then the end (protocol.h); or
// one document: the head's members, "services" and "exit_code".
//
// Pure. Written a chunk at a time; a chunk may end inside a line, so that a service with thousands
// of real servers costs no more memory than another.
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
//   polling              boolean  vrrp cannot wait for packets: they are looked for every 10 ms
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
// A service line is kServicesPrefix, services joined by ",", and ],"more":true} in this exact form.
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

#include <memory>
#include <string_view>

#include "daemon/balancer/snapshot.h"
#include "daemon/control/answer.h"
#include "daemon/control/status_request.h"

namespace evenkeel::daemon {

constexpr std::string_view kServicesPrefix = R"({"ok":true,"services":[)";

/// The answer to a status request in JSON. `request.services` has been applied already.
[[nodiscard]] std::unique_ptr<Answer> status_json_answer(std::shared_ptr<const Snapshot> snapshot,
                                                         const StatusRequest& request,
                                                         int exit_code, bool is_document = false);

}  // namespace evenkeel::daemon
