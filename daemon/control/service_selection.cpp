#include "daemon/control/service_selection.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <unordered_map>

namespace evenkeel::daemon {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Every selector of every service, with the indices of the services that it selects.
using Selectors = std::unordered_multimap<std::string, std::size_t>;

Selectors selectors_of(const Snapshot& snapshot) {
  Selectors selectors;
  for (std::size_t i = 0; i < snapshot.services.size(); ++i) {
    const ServiceSnapshot& service = snapshot.services[i];
    selectors.emplace(service.name, i);
    const std::string key = lower(to_string(service.service.key));  // "tcp 192.0.2.10:80"
    selectors.emplace(key, i);
    if (service.service.key.firewall_mark == 0) selectors.emplace(key.substr(key.find(' ') + 1), i);
  }
  return selectors;
}

}  // namespace

tl::expected<std::shared_ptr<const Snapshot>, ProtocolError> select_services(
    const std::shared_ptr<const Snapshot>& snapshot, const std::vector<std::string>& selectors) {
  if (selectors.empty()) return snapshot;

  const Selectors known = selectors_of(*snapshot);
  std::vector<bool> selected(snapshot->services.size(), false);
  for (const std::string& selector : selectors) {
    auto [first, last] = known.equal_range(selector);
    if (first == last) std::tie(first, last) = known.equal_range(lower(selector));
    if (first == last) {
      return tl::unexpected(
          ProtocolError{ErrorCode::UnknownService,
                        "no virtual service is called \"" + selector.substr(0, 128) + "\""});
    }
    for (; first != last; ++first) selected[first->second] = true;
  }

  auto part = std::make_shared<Snapshot>(*snapshot);
  part->instances.clear();
  part->processes.clear();
  part->warnings.clear();
  part->checks_frozen = false;  // its servers are stale
  std::size_t at = 0;
  std::erase_if(part->services, [&](const ServiceSnapshot&) { return !selected[at++]; });
  const bool is_any_refused =
      std::any_of(part->services.begin(), part->services.end(),
                  [](const ServiceSnapshot& service) { return !service.failure.empty(); });
  if (part->kernel == KernelState::Refusing && !is_any_refused) part->kernel = KernelState::InSync;
  return part;
}

}  // namespace evenkeel::daemon
