// Small configurations for the tests of this folder.
#pragma once

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

/// A CheckId of its own for every check, in the order of the configuration.
inline CheckUses uses_of(const Config& config) {
  CheckUses uses;
  for (std::uint32_t i = 0; i < config.services.size(); ++i) {
    for (std::uint32_t j = 0; j < config.services[i].real_servers.size(); ++j) {
      for (std::uint32_t k = 0; k < config.services[i].real_servers[j].checks.size(); ++k) {
        uses.push_back({CheckUse{.service = i, .real_server = j, .check = k}});
      }
    }
  }
  return uses;
}

inline checks::CheckOutcome outcome(checks::CheckId id, checks::Reason reason,
                                    std::string detail = "") {
  return {.id = id, .reason = reason, .detail = std::move(detail), .latency = 4ms};
}

}  // namespace evenkeel::daemon::sample
