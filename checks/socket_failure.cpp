#include "checks/socket_failure.h"

#include <cerrno>
#include <system_error>

namespace evenkeel::checks {

namespace {

/// Whether this host lacks something or forbids it itself; the same in every phase.
bool is_our_own(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
         error == EADDRNOTAVAIL || error == EPERM;
}

}  // namespace

ProbeResult socket_failure(int error, Phase phase) {
  switch (error) {
    case ECONNREFUSED:  // RST to our SYN, or ICMP port unreachable
      return {Reason::ConnectRefused, ""};
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
      return {Reason::Reset, ""};
    case ETIMEDOUT:  // the kernel's own patience (tcp_syn_retries, TCP_USER_TIMEOUT) was shorter
      return deadline_failure(phase);
    default:
      break;
  }
  const std::string text = std::generic_category().message(error);
  if (is_our_own(error)) return {Reason::LocalError, text};
  // Before the first packet has left, only EHOSTUNREACH is about the target.
  if (phase == Phase::Opening && error != EHOSTUNREACH) return {Reason::LocalError, text};
  // The text "Permission denied" would make an operator look on this host.
  if (error == EACCES) return {Reason::Unreachable, "prohibited by a router or firewall"};
  return {Reason::Unreachable, text};
}

ProbeResult deadline_failure(Phase phase) {
  return {phase == Phase::Talking ? Reason::Deadline : Reason::ConnectTimeout, ""};
}

}  // namespace evenkeel::checks
