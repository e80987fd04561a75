// One instance's status in a message: names, numbers, addresses. Pure; part of message.h's codec.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/process/wire.h"
#include "vrrp/status.h"

namespace evenkeel::daemon {

/// A count of one octet, and the name; above kMaxInstanceName: std::length_error.
void put_name(WireWriter& to, std::string_view name);

/// At most kMaxPeersShown peers.
void put_status(WireWriter& to, const vrrp::InstanceStatus& status);
/// Nothing: a value that put_status does not write. What is missing shows in the reader.
[[nodiscard]] std::optional<vrrp::InstanceStatus> take_status(WireReader& from);

}  // namespace evenkeel::daemon
