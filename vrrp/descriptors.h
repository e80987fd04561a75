// How many descriptors the vrrp process has open: for whoever knows its limit before it starts.
//
// Pure.
#pragma once

#include <cstddef>

#include "vrrp/config.h"

namespace evenkeel::vrrp {

/// At most so many with this configuration: sockets to receive, to send and to hear other Masters
/// for each (link, family, delivery), and what any process has. The sockets of a reload's old
/// instances are there beside the new ones until they have left.
[[nodiscard]] std::size_t descriptors_needed(const Config& config);

}  // namespace evenkeel::vrrp
