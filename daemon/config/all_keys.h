// The keys of every table of the file but [ipvs.sysctl] (sysctl.h).
//
// Pure. For the build (reference.cpp), and for tests.
#pragma once

#include <type_traits>

#include "daemon/config/global_keys.h"
#include "daemon/config/script_keys.h"
#include "daemon/config/service_keys.h"
#include "daemon/config/vrrp_keys.h"

namespace evenkeel::daemon {

/// `act` with std::type_identity of each struct that Keys describes, that of the file first.
template <typename Act>
void for_each_table(Act&& act) {
  const auto with = [&]<typename... Tables>() { (act(std::type_identity<Tables>()), ...); };
  with.template
  operator()<Config, GlobalConfig, IpvsConfig, IpvsTimeouts, vrrp::Config, vrrp::InstanceConfig,
             vrrp::AnnouncementSchedule, vrrp::SyncGroupConfig, WhileMaster, CheckTemplate, Script,
             ServiceConfig, ipvs::Tunnel, RealServerConfig, SorryServer>();
  for_each_track_kind([&]<vrrp::TrackKind kind>(std::integral_constant<vrrp::TrackKind, kind>) {
    act(std::type_identity<TrackEntry<kind>>());
  });
}

}  // namespace evenkeel::daemon
