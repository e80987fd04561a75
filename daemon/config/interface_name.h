// The name of an interface, as a value of the file.
//
// Pure.
#pragma once

#include "daemon/config/names.h"
#include "daemon/fields/key.h"

namespace evenkeel::daemon {

constexpr fields::Text kInterfaceName = {
    .is_allowed = is_interface_name,
    .longest = kMaxInterfaceName,
    .expected = "the name of an interface: 1 .. {max} octets without '/', ':' and spaces",
    .pattern = "^[^/:\\s]+$"};

}  // namespace evenkeel::daemon
