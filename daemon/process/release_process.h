// `evenkeeld release`: takes away what a killed daemon has left on the interfaces.
//
// For the service manager's ExecStopPost, and for hands. It takes the lock of the runtime
// directory, or does nothing: a daemon that lives looks after its own. It reads the record and the
// shared page, never the configuration: that may have changed. For each instance of which an
// address is there it sends priority 0, waits for the new Master's advertisement, for as long as
// the peer of the lowest priority takes to become it, and removes the addresses. What was left as
// planned because nobody answered is left to the next start, or to the kernel's lease.
#pragma once

#include <cstdint>
#include <string>

namespace evenkeel::daemon {

enum class ReleaseScope : std::uint8_t {
  Leftovers,   ///< what a killed daemon left
  Everything,  ///< also what a stopped one left for the next start, and the services in IPVS
};

/// The exit status: 0 also where there was nothing to do.
[[nodiscard]] int run_release(const std::string& runtime_directory, ReleaseScope scope);

}  // namespace evenkeel::daemon
