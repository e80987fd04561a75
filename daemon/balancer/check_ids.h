// The ids of checks, within one configuration and over reloads. Equal checks (kind, target and
// options) have one id, however many services and tracks have them, and keep it as long as each
// configuration has the check. No id is given twice: a report is about the same check whenever it
// comes.
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

/// A place in the configuration where a check stands, by index:
/// config.services[service].real_servers[real_server].checks[check]; of one that a track follows:
/// config.tracked.checks[check].
struct CheckUse {
  std::uint32_t service = 0;
  std::uint32_t real_server = 0;
  std::uint32_t check = 0;
  bool is_track = false;

  friend bool operator==(const CheckUse&, const CheckUse&) = default;
};
/// The check at that place.
[[nodiscard]] const ServerCheck& check_of(const Config& config, const CheckUse& use);

/// The places of each check, in the order of the file, tracks last; each check has at least one.
using CheckUses = std::map<checks::CheckId, std::vector<CheckUse>>;

struct NamedChecks {
  /// The id of the check at a place: ids[service][real_server][check].
  std::vector<std::vector<std::vector<checks::CheckId>>> ids;
  std::vector<checks::CheckId> tracked;  ///< likewise of config.tracked.checks
  CheckUses uses;                        ///< the places of each id
};

class CheckIds {
 public:
  /// A new configuration. Checks that are new in it get their ids in the order of the file.
  [[nodiscard]] NamedChecks configure(const Config& config);

 private:
  std::unordered_map<checks::Check, checks::CheckId, boost::hash<checks::Check>> ids_;
  checks::CheckId next_ = 0;
};

}  // namespace evenkeel::daemon
