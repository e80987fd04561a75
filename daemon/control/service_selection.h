// Which services and real servers a client means.
//
// Pure. A selector is a service's name, "192.0.2.10" (every port there), "192.0.2.10:80" (every
// protocol), "tcp 192.0.2.10:80", "fwm 7" or "fwm 7 ipv6"; the protocol's case does not matter. One
// that selects no service is a real server's: "web/web1", "web1" in each service, "192.0.2.21" or
// "192.0.2.21:80" likewise.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/balancer/snapshot.h"
#include "daemon/control/protocol.h"

namespace evenkeel::daemon {

/// The same moment with only the selected services, in their order, and no instances; where a real
/// server was selected, and not its service, with no other of that service. No selectors:
/// `snapshot` itself. UnknownService names the first selector that selects nothing.
[[nodiscard]] tl::expected<std::shared_ptr<const Snapshot>, ProtocolError> select_services(
    const std::shared_ptr<const Snapshot>& snapshot, const std::vector<std::string>& selectors);

}  // namespace evenkeel::daemon
