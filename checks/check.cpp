#include "checks/check.h"

#include "daemon/fields/hash.h"

namespace evenkeel::checks {

bool asks_the_same(const Check& one, const Check& other) {
  return one.probe == other.probe && one.address == other.address && one.port == other.port;
}

std::size_t hash_value(const Check& check) {
  return fields::hash_of(check);
}

}  // namespace evenkeel::checks
