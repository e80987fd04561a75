#include "daemon/process/kernel_settings.h"

#include "ipvs/sysctl.h"

namespace evenkeel::daemon {

KernelSettings apply_settings(const IpvsConfig& config, ipvs::Backend& backend) {
  KernelSettings settings;
  const ipvs::Sysctls sysctls;
  for (const ipvs::SysctlError& error : sysctls.write(config.sysctl)) {
    settings.warnings.push_back(error.message);
  }
  for (const auto& [name, wanted] : config.sysctl) {
    const auto value = sysctls.read(name);
    if (value) settings.sysctls.emplace_back(name, std::to_string(*value));
  }
  const IpvsTimeouts& timeouts = config.timeouts;
  const ipvs::Timeouts wanted{.tcp = static_cast<std::uint32_t>(timeouts.tcp.count()),
                              .tcp_fin = static_cast<std::uint32_t>(timeouts.tcp_fin.count()),
                              .udp = static_cast<std::uint32_t>(timeouts.udp.count())};
  if (wanted != ipvs::Timeouts{}) {
    if (const auto set = backend.set_timeouts(wanted); !set) {
      settings.warnings.push_back("cannot set the timeouts: " + set.error().message);
    }
  }
  if (const auto read = backend.timeouts()) settings.timeouts = *read;
  return settings;
}

}  // namespace evenkeel::daemon
