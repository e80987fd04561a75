// The identity of an instance in this process.
#pragma once

#include <cstdint>

namespace evenkeel::vrrp {

/// One for as long as reloads let the instance go on, whatever its name; never used twice. An
/// instance that is replaced and the one that replaces it are two, be their name and key() the
/// same. 0: no instance.
using RouterId = std::uint32_t;

}  // namespace evenkeel::vrrp
