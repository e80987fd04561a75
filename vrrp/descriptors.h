// How many descriptors the vrrp process has open: for whoever knows its limit before it starts.
//
// Pure.
#pragma once

#include <cstddef>

#include "vrrp/config.h"

namespace evenkeel::vrrp {

/// The most descriptors that this configuration takes: two for each (link, family, delivery), to
/// receive and to send, and those of any process. A reload to other links has the old ones' sockets
/// beside the new ones' until the old instances have left.
[[nodiscard]] std::size_t descriptors_needed(const Config& config);

}  // namespace evenkeel::vrrp
