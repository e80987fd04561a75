#include "vrrp/descriptors.h"

#include <optional>
#include <set>
#include <tuple>

namespace evenkeel::vrrp {
namespace {

/// Channel, queues, netlink, timers, page, lock, log, and the packet sockets for frames, conflicts
/// and the tap (two each), which serve all interfaces.
constexpr std::size_t kOfAnyProcess = 64;
constexpr std::size_t kPerDelivery = 2;

}  // namespace

std::size_t descriptors_needed(const Config& config) {
  std::set<std::tuple<std::string, Family, std::optional<Address>>> deliveries;
  for (const InstanceConfig& each : config.instances) {
    deliveries.emplace(each.link(), each.family,
                       each.unicast ? std::optional(each.unicast->source) : std::nullopt);
  }
  return kOfAnyProcess + kPerDelivery * deliveries.size();
}

}  // namespace evenkeel::vrrp
