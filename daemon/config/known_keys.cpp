#include "daemon/config/known_keys.h"

#include <algorithm>
#include <array>

#include "daemon/config/global_keys.h"
#include "daemon/config/service_keys.h"
#include "daemon/config/sysctl.h"
#include "daemon/config/vrrp_keys.h"

namespace evenkeel::daemon {

const KnownKey* KnownTable::find(std::string_view key) const {
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const KnownKey& known) { return known.name == key; });
  return found == keys.end() ? nullptr : &*found;
}

std::span<const KnownTable> known_tables() {
  static const std::array tables = {kKnownTable<Config>,
                                    kKnownTable<GlobalConfig>,
                                    kKnownTable<IpvsConfig>,
                                    kKnownTable<IpvsTimeouts>,
                                    sysctl_table(),
                                    kKnownTable<vrrp::Config>,
                                    kKnownTable<vrrp::InstanceConfig>,
                                    kKnownTable<vrrp::AnnouncementSchedule>,
                                    kKnownTable<vrrp::SyncGroupConfig>,
                                    kKnownTable<CheckTemplate>,
                                    kKnownTable<ServiceConfig>,
                                    kKnownTable<ipvs::Tunnel>,
                                    kKnownTable<RealServerConfig>,
                                    kKnownTable<SorryServer>};
  return tables;
}

}  // namespace evenkeel::daemon
