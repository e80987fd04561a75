#include "tests/daemon/control/sample_snapshot.h"

#include <chrono>

namespace evenkeel::daemon {

using namespace std::chrono_literals;

namespace {
constexpr std::chrono::system_clock::time_point kNow{std::chrono::seconds(1'700'000'000)};
}

ServiceSnapshot tcp_service(const std::string& name, const std::string& address,
                            std::uint16_t port) {
  ServiceSnapshot service;
  service.name = name;
  service.service.key.address = boost::asio::ip::make_address(address);
  service.service.key.port = port;
  if (service.service.key.address.is_v6()) {
    service.service.key.family = ipvs::Family::Ipv6;
    service.service.persistence_prefix = 128;
  }
  service.has_quorum = true;
  return service;
}

RealServerSnapshot real_server(const std::string& address, std::uint16_t port,
                               ipvs::ForwardingMethod forwarding) {
  RealServerSnapshot server;
  server.destination.key = {boost::asio::ip::make_address(address), port};
  server.name = to_string(server.destination.key);
  server.destination.forwarding = forwarding;
  server.weight = 1;
  server.usage = Usage::Used;
  server.health = checks::Health::Up;
  server.since = kNow - 12 * 24h;
  server.explanation = "200 in 4ms";
  return server;
}

Snapshot healthy_snapshot() {
  Snapshot snapshot;
  snapshot.version = "0.1.0";
  snapshot.node_name = "lb1";
  snapshot.config_digest = "7c1e4f";
  snapshot.generation = 4;
  snapshot.now = kNow;
  snapshot.loaded = kNow - 3 * 24h;
  snapshot.kernel = KernelState::InSync;
  snapshot.is_ready = true;

  ServiceSnapshot web = tcp_service("web", "192.0.2.10", 80);
  web.service.persistence_seconds = 300;
  web.service.flags = ipvs::ServiceFlags::kPersistent;
  web.up = 1;
  web.total = 2;
  RealServerSnapshot up = real_server("192.0.2.21", 80, ipvs::ForwardingMethod::Direct);
  up.weight = 3;
  up.destination.weight = 3;
  up.counters.active_connections = 812;
  up.counters.inactive_connections = 1204;
  RealServerSnapshot down = real_server("192.0.2.23", 80, ipvs::ForwardingMethod::Direct);
  down.weight = 0;
  down.usage = Usage::Absent;
  down.health = checks::Health::Down;
  down.since = kNow - 12min;
  down.explanation = "connect timeout (3 of 3)";
  web.real_servers = {up, down};
  snapshot.services.push_back(web);
  return snapshot;
}

InstanceSnapshot master_instance() {
  InstanceSnapshot instance;
  vrrp::InstanceConfig& config = instance.config;
  config.name = "web";
  config.interface = "eth0";
  config.virtual_router_id = 61;
  config.priority = 150;
  config.virtual_addresses = {{boost::asio::ip::make_address("192.0.2.10"), 24}};
  vrrp::InstanceStatus& status = instance.status;
  status.name = "web";
  status.state = vrrp::State::Master;
  status.reason = vrrp::Reason::MasterDownTimerExpired;
  status.priority = 150;
  status.is_ready = true;
  status.master_down_interval = 3414062500ns;
  status.worst_lateness = 1300us;
  status.peers = {{boost::asio::ip::make_address("192.0.2.3"), 100, 1s, vrrp::TimePoint(5s)}};
  status.counters.became_master = 2;
  status.counters.left_master = 1;
  instance.peers_heard = {kNow - 3min};
  instance.since = kNow - 12 * 24h;
  return instance;
}

InstanceSnapshot backup_instance() {
  InstanceSnapshot instance = master_instance();
  instance.config.priority = 100;
  instance.status.state = vrrp::State::Backup;
  instance.status.reason = vrrp::Reason::BetterMaster;
  instance.status.priority = 100;
  instance.status.master = boost::asio::ip::make_address("192.0.2.2");
  instance.status.peers[0].address = *instance.status.master;
  instance.status.peers[0].priority = 150;
  instance.status.counters.became_master = instance.status.counters.left_master = 0;
  return instance;
}

InstanceSnapshot failed_instance() {
  InstanceSnapshot instance = backup_instance();
  instance.status.state = vrrp::State::Initialize;
  instance.status.reason = vrrp::Reason::InterfaceMissing;
  instance.status.master.reset();
  return instance;
}

std::shared_ptr<const Snapshot> large_snapshot(std::size_t services, std::size_t servers) {
  auto snapshot = std::make_shared<Snapshot>(healthy_snapshot());
  snapshot->services.clear();
  for (std::size_t i = 0; i < services; ++i) {
    const std::string network = std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
    ServiceSnapshot service = tcp_service("service" + std::to_string(i), "10.1." + network, 443);
    service.up = service.total = static_cast<std::uint32_t>(servers);
    for (std::size_t j = 0; j < servers; ++j) {
      RealServerSnapshot server = real_server("172." + std::to_string(16 + j / 250) + "." + network,
                                              8443, ipvs::ForwardingMethod::Masquerade);
      server.destination.key.port = static_cast<std::uint16_t>(8000 + j);
      server.counters.active_connections = static_cast<std::uint32_t>(i * 17 + j);
      server.counters.inactive_connections = static_cast<std::uint32_t>(i * 31 + j * 7);
      server.last =
          checks::CheckOutcome{static_cast<checks::CheckId>(j), checks::Reason::Passed, "200", 4ms};
      service.real_servers.push_back(server);
    }
    snapshot->services.push_back(service);
  }
  return snapshot;
}

}  // namespace evenkeel::daemon
