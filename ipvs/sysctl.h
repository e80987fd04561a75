// The kernel's settings of IPVS: the files of /proc/sys/net/ipv4/vs, an integer in each.
//
// They belong to the network namespace of the process, and are there once the module is loaded (as
// the first answer to a KernelBackend tells). Writing needs CAP_NET_ADMIN.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace evenkeel::ipvs {

struct SysctlError {
  std::string name;
  int errno_value = 0;  ///< ERANGE: the kernel keeps another value than the one that was written
  std::string message;  ///< "set net.ipv4.vs.sync_ports to 3: Invalid argument"
};

class Sysctls {
 public:
  /// Another directory is for tests.
  explicit Sysctls(std::string directory = "/proc/sys/net/ipv4/vs");

  /// The first number in the file (sync_threshold has two).
  [[nodiscard]] tl::expected<std::int64_t, SysctlError> read(std::string_view name) const;

  /// Writes and reads back, in the order of the names; a setting that has its value already is not
  /// written. Returns the settings that failed; all others are set.
  [[nodiscard]] std::vector<SysctlError> write(
      const std::map<std::string, std::int64_t>& values) const;

 private:
  /// errno, 0 = success.
  [[nodiscard]] int write_one(const std::string& name, std::int64_t value) const;

  std::string directory_;
};

}  // namespace evenkeel::ipvs
