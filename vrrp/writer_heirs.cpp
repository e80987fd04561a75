// What an instance that a reload takes out leaves to the one that takes its place.
#include "vrrp/writer.h"

namespace evenkeel::vrrp {

/// Its hold is for the next of its name. An instance that replaces it (another version, ID or
/// group) with the same addresses takes them up as they are, where nobody else has.
void Writer::leave_to_heir(const Managed& managed) {
  const InstanceConfig* named = index_.find(managed.config.name);
  if (named != nullptr && managed.status.is_held) heirs_[named->name].is_held = true;
  if (managed.status.reason != Reason::LeftUnanswered) return;
  for (const InstanceConfig* config :
       index_.with_addresses(managed.config.interface, all_addresses(managed.config))) {
    const auto there = ids_by_key_.find(config->key());
    if (there != ids_by_key_.end() && there->second != managed.id) continue;
    heirs_[config->name].has_addresses = true;
    let_inherit(*config);
  }
}

void Writer::let_inherit(const InstanceConfig& config) {
  for (const InterfaceAddress& each : all_addresses(config)) {
    inherited_.emplace(config.interface, each);
  }
}

std::optional<Writer::Heir> Writer::take_heir(const InstanceConfig& config) {
  const auto heir = heirs_.extract(config.name);
  if (!heir) return std::nullopt;
  for (const InterfaceAddress& each : all_addresses(config)) {
    inherited_.erase({config.interface, each});
  }
  return heir.mapped();
}

void Writer::forget_lost_heirs() {
  std::erase_if(heirs_, [&](const auto& heir) { return index_.find(heir.first) == nullptr; });
  inherited_.clear();
  for (const auto& [name, heir] : heirs_) {
    if (heir.has_addresses) let_inherit(*index_.find(name));
  }
}

}  // namespace evenkeel::vrrp
