#include "checks/script_check.h"

#include "checks/sockets.h"

namespace evenkeel::checks {
namespace {

Awaitable<ProbeResult> refuse() {
  co_return ProbeResult{Reason::LocalError, "this process runs no program"};
}

}  // namespace

Probing run(const Check& /*check*/, const ScriptCheck& /*script*/, Sockets& /*sockets*/) {
  return {refuse()};
}

}  // namespace evenkeel::checks
