// States of virtual services and real servers for hooks, made from the balancer's health.
//
// Pure. Health is told, never how a server is used: one that was adopted, whose checks process has
// died, or that waits for its first outcome has changed nothing. Before the first round of checks
// is over nothing is told (daemon/balancer/README.md, Readiness).
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "daemon/balancer/balancer.h"
#include "daemon/hooks/told_event.h"

namespace evenkeel::daemon {

class ServiceStates {
 public:
  /// Services and real servers that the configuration has no more are forgotten.
  void configure(const Config& config);
  /// Changes of a service, by its index.
  [[nodiscard]] std::vector<ToldEvent> report(const Balancer& balancer, std::size_t service);
  /// Every known state once more.
  [[nodiscard]] std::vector<ToldEvent> again(const Balancer& balancer, const std::string& reason);

 private:
  void add_servers(const Balancer& balancer, std::size_t service, const std::string& again,
                   std::vector<ToldEvent>& events);
  void add_service(const Balancer& balancer, std::size_t service, const std::string& again,
                   std::vector<ToldEvent>& events);
  void add(ToldEvent told, const std::string& again, std::vector<ToldEvent>& events);

  std::map<HookOwner, HookKey> told_;  ///< the last state
};

}  // namespace evenkeel::daemon
