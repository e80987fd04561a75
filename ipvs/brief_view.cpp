#include "ipvs/brief_view.h"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

namespace evenkeel::ipvs {

namespace {

/// As /proc shows it: ip_vs_fwd_name() calls all others masquerading.
ForwardingMethod brief(ForwardingMethod method) {
  switch (method) {
    case ForwardingMethod::Local:
    case ForwardingMethod::Tunnel:
    case ForwardingMethod::Direct:
      return method;
    case ForwardingMethod::Masquerade:
    case ForwardingMethod::Bypass:
      break;
  }
  return ForwardingMethod::Masquerade;
}

Destination brief(const Destination& destination) {
  Destination out;
  out.key = destination.key;
  out.forwarding = brief(destination.forwarding);
  out.weight = destination.weight;
  return out;
}

/// The netmask as it is printed: %08X of ntohl(netmask), which for IPv6 is a prefix length in host
/// byte order and comes out with its bytes reversed.
std::uint32_t reversed_on_little_endian(std::uint32_t value) {
  if constexpr (std::endian::native == std::endian::big) return value;
  return value << 24U | (value & 0xff00U) << 8U | (value >> 8U & 0xff00U) | value >> 24U;
}

std::uint32_t netmask_as_printed(const Service& service) {
  if (service.key.family == Family::Ipv6) {
    return reversed_on_little_endian(service.persistence_prefix);
  }
  const unsigned prefix = std::min<unsigned>(service.persistence_prefix, 32);
  return prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix);
}

/// 0: no prefix.
std::uint8_t prefix_of(std::uint32_t printed, Family family) {
  if (family == Family::Ipv6) {
    const std::uint32_t prefix = reversed_on_little_endian(printed);
    return static_cast<std::uint8_t>(prefix <= 128 ? prefix : 0);
  }
  const int ones = std::countl_one(printed);
  return static_cast<std::uint8_t>(std::popcount(printed) == ones ? ones : 0);
}

Family family_of(const Destination& destination) {
  return destination.key.address.is_v6() ? Family::Ipv6 : Family::Ipv4;
}

Family family_told_by(const std::map<DestinationKey, Destination>& destinations) {
  for (const auto& [key, destination] : destinations) {
    if (destination.forwarding != ForwardingMethod::Tunnel) return family_of(destination);
  }
  return destinations.empty() ? Family::Ipv4 : family_of(destinations.begin()->second);
}

/// The two families of a firewall mark become one entry, the same in either order.
void merge(ServiceEntry& entry, const ServiceEntry& other) {
  const auto service_rank = [](const Service& service) {
    return std::tie(service.scheduler, service.flags, service.persistence_prefix);
  };
  const auto destination_rank = [](const Destination& destination) {
    return std::tie(destination.weight, destination.forwarding);
  };
  if (service_rank(other.service) < service_rank(entry.service)) entry.service = other.service;
  for (const auto& [key, destination] : other.destinations) {
    const auto [place, is_new] = entry.destinations.emplace(key, destination);
    if (!is_new && destination_rank(place->second) < destination_rank(destination)) {
      place->second = destination;
    }
  }
}

}  // namespace

void BriefEntry::add_to(BriefReading& reading) && {
  Service& service = entry.service;
  if (service.key.firewall_mark != 0) service.key.family = family_told_by(entry.destinations);
  const bool is_v6 = service.key.family == Family::Ipv6;
  service.persistence_prefix = (service.flags & ServiceFlags::kPersistent) != 0
                                   ? prefix_of(printed_netmask, service.key.family)
                                   : static_cast<std::uint8_t>(is_v6 ? 128 : 32);

  auto& sums = reading.counters[service.key].destinations;
  for (const auto& [key, more] : counters) {
    sums[key].active_connections += more.active_connections;
    sums[key].inactive_connections += more.inactive_connections;
  }
  const auto place = reading.table.find(service.key);
  if (place != reading.table.end()) {
    merge(place->second, entry);
  } else {
    const ServiceKey key = service.key;
    reading.table.emplace(key, std::move(entry));
  }
}

Table brief_view(const Table& table) {
  BriefReading reading;
  for (const auto& [key, entry] : table) {
    BriefEntry shown;
    Service& service = shown.entry.service;
    service.key = key;
    service.scheduler = entry.service.scheduler;
    service.flags = entry.service.flags & (ServiceFlags::kPersistent | ServiceFlags::kOnePacket);
    if (key.firewall_mark == 0 && key.family == Family::Ipv6) {
      service.flags &= ~ServiceFlags::kOnePacket;
    }
    shown.printed_netmask = netmask_as_printed(entry.service);
    for (const auto& [destination_key, destination] : entry.destinations) {
      shown.entry.destinations.emplace_hint(shown.entry.destinations.end(), destination_key,
                                            brief(destination));
    }
    std::move(shown).add_to(reading);
  }
  return std::move(reading.table);
}

}  // namespace evenkeel::ipvs
