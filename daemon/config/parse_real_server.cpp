#include "daemon/config/parse_real_server.h"

#include "daemon/config/address_rules.h"

namespace evenkeel::daemon {
namespace {

/// Address and port, and whether packets could get there by this forwarding method. True when both
/// are known.
template <typename Table>
bool parse_target(Written<Table>& written, const ServiceTraits& service,
                  std::optional<ipvs::ForwardingMethod> forwarding,
                  ipvs::Destination& destination) {
  ipvs::DestinationKey& key = destination.key;
  written.take(key);
  const bool has_address = written.is_read("address");
  const bool has_port = written.is_read("port");
  if (!written.has("port")) key.port = service.port.value_or(0);
  const bool is_known = has_address && key.port != 0;
  if (!forwarding) return is_known;
  destination.forwarding = *forwarding;

  const bool is_masqueraded = *forwarding == ipvs::ForwardingMethod::Masquerade;
  if (has_port && service.port && key.port != *service.port && !is_masqueraded) {
    written.error("port", "\"port\" must be the service's, " + std::to_string(*service.port) +
                              ", not " + std::to_string(key.port) +
                              ": only forwarding = \"masquerade\" rewrites the port");
  }
  const bool is_tunnelled = *forwarding == ipvs::ForwardingMethod::Tunnel;
  if (has_address && service.address && key.address.is_v6() != service.address->is_v6() &&
      !is_tunnelled) {
    written.error("address", "\"address\" must be an " +
                                 std::string(to_string(family_of(*service.address))) +
                                 " address, as the service's is, not " + key.address.to_string() +
                                 ": only forwarding = \"tunnel\" crosses address families");
  }
  return is_known;
}

/// The kernel's rule (ip_vs_ctl.c, ip_vs_add_dest: ERANGE).
void judge_thresholds(const Written<RealServerConfig>& written,
                      const ipvs::Destination& destination) {
  if (written.is_wrong("upper_threshold")) return;
  if (destination.lower_threshold > destination.upper_threshold) {
    written.error("lower_threshold", "\"lower_threshold\" (" +
                                         std::to_string(destination.lower_threshold) +
                                         ") must not exceed \"upper_threshold\" (" +
                                         std::to_string(destination.upper_threshold) + ")");
  }
}

}  // namespace

void parse_tunnel(const PlacedTable& table, std::optional<ipvs::ForwardingMethod> forwarding,
                  Context& context) {
  if (!table.table) return;
  ipvs::Tunnel tunnel;
  Written<ipvs::Tunnel>(table, context).take(tunnel);
  if (forwarding && *forwarding != ipvs::ForwardingMethod::Tunnel) {
    context.diagnostics.error(table.place, "\"tunnel\" needs forwarding = \"tunnel\"");
  }
}

ParsedRealServer parse_real_server(const PlacedTable& table, const ServiceTraits& service,
                                   const CheckCatalogue& catalogue, Context& context) {
  Written<RealServerConfig> written(table, context);
  ParsedRealServer parsed{.config = {}, .place = table.place};
  RealServerConfig& server = parsed.config;
  ipvs::Destination& destination = server.destination;
  parsed.has_target = parse_target(written, service, service.forwarding, destination);
  written.take(destination);
  parsed.has_weight = !written.is_wrong("weight");
  judge_thresholds(written, destination);

  written.take(server);
  if (!written.has("name") && parsed.has_target) server.name = ipvs::to_string(destination.key);
  const bool has_own = written.has("check");
  const std::vector<CheckTemplate> own =
      has_own ? parse_check_list(written.value("check"), catalogue, context)
              : std::vector<CheckTemplate>();
  const std::vector<CheckTemplate>& checks = has_own ? own : service.checks;
  server.checks.reserve(checks.size());
  for (const CheckTemplate& check : checks) {
    server.checks.push_back(aimed_at(check, destination.key));
  }
  return parsed;
}

std::optional<ipvs::Destination> parse_sorry_server(const PlacedTable& table,
                                                    const ServiceTraits& service,
                                                    Context& context) {
  const std::size_t errors_before = context.diagnostics.error_count();
  Written<SorryServer> written(table, context);
  ipvs::Destination destination;
  written.take(destination);
  std::optional<ipvs::ForwardingMethod> forwarding = service.forwarding;
  if (written.has("forwarding")) {
    forwarding =
        written.is_read("forwarding") ? std::optional(destination.forwarding) : std::nullopt;
  }
  parse_target(written, service, forwarding, destination);
  parse_tunnel(written.table("tunnel"), forwarding, context);
  if (context.diagnostics.error_count() != errors_before) return std::nullopt;
  return destination;
}

}  // namespace evenkeel::daemon
