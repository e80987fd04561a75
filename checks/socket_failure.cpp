#include "checks/socket_failure.h"

#include <cerrno>
#include <system_error>

namespace evenkeel::checks {

ProbeResult socket_failure(int error, Phase phase) {
  const std::string text = std::generic_category().message(error);
  switch (error) {
    case ECONNREFUSED:  // RST to our SYN, or ICMP port unreachable
      return {Reason::ConnectRefused, ""};
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
      return {Reason::Reset, ""};
    case ETIMEDOUT:  // the kernel's own patience (tcp_syn_retries, TCP_USER_TIMEOUT) was shorter
      return deadline_failure(phase);
    case ENETUNREACH:
      return {phase == Phase::Opening ? Reason::LocalError : Reason::Unreachable, text};
    case EHOSTUNREACH:  // no neighbour, ICMP, or an `unreachable` route: somebody says so
    case EHOSTDOWN:     // the other ICMP codes, net/ipv4/icmp.c icmp_err_convert
    case ENONET:
    case ENOPROTOOPT:
    case EPROTO:
      return {phase == Phase::Opening && error != EHOSTUNREACH ? Reason::LocalError
                                                               : Reason::Unreachable,
              text};
    default:  // EMFILE, ENFILE, ENOBUFS, EADDRNOTAVAIL, EACCES, EPERM, ...: the server did nothing
      return {Reason::LocalError, text};
  }
}

ProbeResult deadline_failure(Phase phase) {
  return {phase == Phase::Talking ? Reason::Deadline : Reason::ConnectTimeout, ""};
}

}  // namespace evenkeel::checks
