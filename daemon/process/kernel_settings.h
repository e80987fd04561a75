// The settings of IPVS beside its table: sysctls under net.ipv4.vs and the three timeouts. They are
// set whenever IPVS becomes available and at each reload, read back, and kept for status. A setting
// that cannot be set is a warning, never a failure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/config/config.h"
#include "ipvs/backend.h"

namespace evenkeel::daemon {

struct KernelSettings {
  std::vector<std::pair<std::string, std::string>> sysctls;  ///< name, value read back
  ipvs::Timeouts timeouts;                                   ///< as read back
  std::vector<std::string> warnings;
};

/// Writes what differs and reads everything back. Blocks for a few system calls.
[[nodiscard]] KernelSettings apply_settings(const IpvsConfig& config, ipvs::Backend& backend);

}  // namespace evenkeel::daemon
