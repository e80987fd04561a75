#include "vrrp/replacements.h"

namespace evenkeel::vrrp {

bool may_replace(const WantedInstance& wanted, RouterId leaver, const Waits& waits) {
  return waits(wanted.id) && (wanted.replaces == leaver || waits(wanted.replaces));
}

void Replacements::leave(RouterId id, const InstanceConfig& config, bool is_held,
                         bool is_unanswered, const ConfigIndex& index, const Waits& waits) {
  const WantedInstance* named = index.find(config.name);
  if (is_held && named != nullptr && waits(named->id)) replacements_[named->id].is_held = true;
  if (!is_unanswered) return;
  for (const WantedInstance* each : index.with_addresses(config.interface, all_addresses(config))) {
    if (!may_replace(*each, id, waits)) continue;
    replacements_[each->id].takes_up_addresses = true;
    keep(*each->config);
  }
}

void Replacements::keep(const InstanceConfig& config) {
  for (const InterfaceAddress& each : all_addresses(config)) kept_.emplace(config.interface, each);
}

std::optional<Replacement> Replacements::take(RouterId id, const InstanceConfig& config) {
  const auto taken = replacements_.extract(id);
  if (!taken) return std::nullopt;
  for (const InterfaceAddress& each : all_addresses(config)) {
    kept_.erase({config.interface, each});
  }
  return taken.mapped();
}

void Replacements::update(const ConfigIndex& index) {
  std::erase_if(replacements_, [&](const auto& each) { return index.find(each.first) == nullptr; });
  kept_.clear();
  for (const auto& [id, replacement] : replacements_) {
    if (replacement.takes_up_addresses) keep(*index.find(id)->config);
  }
}

}  // namespace evenkeel::vrrp
