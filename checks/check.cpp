#include "checks/check.h"

#include "daemon/fields/hash.h"

namespace evenkeel::checks {

Check probe_of(const Check& check) {
  Check result;
  result.probe = check.probe;
  result.address = check.address;
  result.port = check.port;
  return result;
}

std::size_t hash_value(const Check& check) {
  return fields::hash_of(check);
}

}  // namespace evenkeel::checks
