#include "daemon/balancer/difference.h"

#include <cstddef>

namespace evenkeel::daemon {

std::string difference(const ipvs::ServiceEntry* expected, const ipvs::ServiceEntry* actual) {
  if (expected == nullptr) return "not ours to have";
  if (actual == nullptr) return "the service is missing";
  std::size_t missing = 0;
  std::size_t changed = 0;
  std::size_t foreign = 0;
  for (const auto& [key, destination] : expected->destinations) {
    const auto found = actual->destinations.find(key);
    if (found == actual->destinations.end()) {
      ++missing;
    } else if (found->second != destination) {
      ++changed;
    }
  }
  for (const auto& [key, destination] : actual->destinations) {
    if (!expected->destinations.contains(key)) ++foreign;
  }
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (expected->service != actual->service) add("the service is changed");
  if (missing > 0) add(std::to_string(missing) + " destinations missing");
  if (changed > 0) add(std::to_string(changed) + " destinations changed");
  if (foreign > 0) add(std::to_string(foreign) + " foreign destinations");
  return text;
}

}  // namespace evenkeel::daemon
