// Snapshots that the tests of control/ and ctl/ and the benchmark show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "daemon/balancer/snapshot.h"

namespace evenkeel::daemon {

/// "192.0.2.10:80" and the like as a service over TCP.
[[nodiscard]] ServiceSnapshot tcp_service(const std::string& name, const std::string& address,
                                          std::uint16_t port);
[[nodiscard]] RealServerSnapshot real_server(const std::string& address, std::uint16_t port,
                                             ipvs::ForwardingMethod forwarding);

/// lb1 as in the manual page: one service, one server up, one down.
[[nodiscard]] Snapshot healthy_snapshot();

/// "web": Master on eth0, virtual router 61, 192.0.2.10/24, heard one peer, 192.0.2.3.
[[nodiscard]] InstanceSnapshot master_instance();
/// The same on the other node: Backup of 192.0.2.2.
[[nodiscard]] InstanceSnapshot backup_instance();
/// The same where the interface is missing.
[[nodiscard]] InstanceSnapshot failed_instance();

/// `services` x `servers`, most of them up.
[[nodiscard]] std::shared_ptr<const Snapshot> large_snapshot(std::size_t services,
                                                             std::size_t servers);

}  // namespace evenkeel::daemon
