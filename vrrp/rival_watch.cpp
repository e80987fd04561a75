#include "vrrp/rival_watch.h"

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <utility>

#include "vrrp/receive_time.h"

namespace evenkeel::vrrp {

bool RivalWatch::is_own(const MacAddress& mac) const {
  return mac != MacAddress{} && std::binary_search(host_macs_.begin(), host_macs_.end(), mac);
}

void RivalWatch::update(const std::vector<std::unique_ptr<Router>>& routers) {
  if (is_indexed_) return;
  addresses_.clear();
  places_.clear();
  for (const auto& router : routers) {
    for (const AddressKey& key : router->address_keys()) addresses_.add(key, *router);
    const InstanceConfig& config = router->instance().config();
    places_.push_back({.interface_index = router->link_index(),
                       .family = config.family,
                       .virtual_router_id = config.virtual_router_id,
                       .router = router.get()});
  }
  addresses_.sort();
  std::sort(places_.begin(), places_.end(),
            [](const Place& a, const Place& b) { return a.key() < b.key(); });
  seen_.reserve(routers.size());
  is_indexed_ = true;
}

Router* RivalWatch::with_id(int interface_index, Family family, std::uint8_t id) const {
  const auto wanted = std::tuple(interface_index, family, id);
  const auto found =
      std::lower_bound(places_.begin(), places_.end(), wanted,
                       [](const Place& place, const auto& key) { return place.key() < key; });
  return found == places_.end() || found->key() != wanted ? nullptr : found->router;
}

Router* RivalWatch::first_on(int interface_index, Family family) const {
  const auto found = std::lower_bound(
      places_.begin(), places_.end(), std::tuple(interface_index, family, std::uint8_t{0}),
      [](const Place& place, const auto& key) { return place.key() < key; });
  if (found == places_.end() || found->interface_index != interface_index ||
      found->family != family) {
    return nullptr;
  }
  return found->router;
}

void RivalWatch::note(Router& router) {
  if (std::find(seen_.begin(), seen_.end(), &router) == seen_.end()) seen_.push_back(&router);
}

std::span<Router* const> RivalWatch::look(std::span<std::uint8_t> buffer, TimePoint now) {
  seen_.clear();
  next_look_ = TimePoint::max();
  if (now < pause_until_) {
    next_look_ = pause_until_;
    return seen_;
  }
  const auto wall_clock = std::chrono::system_clock::now();
  for (int count = 0; count < kPacketsALook; ++count) {
    const auto packet = tap_.receive(buffer);
    if (!packet) return seen_;
    show(*packet, on_our_clock(packet->received, now, wall_clock, std::chrono::seconds(1)));
  }
  next_look_ = pause_until_ = now + kPause;
  return seen_;
}

/// Packets that come to our receive sockets are counted there.
void RivalWatch::count_malformed(const AdvertisementTap::Packet& packet, DecodeError error) {
  const Datagram& datagram = packet.datagram;
  const auto id = virtual_router_id_in(datagram);
  Router* router = id ? with_id(packet.interface_index, datagram.family, *id) : nullptr;
  if (router == nullptr) {
    router = first_on(packet.interface_index, datagram.family);
    if (id && router != nullptr) ++router->instance().counters().others_heard;
  } else if (!is_our_delivery(datagram.destination, router->instance().config())) {
    router->count_drop(error, datagram.source);
  }
}

void RivalWatch::show(const AdvertisementTap::Packet& packet, TimePoint at) {
  if (is_own(packet.mac)) return;
  const auto received = decode_advertisement(packet.datagram);
  if (!received) return count_malformed(packet, received.error());
  const Advertisement& theirs = received->advertisement;
  boost::container::static_vector<std::pair<Router*, Address>, kMostRouters> having;
  const std::size_t size = theirs.family == Family::IPv4 ? 4 : 16;
  for (std::size_t i = 0; i < theirs.addresses.size(); i += size) {
    const AddressKey key = key_of(theirs.addresses.subspan(i, size));
    addresses_.each_with(key, [&](Router& router) {
      if (!router.is_on(packet.interface_index)) return;
      const bool is_known = std::any_of(having.begin(), having.end(),
                                        [&](const auto& each) { return each.first == &router; });
      if (is_known || having.size() == having.capacity()) return;
      having.emplace_back(&router, address_of(key, theirs.family));
    });
  }
  Router* same_id = with_id(packet.interface_index, theirs.family, theirs.virtual_router_id);
  for (const auto& [router, address] : having) {
    router->see_advertisement(*received, packet, address, at);
    note(*router);
    if (router == same_id) same_id = nullptr;
  }
  if (same_id != nullptr) {
    same_id->see_advertisement(*received, packet, std::nullopt, at);
    note(*same_id);
  } else if (having.empty()) {
    if (Router* first = first_on(packet.interface_index, theirs.family)) {
      ++first->instance().counters().others_heard;
    }
  }
}

}  // namespace evenkeel::vrrp
