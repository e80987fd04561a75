// Which addresses may stand in the table.
//
// Pure. The kernel refuses a destination that is not unicast (ip_vs_ctl.c, ip_vs_new_dest) but
// takes any nonsense as a virtual address (ipvs/README.md): both are judged here.
#pragma once

#include <optional>
#include <string_view>

#include "ipvs/types.h"

namespace evenkeel::daemon {

/// An address without a prefix length and without a zone; nothing for any other text.
[[nodiscard]] std::optional<ipvs::Address> parse_address(std::string_view text);

/// Why no client could be served at, and no server reached by, this address: "a multicast address".
/// Nothing for a unicast address. Loopback addresses are fine: a real server may be this host.
[[nodiscard]] std::optional<std::string_view> why_not_unicast(const ipvs::Address& address);

[[nodiscard]] ipvs::Family family_of(const ipvs::Address& address);

}  // namespace evenkeel::daemon
