// What `evenkeeld release --all` does to IPVS.
#pragma once

#include "daemon/process/runtime_directory.h"

namespace evenkeel::daemon {

/// Removes the services that the record names from the kernel, and then from the record. Needs
/// CAP_NET_ADMIN. False: some are still there, or nobody knows; the log says why.
[[nodiscard]] bool release_services(const RuntimeDirectory& runtime);

}  // namespace evenkeel::daemon
