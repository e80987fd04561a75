// What an error of the socket interface says about a check.
//
// Pure. The same number means different things before the first packet has left and after: a
// network that is unreachable at once is a route that this host lacks (our fault: LocalError), one
// that turns out unreachable later was said so by a router. After the first packet only what this
// host runs out of or forbids itself is our fault: EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL,
// EPERM. Everything else came by ICMP: net/ipv4/icmp.c icmp_err_convert, net/ipv6/icmp.c
// icmpv6_err_convert (administratively prohibited is EACCES there).
#pragma once

#include <cstdint>

#include "checks/check.h"

namespace evenkeel::checks {

enum class Phase : std::uint8_t {
  Opening,     ///< socket(2), setsockopt(2), and what connect(2) returns at once
  Connecting,  ///< what came of the connection: SO_ERROR
  Talking,     ///< send(2), recv(2)
};

/// `error` is an errno. Never Passed.
[[nodiscard]] ProbeResult socket_failure(int error, Phase phase);

/// The deadline passed.
[[nodiscard]] ProbeResult deadline_failure(Phase phase);

}  // namespace evenkeel::checks
