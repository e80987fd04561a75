#include "checks/run_check.h"

namespace evenkeel::checks {

// Not a coroutine: it only picks one.
Awaitable<ProbeResult> run_check(const Check& check, Connection& connection, Lingering& lingering) {
  if (const auto* http = std::get_if<HttpCheck>(&check.probe)) {
    return http_check(check, *http, connection, lingering);
  }
  return tcp_check(check, std::get<TcpCheck>(check.probe), connection, lingering);
}

}  // namespace evenkeel::checks
