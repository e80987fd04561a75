#include "daemon/config/parse_real_server.h"

#include <limits>

#include "daemon/config/address_rules.h"

namespace evenkeel::daemon {
namespace {

/// Address and port, and whether packets could get there by this forwarding method. True when both
/// are known.
bool parse_target(TableReader& reader, const ServiceTraits& service,
                  std::optional<ipvs::ForwardingMethod> forwarding,
                  ipvs::Destination& destination) {
  const bool has_address = reader.require("address");
  const auto address = has_address ? reader.address("address") : std::nullopt;
  const auto port = reader.port("port");
  if (address) destination.key.address = *address;
  if (port) destination.key.port = *port;
  if (!reader.has("port")) destination.key.port = service.port.value_or(0);
  const bool is_known = address && destination.key.port != 0;
  if (!forwarding) return is_known;
  destination.forwarding = *forwarding;

  const bool is_masqueraded = *forwarding == ipvs::ForwardingMethod::Masquerade;
  if (port && service.port && *port != *service.port && !is_masqueraded) {
    reader.error("port", "\"port\" must be the service's, " + std::to_string(*service.port) +
                             ", not " + std::to_string(*port) +
                             ": only forwarding = \"masquerade\" rewrites the port");
  }
  const bool is_tunnelled = *forwarding == ipvs::ForwardingMethod::Tunnel;
  if (address && service.address && address->is_v6() != service.address->is_v6() && !is_tunnelled) {
    reader.error("address", "\"address\" must be an " +
                                std::string(to_string(family_of(*service.address))) +
                                " address, as the service's is, not " + address->to_string() +
                                ": only forwarding = \"tunnel\" crosses address families");
  }
  return is_known;
}

/// The kernel's rule (ip_vs_ctl.c, ip_vs_add_dest: ERANGE), and that newer ones take no more than
/// INT_MAX.
void parse_thresholds(TableReader& reader, ipvs::Destination& destination) {
  constexpr IntegerRange kThreshold = {.min = 0, .max = std::numeric_limits<std::int32_t>::max()};
  const auto upper = reader.integer("upper_threshold", kThreshold);
  const auto lower = reader.integer("lower_threshold", kThreshold);
  destination.upper_threshold = static_cast<std::uint32_t>(upper.value_or(0));
  destination.lower_threshold = static_cast<std::uint32_t>(lower.value_or(0));
  if (reader.has("upper_threshold") && !upper) return;
  if (destination.lower_threshold > destination.upper_threshold) {
    reader.error("lower_threshold", "\"lower_threshold\" (" +
                                        std::to_string(destination.lower_threshold) +
                                        ") must not exceed \"upper_threshold\" (" +
                                        std::to_string(destination.upper_threshold) + ")");
  }
}

}  // namespace

void parse_tunnel(TableReader& reader, std::optional<ipvs::ForwardingMethod> forwarding,
                  Context& context) {
  constexpr std::array kTypes = {ipvs::TunnelType::Ipip};
  constexpr std::array kLaterTypes = {ipvs::TunnelType::Gre, ipvs::TunnelType::Gue};
  const toml::table* const table = reader.table("tunnel");
  if (!table) return;
  const Place place = reader.place_of_value("tunnel");
  TableReader tunnel(*table, place, tunnel_table(), context);
  static_cast<void>(tunnel.choice("type", kTypes, kLaterTypes));
  if (forwarding && *forwarding != ipvs::ForwardingMethod::Tunnel) {
    context.diagnostics.error(place, "\"tunnel\" needs forwarding = \"tunnel\"");
  }
}

ParsedRealServer parse_real_server(const toml::table& table, Place place,
                                   const ServiceTraits& service, const CheckCatalogue& catalogue,
                                   Context& context) {
  TableReader reader(table, place, real_server_table(), context);

  ParsedRealServer parsed{.config = {}, .place = place};
  RealServerConfig& server = parsed.config;
  ipvs::Destination& destination = server.destination;
  parsed.has_target = parse_target(reader, service, service.forwarding, destination);
  const auto weight = reader.integer("weight", {.min = 0, .max = 65535});
  if (weight) destination.weight = static_cast<std::uint32_t>(*weight);
  parsed.has_weight = weight || !reader.has("weight");
  parse_thresholds(reader, destination);

  if (auto name = reader.name("name")) {
    server.name = std::move(*name);
  } else if (!reader.has("name") && parsed.has_target) {
    server.name = ipvs::to_string(destination.key);
  }
  const auto own_checks = reader.raw("check");
  const std::vector<CheckTemplate> own =
      own_checks ? parse_check_list(*own_checks, catalogue, context) : std::vector<CheckTemplate>();
  const std::vector<CheckTemplate>& checks = own_checks ? own : service.checks;
  server.checks.reserve(checks.size());
  for (const CheckTemplate& check : checks) {
    server.checks.push_back(aimed_at(check, destination.key));
  }
  return parsed;
}

std::optional<ipvs::Destination> parse_sorry_server(const toml::table& table, Place place,
                                                    const ServiceTraits& service,
                                                    Context& context) {
  const std::size_t errors_before = context.diagnostics.error_count();
  TableReader reader(table, place, sorry_server_table(), context);
  std::optional<ipvs::ForwardingMethod> forwarding = service.forwarding;
  if (reader.has("forwarding")) {
    forwarding = reader.choice("forwarding", kForwardingMethods);
  }
  ipvs::Destination destination;
  parse_target(reader, service, forwarding, destination);
  parse_tunnel(reader, forwarding, context);
  if (context.diagnostics.error_count() != errors_before) return std::nullopt;
  return destination;
}

}  // namespace evenkeel::daemon
