#include "vrrp/interface_use.h"

#include <algorithm>

namespace evenkeel::vrrp {

bool has_any(const Interface* interface, const InstanceConfig& config) {
  const auto has = [&](const InterfaceAddress& each) { return interface->has(each); };
  const auto& virtual_ones = config.virtual_addresses;
  const auto& extra_ones = config.extra_addresses;
  return interface != nullptr && (std::any_of(virtual_ones.begin(), virtual_ones.end(), has) ||
                                  std::any_of(extra_ones.begin(), extra_ones.end(), has));
}

std::optional<Reason> why_unusable(const Interface* interface, const Interface* link,
                                   const InstanceConfig& instance) {
  if (interface == nullptr) return Reason::InterfaceMissing;
  if (!interface->is_up) return Reason::InterfaceDown;
  if (!instance.unicast_interface.empty()) {
    if (link == nullptr) return Reason::UnicastInterfaceMissing;
    if (!link->is_up) return Reason::UnicastInterfaceDown;
  }
  if (link != nullptr && !fits(instance, link->mtu)) return Reason::AdvertisementTooLong;
  return std::nullopt;
}

tl::expected<Address, Reason> usable_source(const Interface* interface, const Interface* link,
                                            const InstanceConfig& instance,
                                            std::span<const Address> virtual_ones) {
  if (const auto why = why_unusable(interface, link, instance)) return tl::unexpected(*why);
  if (instance.unicast) {
    const Address& source = instance.unicast->source;
    const InstalledAddress* there = link->addresses.find(source);
    if (there == nullptr || there->is_tentative) return tl::unexpected(Reason::NoSourceAddress);
    return source;
  }
  const auto source = interface->source_address(instance.family, virtual_ones);
  if (!source) return tl::unexpected(Reason::NoSourceAddress);
  return *source;
}

TrackResult judge_interface(const Interface* interface) {
  if (interface == nullptr) return {.state = TrackState::Fails, .reason = "missing"};
  if (!interface->is_up) return {.state = TrackState::Fails, .reason = "down"};
  return {.state = TrackState::Holds, .reason = {}};
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
  Delivery delivery{.interface = config.link(),
                    .interface_index = interface_index,
                    .incarnation = incarnation,
                    .family = config.family,
                    .unicast_source = std::nullopt};
  if (config.unicast) delivery.unicast_source = config.unicast->source;
  return delivery;
}

}  // namespace evenkeel::vrrp
