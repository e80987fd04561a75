// Which check is which, within a configuration and over reloads: the one place that says so. Equal
// checks (kind, target and options) are one, on however many services they are and whatever tracks
// follow them, and it keeps its id for as long as each configuration has it. An id is never given
// twice, so that a report tells of the same check whenever it comes.
//
// Pure.
#pragma once

#include <boost/container_hash/hash.hpp>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "checks/check.h"
#include "daemon/config/config.h"

namespace evenkeel::daemon {

/// One check of one real server, by index: config.services[service].real_servers[real_server]
/// .checks[check]; or one that a track follows: config.tracked.checks[check].
struct CheckUse {
  std::uint32_t service = 0;
  std::uint32_t real_server = 0;
  std::uint32_t check = 0;
  bool is_track = false;

  friend bool operator==(const CheckUse&, const CheckUse&) = default;
};
/// Where it stands in the configuration.
[[nodiscard]] const ServerCheck& check_of(const Config& config, const CheckUse& use);

/// Who waits for the outcomes of each check, in the order of the file, tracks last; never nobody.
using CheckUses = std::map<checks::CheckId, std::vector<CheckUse>>;

struct NamedChecks {
  /// ids[service][real_server][check]: which it is.
  std::vector<std::vector<std::vector<checks::CheckId>>> ids;
  std::vector<checks::CheckId> tracked;  ///< likewise of config.tracked.checks
  CheckUses uses;                        ///< the inverse
};

class CheckIds {
 public:
  /// A new configuration. Checks that the one before has not get their ids in the order of the
  /// file.
  [[nodiscard]] NamedChecks configure(const Config& config);

 private:
  std::unordered_map<checks::Check, checks::CheckId, boost::hash<checks::Check>> ids_;
  checks::CheckId next_ = 0;
};

}  // namespace evenkeel::daemon
