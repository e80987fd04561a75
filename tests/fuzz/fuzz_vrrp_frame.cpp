// Ethernet frames from anybody on the link, read for who claims an address. A claim comes back from
// an announcement of it.
#include <cstdlib>
#include <span>

#include "vrrp/announcement.h"

using namespace evenkeel::vrrp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto claim = claim_in({data, size});
  if (!claim) return 0;
  if (claim->address.is_multicast() || claim->address.is_unspecified()) std::abort();
  for (const bool is_reply : {false, true}) {
    if (claim_in(announcement(claim->address, claim->mac, is_reply).octets()) != claim)
      std::abort();
  }
  if (claim_in(probe(claim->address, claim->mac).octets()).has_value()) std::abort();
  return 0;
}
