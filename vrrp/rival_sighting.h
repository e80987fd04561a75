// Another host's advertisement compared with our own: whether it is of our virtual router or has
// our addresses, and in what it differs.
//
// Pure, and allocates nothing: it runs for every advertisement that is heard.
#pragma once

#include <optional>

#include "vrrp/advertisement.h"
#include "vrrp/rival.h"

namespace evenkeel::vrrp {

/// A virtual router of ours, as it is compared.
struct OwnRouter {
  const InstanceConfig& config;
  const Password& password;
  Address source{};  ///< of our advertisements
};

struct Sighting {
  const Received& received;  ///< from another host
  MacAddress mac{};
  std::optional<Address> common;  ///< one of our addresses, extra ones too, that it names
  /// An instance like ours would accept it, but the receive socket has not had it.
  bool is_unheard = false;
  /// Not on the interface that our advertisements go over.
  bool is_elsewhere = false;
  TimePoint at{};
};

/// Nothing: the sender has none of our addresses, and is another virtual router, or has our ID and
/// a difference for which we drop its advertisements. A rival without differences is a peer as it
/// should be.
[[nodiscard]] std::optional<Rival> rival_in(const Sighting& sighting, const OwnRouter& own);

}  // namespace evenkeel::vrrp
