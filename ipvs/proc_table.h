// The text of /proc/net/ip_vs -> a table: the kernel's whole table in one cheap read.
//
// Pure. Source: Linux net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_info_seq_show() (6.1):
//
//     IP Virtual Server version 1.2.1 (size=4096)
//     Prot LocalAddress:Port Scheduler Flags
//       -> RemoteAddress:Port Forward Weight ActiveConn InActConn
//     TCP  C000020A:0050 wlc persistent 75000 FFFFFFFF
//       -> 0A000003:0050      Masq    1      0          0
//     TCP  [2001:0db8:0000:0000:0000:0000:0000:0010]:0050 wrr
//     FWM  00000007 rr ops
//
// brief_view.h says what of a table is not told here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

#include "ipvs/backend.h"
#include "ipvs/types.h"

namespace evenkeel::ipvs {

enum class ProcTableError : std::uint8_t {
  NoHeading,             ///< the text is not this file's
  BadService,            ///< a service's line
  BadDestination,        ///< a destination's line
  DestinationOfNothing,  ///< one that no service precedes
};
constexpr auto words_of(ProcTableError) {
  using enum ProcTableError;
  return fields::words<ProcTableError>({{NoHeading, "not a table of IPVS"},
                                        {BadService, "service that cannot be read"},
                                        {BadDestination, "destination that cannot be read"},
                                        {DestinationOfNothing, "destination without a service"}});
}

struct ProcTableFailure {
  ProcTableError error = ProcTableError::NoHeading;
  std::size_t line = 0;  ///< from 1

  friend bool operator==(const ProcTableFailure&, const ProcTableFailure&) = default;
};

/// The table as brief_view() has it, with the connections of each destination. Services of a
/// protocol above 255 are left out. Linear.
[[nodiscard]] tl::expected<BriefReading, ProcTableFailure> parse_proc_table(std::string_view text);

}  // namespace evenkeel::ipvs
