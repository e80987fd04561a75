// What of a table /proc/net/ip_vs tells, so that the cheap read of it can be compared with a whole
// one.
//
// Pure. Source: Linux net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_info_seq_show() (6.1). It does not
// tell: the flags of a scheduler; one-packet scheduling of an IPv6 service without a firewall mark;
// the persistence engine; tunnels; thresholds; statistics; persistent connections; the family of a
// firewall mark. It tells persistence in ticks of the kernel, whose number per second a program
// cannot know: only whether there is any is used. A change of only what is not told is found by the
// next full read.
#pragma once

#include <cstdint>
#include <map>

#include "ipvs/backend.h"
#include "ipvs/types.h"

namespace evenkeel::ipvs {

/// What /proc would tell of a table: two tables look the same there exactly if their views are
/// equal. What is not told holds its default; a persistent service has kPersistent and 0 seconds.
/// A firewall mark has the family of its destinations that are not reached through a tunnel (the
/// kernel lets them have no other), else of its first, else IPv4; if both families of one mark come
/// to the same key, they are one entry.
[[nodiscard]] Table brief_view(const Table& table);

/// One service as its lines tell it, for the parser of that file.
struct BriefEntry {
  ServiceEntry entry;
  std::map<DestinationKey, DestinationCounters> counters;
  std::uint32_t printed_netmask = 0;  ///< of a persistent one

  /// Fills in what depends on the whole entry, and adds it.
  void add_to(BriefReading& reading) &&;
};

}  // namespace evenkeel::ipvs
