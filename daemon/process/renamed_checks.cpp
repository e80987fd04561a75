#include "daemon/process/renamed_checks.h"

#include <boost/container_hash/hash.hpp>
#include <unordered_map>

namespace evenkeel::daemon {

RenamedChecks renamed_checks(const std::vector<checks::Check>& before,
                             const std::vector<checks::Check>& after) {
  std::unordered_map<checks::Check, checks::CheckId, boost::hash<checks::Check>> ids;
  for (checks::CheckId id = 0; id < after.size(); ++id) ids.emplace(after[id], id);
  RenamedChecks renamed;
  for (checks::CheckId id = 0; id < before.size(); ++id) {
    const auto found = ids.find(before[id]);
    if (found != ids.end()) renamed.emplace(id, found->second);
  }
  return renamed;
}

}  // namespace evenkeel::daemon
