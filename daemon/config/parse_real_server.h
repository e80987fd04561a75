// [[virtual_service.real_server]] and `sorry_server`: a destination each.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "daemon/config/parse_check.h"
#include "daemon/config/table_reader.h"

namespace evenkeel::daemon {

/// The methods that the file may name, in the order of its messages.
inline constexpr std::array kForwardingMethods = {ipvs::ForwardingMethod::Masquerade,
                                                  ipvs::ForwardingMethod::Direct,
                                                  ipvs::ForwardingMethod::Tunnel};

/// What a destination has to fit; empty what was missing or wrong, and then not judged again.
struct ServiceTraits {
  std::optional<ipvs::Address> address;
  std::optional<std::uint16_t> port;
  bool has_protocol = false;
  std::optional<ipvs::ForwardingMethod> forwarding;
  std::vector<CheckTemplate> checks;  ///< for real servers that have none of their own
};

/// The `tunnel` key of a service or a sorry server: only ipip so far, and only with
/// forwarding = "tunnel".
void parse_tunnel(TableReader& reader, std::optional<ipvs::ForwardingMethod> forwarding,
                  Context& context);

/// A real server with what could be read of it, so that rules over several are judged in spite of
/// a mistake elsewhere in it.
struct ParsedRealServer {
  RealServerConfig config;
  Place place;
  bool has_target = false;  ///< address and port are known
  bool has_weight = false;
};

[[nodiscard]] ParsedRealServer parse_real_server(const toml::table& table, Place place,
                                                 const ServiceTraits& service,
                                                 const CheckCatalogue& catalogue, Context& context);

/// Nothing when a mistake was reported.

[[nodiscard]] std::optional<ipvs::Destination> parse_sorry_server(const toml::table& table,
                                                                  Place place,
                                                                  const ServiceTraits& service,
                                                                  Context& context);

}  // namespace evenkeel::daemon
