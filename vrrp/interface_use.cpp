#include "vrrp/interface_use.h"

#include <algorithm>

namespace evenkeel::vrrp {

bool has_any(const Interface* interface, const InstanceConfig& config) {
  const auto all = all_addresses(config);
  return interface != nullptr &&
         std::any_of(all.begin(), all.end(),
                     [&](const InterfaceAddress& each) { return interface->has(each); });
}

tl::expected<Address, Reason> usable_source(const Interface* interface,
                                            const InstanceConfig& instance, const Config& config) {
  if (interface == nullptr) return tl::unexpected(Reason::InterfaceMissing);
  if (!interface->is_up) return tl::unexpected(Reason::InterfaceDown);
  if (instance.unicast) {
    const Address& source = instance.unicast->source;
    const bool is_there = std::any_of(
        interface->addresses.begin(), interface->addresses.end(),
        [&](const auto& each) { return each.address.address == source && !each.is_tentative; });
    if (!is_there) return tl::unexpected(Reason::NoSourceAddress);
    return source;
  }
  std::vector<InterfaceAddress> virtual_ones;
  for (const InstanceConfig& each : config.instances) {
    if (each.priority == kOwnerPriority) continue;  // those are the host's own
    const auto all = all_addresses(each);
    virtual_ones.insert(virtual_ones.end(), all.begin(), all.end());
  }
  const auto source = interface->source_address(instance.family, virtual_ones);
  if (!source) return tl::unexpected(Reason::NoSourceAddress);
  return *source;
}

std::vector<InterfaceAddress> held_before(const std::optional<PageRecord>& record,
                                          const Interface* interface,
                                          const InstanceConfig& config) {
  const bool was_held = record && record->state != PageState::NotMaster;
  if (!was_held || interface == nullptr || config.priority == kOwnerPriority) return {};
  std::vector<InterfaceAddress> held = all_addresses(config);
  std::erase_if(held, [&](const InterfaceAddress& each) { return !interface->has(each); });
  return held;
}

Delivery delivery_of(const InstanceConfig& config, int interface_index, std::uint64_t incarnation) {
  Delivery delivery{.interface = config.interface,
                    .interface_index = interface_index,
                    .incarnation = incarnation,
                    .family = config.family,
                    .unicast_source = std::nullopt};
  if (config.unicast) delivery.unicast_source = config.unicast->source;
  return delivery;
}

}  // namespace evenkeel::vrrp
