// The part of a table that /proc/net/ip_vs shows, so that this cheap reading can be compared with a
// whole table.
//
// Pure. Source: Linux net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_info_seq_show() (6.1). The file does
// not show: the flags of a scheduler; one-packet scheduling of an IPv6 service without a firewall
// mark; the persistence engine; tunnels; thresholds; statistics; persistent connections; the family
// of a firewall mark. The file shows persistence in ticks of the kernel. A program cannot know how
// many of them a second has, so only the presence of persistence counts. A change in what the file
// does not show is found by the next full reading.
#pragma once

#include <cstdint>
#include <map>

#include "ipvs/backend.h"
#include "ipvs/types.h"

namespace evenkeel::ipvs {

/// The table as /proc would show it: two tables look the same there exactly if their views are
/// equal. A field that the file lacks has its default; a persistent service has kPersistent and 0
/// s. A firewall mark has the family of its destinations that are not reached through a tunnel (the
/// kernel lets them have no other), else of its first, else IPv4; if both families of one mark come
/// to the same key, they are one entry.
[[nodiscard]] Table brief_view(const Table& table);

/// A service as the lines of the file show it, for their parser.
struct BriefEntry {
  ServiceEntry entry;
  std::map<DestinationKey, DestinationCounters> counters;
  std::uint32_t printed_netmask = 0;  ///< of a persistent one

  /// Fills in what depends on the whole entry, and adds it.
  void add_to(BriefReading& reading) &&;
};

}  // namespace evenkeel::ipvs
