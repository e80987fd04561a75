#include "vrrp/replacements.h"

namespace evenkeel::vrrp {

void Replacements::leave(const InstanceConfig& config, bool is_held, bool is_unanswered,
                         const ConfigIndex& index,
                         const std::function<bool(const WantedInstance&)>& may_replace) {
  const WantedInstance* named = index.find(config.name);
  if (is_held && named != nullptr) left_[named->id].is_held = true;
  if (!is_unanswered) return;
  for (const WantedInstance* each : index.with_addresses(config.interface, all_addresses(config))) {
    if (!may_replace(*each)) continue;
    left_[each->id].has_addresses = true;
    keep(*each->config);
  }
}

void Replacements::keep(const InstanceConfig& config) {
  for (const InterfaceAddress& each : all_addresses(config)) kept_.emplace(config.interface, each);
}

std::optional<Left> Replacements::take(RouterId id, const InstanceConfig& config) {
  const auto left = left_.extract(id);
  if (!left) return std::nullopt;
  for (const InterfaceAddress& each : all_addresses(config)) {
    kept_.erase({config.interface, each});
  }
  return left.mapped();
}

void Replacements::update(const ConfigIndex& index) {
  std::erase_if(left_, [&](const auto& each) { return index.find(each.first) == nullptr; });
  kept_.clear();
  for (const auto& [id, left] : left_) {
    if (left.has_addresses) keep(*index.find(id)->config);
  }
}

}  // namespace evenkeel::vrrp
