#include "daemon/config/known_keys.h"

#include <algorithm>

namespace evenkeel::daemon {

const KnownKey* KnownTable::find(std::string_view key) const {
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const KnownKey& known) { return known.name == key; });
  return found == keys.end() ? nullptr : &*found;
}

}  // namespace evenkeel::daemon
