// The lines that tell the operator which configuration is in force, and what a reload did. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "vrrp/config.h"

namespace evenkeel::daemon {

/// "configuration 62cbb1, generation 2, 1 virtual service, 2 instances"
[[nodiscard]] std::string summary(const Config& config, std::uint64_t generation);

/// What a reload does to the instances, by name: one that moves to another interface has changed.
struct InstanceChanges {
  std::size_t changed = 0;
  std::size_t added = 0;
  std::size_t removed = 0;

  [[nodiscard]] std::size_t total() const { return changed + added + removed; }
  friend bool operator==(const InstanceChanges&, const InstanceChanges&) = default;
};
/// Of two lists in any order.
[[nodiscard]] InstanceChanges instance_changes(const std::vector<vrrp::InstanceConfig>& before,
                                               const std::vector<vrrp::InstanceConfig>& after);

struct ReloadOutline {
  std::string config_digest;
  std::uint64_t generation = 0;
  std::uint64_t operations = 0;  ///< that the kernel's balancer was sent
  InstanceChanges instances;
  // What is not in force.
  std::string kernel_problem;         ///< why the kernel holds none of the services; "" = it does
  std::string vrrp_problem;           ///< "instance web: interface is missing"; "" = none
  std::vector<std::string> refusals;  ///< of the kernel, one a service
};

/// "one; two; three", of many the first, and how many there are: "...; and 590 more".
[[nodiscard]] std::string first_of(const std::vector<std::string>& problems);

/// Something of the configuration is not in force.
[[nodiscard]] bool has_problems(const ReloadOutline& outline);

/// "configuration 62cbb1 in force, generation 2: 3 operations, 1 instance changed", and after
/// semicolons what is not.
[[nodiscard]] std::string reload_message(const ReloadOutline& outline);

}  // namespace evenkeel::daemon
