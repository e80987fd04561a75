#include "daemon/config/parse_service.h"

#include <algorithm>

#include "daemon/config/address_rules.h"
#include "daemon/config/parse_hooks.h"
#include "daemon/config/parse_real_server.h"
#include "daemon/config/service_rules.h"

namespace evenkeel::daemon {
namespace {

std::optional<std::vector<Value>> read_flags(const Value& value, Diagnostics& diagnostics) {
  const auto elements = read_array(value, "flags", diagnostics);
  if (!elements) return std::nullopt;
  std::vector<Value> known;
  for (const Value& element : *elements) {
    if (read_word(element, kSchedulerFlagNames, {}, diagnostics)) known.push_back(element);
  }
  return known;
}

/// The flags of this node, judged with the scheduler of this node.
std::uint32_t bits_of(const std::vector<Value>& flags, std::string_view scheduler,
                      Diagnostics& diagnostics) {
  std::uint32_t bits = 0;
  for (const Value& value : flags) {
    const std::string& name = value.node->as_string()->get();
    const auto flag =
        std::find_if(ipvs::kSchedulerFlags.begin(), ipvs::kSchedulerFlags.end(),
                     [&](const ipvs::SchedulerFlag& known) { return known.name == name; });
    if (flag->scheduler != scheduler) {
      diagnostics.error(value.place, in_quotes(name) +
                                         " needs scheduler = " + in_quotes(flag->scheduler) +
                                         ", not " + in_quotes(scheduler));
    } else if ((bits & flag->bit) != 0) {
      diagnostics.error(value.place, in_quotes(name) + " is given twice");
    }
    bits |= flag->bit;
  }
  return bits;
}

void parse_scheduler(Written<ServiceConfig>& written, ipvs::Service& service) {
  Diagnostics& diagnostics = written.context().diagnostics;
  const auto flags = written.read(
      "scheduler_flags", [&](const Value& value) { return read_flags(value, diagnostics); });
  if (!flags || written.is_wrong("scheduler")) return;
  service.flags |= bits_of(*flags, service.scheduler, diagnostics);
}

void judge_persistence(const Written<ServiceConfig>& written, ipvs::Service& service,
                       bool is_ipv6) {
  if (service.persistence_seconds > 0) service.flags |= ipvs::ServiceFlags::kPersistent;
  const std::uint8_t longest = is_ipv6 ? 128 : 32;
  if (!written.is_read("persistence_prefix")) service.persistence_prefix = longest;
  if (service.persistence_prefix <= longest) return;
  written.error("persistence_prefix",
                "\"persistence_prefix\" of an IPv4 service must be an integer, 1 .. 32, not " +
                    std::to_string(service.persistence_prefix));
}

/// Scripts are told of whom they are asked.
void name_server(const ServiceConfig& service, RealServerConfig& server) {
  for (ServerCheck& each : server.checks) {
    auto* const script = std::get_if<checks::ScriptCheck>(&each.check.probe);
    if (script == nullptr) continue;
    script->service = service.name;
    script->real_server = server.name;
    script->protocol = name(service.service.key.protocol);
  }
}

/// What names the service in the kernel.
ipvs::ServiceKey key_of(const ServiceTraits& traits) {
  ipvs::ServiceKey key;
  if (traits.protocol) key.protocol = *traits.protocol;
  if (traits.address) {
    key.address = *traits.address;
    key.family = family_of(*traits.address);
  }
  key.port = traits.port.value_or(0);
  return key;
}

}  // namespace

ParsedService parse_service(const PlacedTable& table, const CheckCatalogue& catalogue,
                            const IpvsConfig& ipvs, Context& context) {
  Written<ServiceConfig> written(table, context);
  ParsedService parsed{.config = {}, .place = table.place, .name_place = written.place_of("name")};
  ServiceConfig& service = parsed.config;
  ServiceTraits traits;
  written.take(service);
  service.hooks = parse_hooks<ServiceHooks>(written);
  written.take(traits);
  written.take(service.service);
  service.service.key = key_of(traits);
  parsed.has_key = traits.address && traits.port && traits.protocol;
  if (traits.one_packet) service.service.flags |= ipvs::ServiceFlags::kOnePacket;
  parse_tunnel(written.table("tunnel"), traits.forwarding, context);
  parse_scheduler(written, service.service);
  judge_persistence(written, service.service, !traits.address || traits.address->is_v6());
  if (written.has("check")) {
    traits.checks = parse_check_list(written.value("check"), catalogue, context);
  }
  if (const PlacedTable sorry = written.table("sorry_server"); sorry.table) {
    service.sorry_server = parse_sorry_server(sorry, traits, context);
  }
  std::vector<ParsedRealServer> servers;
  for (const PlacedTable& server : written.tables("real_server", Keys<RealServerConfig>::title)) {
    servers.push_back(parse_real_server(server, traits, catalogue, context));
  }
  report_mistakes(service, traits, servers, written);

  service.real_servers.reserve(servers.size());
  for (ParsedRealServer& server : servers) {
    name_server(service, server.config);
    service.real_servers.push_back(std::move(server.config));
  }
  report_warnings(service, traits.forwarding, ipvs, written);
  return parsed;
}

}  // namespace evenkeel::daemon
