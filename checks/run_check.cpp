#include "checks/run_check.h"

namespace evenkeel::checks {

// Not a coroutine: it only picks one.
Awaitable<ProbeResult> run_check(const Check& check, Sockets& sockets) {
  return std::visit([&](const auto& kind) { return run(check, kind, sockets); }, check.probe)
      .result;
}

}  // namespace evenkeel::checks
