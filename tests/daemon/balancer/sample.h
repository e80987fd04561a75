// Small configurations for the tests of this folder.
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "daemon/balancer/balancer.h"

namespace evenkeel::daemon::sample {

using namespace std::chrono_literals;

inline ipvs::Address ip(const std::string& text) {
  return boost::asio::ip::make_address(text);
}

inline ServerCheck tcp_check(std::uint16_t rise = 2, std::uint16_t fall = 3) {
  ServerCheck check{.name = "tcp", .check = {}};
  check.check.rise = rise;
  check.check.fall = fall;
  return check;
}

/// A service 192.0.2.10:PORT with `count` real servers 10.0.0.1.. of weight 1, each with one check.
inline ServiceConfig service(std::uint16_t port, int count, bool checked = true) {
  ServiceConfig result;
  result.name = "web" + std::to_string(port);
  result.service.key = {.firewall_mark = 0,
                        .family = ipvs::Family::Ipv4,
                        .protocol = ipvs::Protocol::Tcp,
                        .address = ip("192.0.2.10"),
                        .port = port};
  for (int i = 1; i <= count; ++i) {
    RealServerConfig server;
    server.destination.key = {ip("10.0.0." + std::to_string(i)), port};
    server.name = ipvs::to_string(server.destination.key);
    if (checked) {
      server.checks = {tcp_check()};
      server.checks[0].check.address = server.destination.key.address;
      server.checks[0].check.port = port;
    }
    result.real_servers.push_back(server);
  }
  return result;
}

inline std::shared_ptr<const Config> config(std::vector<ServiceConfig> services) {
  auto result = std::make_shared<Config>();
  result->services = std::move(services);
  return result;
}

/// The id of the check at this place in the order of the configuration; beyond its end: nobody's.
inline checks::CheckId id_at(const Balancer& balancer, std::size_t place) {
  const auto list = balancer.check_list();
  for (const ServiceConfig& service : balancer.config()->services) {
    for (const RealServerConfig& server : service.real_servers) {
      for (const ServerCheck& check : server.checks) {
        if (place-- > 0) continue;
        for (const checks::ListedCheck& each : list) {
          if (each.check == check.check) return each.id;
        }
      }
    }
  }
  return std::numeric_limits<checks::CheckId>::max();
}

inline checks::CheckOutcome outcome(checks::CheckId id, checks::Reason reason,
                                    std::string detail = "") {
  return {.id = id, .reason = reason, .detail = std::move(detail), .latency = 4ms};
}

}  // namespace evenkeel::daemon::sample
