// The instances above the services in status: a line each.
//
// Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "daemon/balancer/snapshot.h"

namespace evenkeel::daemon {

/// The state, and what an operator should know with it: "MASTER", "MASTER leaving",
/// "BACKUP of 192.0.2.3, held", "INITIALIZE interface is missing", "MASTER stale".
void append_instance_state(std::string& out, const InstanceSnapshot& instance);

/// "eth0"; where the configuration has an alternative name both: "enp3s0f0 (eth0)".
[[nodiscard]] std::string interface_names(const InstanceSnapshot& instance);

class InstanceTable {
 public:
  /// Looks at all of them for the widths of its columns, and keeps none.
  explicit InstanceTable(const std::vector<InstanceSnapshot>& instances);

  /// Each with its newline. What is wider than the table allows pushes what follows to the right.
  void append_titles(std::string& out) const;
  void append_row(std::string& out, const InstanceSnapshot& instance,
                  std::chrono::system_clock::time_point now, bool color) const;

 private:
  std::size_t name_width_;
  std::size_t interface_width_;
  std::size_t state_width_;
};

}  // namespace evenkeel::daemon
