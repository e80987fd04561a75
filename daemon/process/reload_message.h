// What a reload that was carried out tells the operator: one line. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace evenkeel::daemon {

struct ReloadOutline {
  std::string config_digest;
  std::uint64_t generation = 0;
  std::uint64_t operations = 0;  ///< that the kernel was sent
  // What is not in force.
  std::string kernel_problem;         ///< why the kernel holds none of the services; "" = it does
  std::string vrrp_problem;           ///< "instance web: interface is missing"; "" = none
  std::vector<std::string> refusals;  ///< of the kernel, one a service
};

/// "configuration 62cbb1 in force, generation 2: 3 operations", and after semicolons what is not.
[[nodiscard]] std::string reload_message(const ReloadOutline& outline);

}  // namespace evenkeel::daemon
