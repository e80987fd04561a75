#include "vrrp/rival_sighting.h"

#include <algorithm>

namespace evenkeel::vrrp {
namespace {

bool is_password_other(const Advertisement& theirs, const OwnRouter& own) {
  if (theirs.version != Version::V2 || own.config.version != Version::V2) return false;
  const auto same = compare(theirs, {.version = Version::V2,
                                     .interval = theirs.interval,
                                     .is_authenticated = !own.config.password.empty(),
                                     .password = own.password});
  return !same;
}

/// The differences for which an instance drops the advertisement.
DifferenceSet refusals(const Sighting& sighting, const OwnRouter& own) {
  const Received& received = sighting.received;
  const Advertisement& theirs = received.advertisement;
  const InstanceConfig& config = own.config;
  DifferenceSet set;
  if (theirs.family != config.family) {
    set.add(Difference::VirtualRouterId);
    return set;  // nothing else of the two can be compared
  }
  if (theirs.virtual_router_id != config.virtual_router_id) set.add(Difference::VirtualRouterId);
  if (theirs.version != config.version) set.add(Difference::Version);
  if (is_password_other(theirs, own)) set.add(Difference::Authentication);
  if (sighting.is_elsewhere || !is_our_delivery(received.destination, config)) {
    set.add(Difference::Delivery);
  }
  if (received.source == own.source) {
    set.add(Difference::SameSource);
  } else if (config.unicast && !received.destination.is_multicast()) {
    const auto& peers = config.unicast->peers;
    if (std::find(peers.begin(), peers.end(), received.source) == peers.end()) {
      set.add(Difference::Sender);
    }
  }
  const bool are_v2 = theirs.version == Version::V2 && config.version == Version::V2;
  if (are_v2 && theirs.interval != config.advertisement_interval) set.add(Difference::Interval);
  return set;
}

}  // namespace

std::optional<Rival> rival_in(const Sighting& sighting, const OwnRouter& own) {
  const Advertisement& theirs = sighting.received.advertisement;
  const bool has_our_id = theirs.virtual_router_id == own.config.virtual_router_id &&
                          theirs.family == own.config.family;
  DifferenceSet differences = refusals(sighting, own);
  if (sighting.is_unheard && differences.empty()) differences.add(Difference::Unheard);
  // A sender that differs in this way takes no part in our election: it is another router.
  const bool is_other = !differences.empty();
  if (is_other && !sighting.common) return std::nullopt;

  Rival rival{.mac = sighting.mac,
              .source = sighting.received.source,
              .is_owner = is_other,
              .is_elsewhere = sighting.is_elsewhere,
              .address = sighting.common,
              .virtual_router_id = theirs.virtual_router_id,
              .priority = theirs.priority,
              .version = theirs.version,
              .interval = theirs.interval,
              .destination = sighting.received.destination,
              .is_authenticated = theirs.is_authenticated,
              .heard = sighting.at};
  if (has_our_id && theirs.interval != own.config.advertisement_interval) {
    differences.add(Difference::Interval);
  }
  rival.differences = differences;
  return rival;
}

}  // namespace evenkeel::vrrp
