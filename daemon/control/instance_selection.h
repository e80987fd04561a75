// The instances that a client's request selects.
//
// Pure. A selector is an instance's name.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/balancer/snapshot.h"
#include "daemon/control/protocol.h"
#include "daemon/fields/table.h"

namespace evenkeel::daemon {

/// The request of a command about instances.
struct InstancesRequest {
  std::vector<std::string> instances;  ///< names; empty: all that the command is for
};
constexpr auto fields_of(fields::Of<InstancesRequest>) {
  return fields::table(fields::field<&InstancesRequest::instances>("instances"));
}

/// Each once, in their order; no names: all. UnknownInstance names the first that there is not.
[[nodiscard]] tl::expected<std::vector<const InstanceSnapshot*>, ProtocolError> select_instances(
    const Snapshot& snapshot, const std::vector<std::string>& names);

/// The same by name, with all members of their sync groups: what a failover moves, and a resume
/// lets go, together.
[[nodiscard]] tl::expected<std::vector<std::string>, ProtocolError> select_with_groups(
    const Snapshot& snapshot, const std::vector<std::string>& names);

}  // namespace evenkeel::daemon
