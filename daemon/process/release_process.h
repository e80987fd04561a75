// `evenkeeld release`: removes the addresses that a killed daemon has left on the interfaces.
//
// The service manager runs it (ExecStopPost), or an operator. It takes the lock of the runtime
// directory. Where a daemon has the lock, release does nothing: that daemon has the addresses. It
// reads the record and the shared page, and not the configuration, which may have changed. For each
// instance with an address on its interface it sends priority 0, waits for the new Master's
// advertisement, for as long as the peer of the lowest priority takes to become Master, and removes
// the addresses. Addresses of a planned stop that no peer answered stay for the next start, or
// until their lease ends.
#pragma once

#include <cstdint>
#include <string>

namespace evenkeel::daemon {

enum class ReleaseScope : std::uint8_t {
  Leftovers,   ///< what a killed daemon left
  Everything,  ///< also what a stopped one left for the next start, and the services in IPVS
};

/// Returns the exit status: 0 also where nothing had to be done.
[[nodiscard]] int run_release(const std::string& runtime_directory, ReleaseScope scope);

}  // namespace evenkeel::daemon
