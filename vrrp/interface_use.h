// What an instance needs of an interface, and whether it has it. Pure.
#pragma once

#include <optional>
#include <span>
#include <tl/expected.hpp>
#include <vector>

#include "vrrp/config.h"
#include "vrrp/delivery.h"
#include "vrrp/link_monitor.h"
#include "vrrp/shared_page.h"
#include "vrrp/status.h"

namespace evenkeel::vrrp {

/// Some address of the instance is on the interface; nullptr: it is missing.
[[nodiscard]] bool has_any(const Interface* interface, const InstanceConfig& config);

/// Why the instance cannot take part: its interface, or the link that it advertises over, is
/// missing or down, or an advertisement does not fit the link's MTU. Nothing: it can.
[[nodiscard]] std::optional<Reason> why_unusable(const Interface* interface, const Interface* link,
                                                 const InstanceConfig& instance);

/// The source address of the instance's advertisements, or why it has none: why_unusable(),
/// NoSourceAddress. `link`: that of instance.link(), which the source is on. `virtual_ones`:
/// addresses that cannot be the source (virtual_addresses() in config_index.h).
[[nodiscard]] tl::expected<Address, Reason> usable_source(const Interface* interface,
                                                          const Interface* link,
                                                          const InstanceConfig& instance,
                                                          std::span<const Address> virtual_ones);

/// The result of a track that follows the interface; nullptr: it is missing.
[[nodiscard]] TrackResult judge_interface(const Interface* interface);

/// The addresses that a process before us held there, as the page says; none of an owner's, which
/// are the host's. Counts where the kernel keeps no mark of ours (AddressWriter::adopt()).
[[nodiscard]] std::vector<InterfaceAddress> held_before(const std::optional<PageRecord>& record,
                                                        const Interface* interface,
                                                        const InstanceConfig& config);

/// Index and incarnation: those of config.link().
[[nodiscard]] Delivery delivery_of(const InstanceConfig& config, int interface_index,
                                   std::uint64_t incarnation);

}  // namespace evenkeel::vrrp
