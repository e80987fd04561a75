#include "tests/ipvs/random_table.h"

#include <array>

namespace evenkeel::ipvs {

std::uint32_t RandomTable::below(std::uint32_t limit) {
  return static_cast<std::uint32_t>(random_() % limit);
}

Service RandomTable::service() {
  Service service;
  if (one_in(4)) {
    service.key.firewall_mark = 1 + below(3);
    service.key.family = one_in(2) ? Family::Ipv4 : Family::Ipv6;
  } else if (one_in(3)) {
    service.key.family = Family::Ipv6;
    service.key.address =
        boost::asio::ip::make_address("2001:db8::" + std::to_string(10 + below(3)));
  } else {
    service.key.address = boost::asio::ip::make_address("192.0.2." + std::to_string(10 + below(3)));
  }
  if (service.key.firewall_mark == 0) {
    static constexpr std::array kProtocols{Protocol::Tcp, Protocol::Udp, Protocol::Sctp};
    service.key.protocol = kProtocols[below(3)];
    service.key.port = static_cast<std::uint16_t>(80 * below(3));
  }
  change(service);
  return service;
}

void RandomTable::change(Service& service) {
  static constexpr std::array kSchedulers{"rr", "wrr", "wlc", "sh", "mh", "dh", "none"};
  const bool is_v6 = service.key.family == Family::Ipv6;
  if (one_in(2)) service.scheduler = kSchedulers[below(kSchedulers.size())];
  service.flags = (below(8) * ServiceFlags::kScheduler1) & ServiceFlags::kKnown;
  if (service.key.protocol == Protocol::Udp && one_in(4)) {
    service.flags |= ServiceFlags::kOnePacket;
  }
  service.persistence_seconds = one_in(3) ? 300 : 0;
  if (service.persistence_seconds > 0) service.flags |= ServiceFlags::kPersistent;
  service.persistence_prefix = is_v6 ? 128 : 32;
  if (one_in(4)) service.persistence_prefix = is_v6 ? 64 : 24;
}

Destination RandomTable::destination() {
  Destination destination;
  const std::string host = std::to_string(1 + below(5));
  destination.key.address =
      boost::asio::ip::make_address((one_in(3) ? "2001:db8:1::" : "198.51.100.") + host);
  destination.key.port = static_cast<std::uint16_t>(80 + below(2));
  change(destination);
  return destination;
}

void RandomTable::change(Destination& destination) {
  static constexpr std::array kMethods{ForwardingMethod::Masquerade, ForwardingMethod::Direct,
                                       ForwardingMethod::Tunnel};
  static constexpr std::array kTunnels{Tunnel{}, Tunnel{TunnelType::Gue, 6080, 1},
                                       Tunnel{TunnelType::Gre, 0, 0}};
  destination.weight = one_in(3) ? 0 : below(4);
  if (one_in(2)) return;
  destination.forwarding = kMethods[below(kMethods.size())];
  destination.tunnel = Tunnel{};
  if (destination.forwarding == ForwardingMethod::Tunnel) destination.tunnel = kTunnels[below(3)];
  destination.upper_threshold = one_in(2) ? 0 : 1000;
  destination.lower_threshold = destination.upper_threshold / 2;
}

ServiceEntry RandomTable::entry() {
  ServiceEntry entry{service(), {}};
  for (std::uint32_t left = below(8); left > 0; --left) {
    const Destination one = destination();
    entry.destinations.emplace(one.key, one);
  }
  return entry;
}

Table RandomTable::table() {
  Table table;
  for (std::uint32_t left = below(10); left > 0; --left) {
    const ServiceEntry one = entry();
    table.emplace(one.service.key, one);
  }
  return table;
}

Table RandomTable::changed(Table table) {
  std::erase_if(table, [this](const auto&) { return one_in(6); });
  for (auto& [key, service_entry] : table) {
    if (one_in(3)) change(service_entry.service);
    std::erase_if(service_entry.destinations, [this](const auto&) { return one_in(6); });
    for (auto& [destination_key, destination] : service_entry.destinations) {
      if (one_in(3)) change(destination);
    }
    if (one_in(3)) {
      const Destination one = destination();
      service_entry.destinations.emplace(one.key, one);
    }
  }
  if (one_in(2)) {
    const ServiceEntry one = entry();
    table.emplace(one.service.key, one);
  }
  return table;
}

}  // namespace evenkeel::ipvs
