// Ethernet frames from any host on the link, read for address conflicts. An announcement of what
// was read gives the same conflict.
#include <cstdlib>
#include <span>

#include "vrrp/announcement.h"

using namespace evenkeel::vrrp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto conflict = conflict_in({data, size});
  if (!conflict) return 0;
  if (conflict->address.is_multicast() || conflict->address.is_unspecified()) std::abort();
  if (conflict_in(announcement(conflict->address, conflict->mac).octets()) != conflict)
    std::abort();
  if (conflict_in(probe(conflict->address, conflict->mac).octets()).has_value()) std::abort();
  return 0;
}
