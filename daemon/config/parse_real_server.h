// [[virtual_service.real_server]] and `sorry_server`: a destination each.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <optional>
#include <vector>

#include "daemon/config/parse_check.h"
#include "daemon/config/service_rules.h"

namespace evenkeel::daemon {

/// The `tunnel` key of a service or a sorry server: only ipip so far, and only with
/// forwarding = "tunnel".
void parse_tunnel(const PlacedTable& table, std::optional<ipvs::ForwardingMethod> forwarding,
                  Context& context);

[[nodiscard]] ParsedRealServer parse_real_server(const PlacedTable& table,
                                                 const ServiceTraits& service,
                                                 const CheckCatalogue& catalogue, Context& context);

/// Nothing when a mistake was reported.
[[nodiscard]] std::optional<ipvs::Destination> parse_sorry_server(const PlacedTable& table,
                                                                  const ServiceTraits& service,
                                                                  Context& context);

}  // namespace evenkeel::daemon
