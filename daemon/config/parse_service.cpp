#include "daemon/config/parse_service.h"

#include <algorithm>
#include <array>

#include "daemon/config/address_rules.h"
#include "daemon/config/parse_real_server.h"
#include "daemon/config/service_rules.h"

namespace evenkeel::daemon {
namespace {

using std::chrono::seconds;

constexpr std::array<std::string_view, 14> kSchedulers = {
    "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "twos"};

struct SchedulerFlag {
  std::string_view name;
  std::string_view scheduler;
  std::uint32_t bit;
};
constexpr std::array kFlags = {
    SchedulerFlag{"mh-fallback", "mh", ipvs::ServiceFlags::kScheduler1},
    SchedulerFlag{"mh-port", "mh", ipvs::ServiceFlags::kScheduler2},
    SchedulerFlag{"sh-fallback", "sh", ipvs::ServiceFlags::kScheduler1},
    SchedulerFlag{"sh-port", "sh", ipvs::ServiceFlags::kScheduler2},
};

std::optional<std::vector<Value>> read_flags(const Value& value, Diagnostics& diagnostics) {
  std::array<std::string_view, kFlags.size()> names;
  std::transform(kFlags.begin(), kFlags.end(), names.begin(), [](const auto& f) { return f.name; });
  const auto elements = read_array(value, "flags", diagnostics);
  if (!elements) return std::nullopt;
  std::vector<Value> known;
  for (const Value& element : *elements) {
    if (read_word(element, names, {}, diagnostics)) known.push_back(element);
  }
  return known;
}

/// The flags of this node, judged with the scheduler of this node.
std::uint32_t bits_of(const std::vector<Value>& flags, std::string_view scheduler,
                      Diagnostics& diagnostics) {
  std::uint32_t bits = 0;
  for (const Value& value : flags) {
    const std::string& name = value.node->as_string()->get();
    const auto flag = std::find_if(kFlags.begin(), kFlags.end(),
                                   [&](const SchedulerFlag& known) { return known.name == name; });
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

void parse_scheduler(TableReader& reader, ipvs::Service& service, Context& context) {
  const auto scheduler = reader.word("scheduler", kSchedulers);
  const auto flags = reader.read("scheduler_flags", [&](const Value& value) {
    return read_flags(value, context.diagnostics);
  });
  if (scheduler) service.scheduler = kSchedulers.at(*scheduler);
  const bool is_known = scheduler || !reader.has("scheduler");
  if (flags && is_known) service.flags |= bits_of(*flags, service.scheduler, context.diagnostics);
}

void parse_persistence(TableReader& reader, ipvs::Service& service, bool is_ipv6) {
  const auto persistence = reader.duration("persistence", {.min = seconds(1),
                                                           .max = std::chrono::hours(24 * 31),
                                                           .is_whole_seconds = true,
                                                           .zero_is_allowed = true});
  const auto whole = std::chrono::duration_cast<seconds>(persistence.value_or(Duration::zero()));
  service.persistence_seconds = static_cast<std::uint32_t>(whole.count());
  if (whole > seconds::zero()) service.flags |= ipvs::ServiceFlags::kPersistent;

  const std::int64_t longest = is_ipv6 ? 128 : 32;
  const auto prefix = reader.integer("persistence_prefix", {.min = 1, .max = 128});
  if (prefix && *prefix > longest) {
    reader.error("persistence_prefix",
                 "\"persistence_prefix\" of an IPv4 service must be an "
                 "integer, 1 .. 32, not " +
                     std::to_string(*prefix));
  }
  service.persistence_prefix = static_cast<std::uint8_t>(prefix.value_or(longest));
}

/// Address, port and protocol: what names the service in the kernel.
void parse_key(TableReader& reader, ipvs::ServiceKey& key, ServiceTraits& traits) {
  constexpr std::array kProtocols = {ipvs::Protocol::Tcp, ipvs::Protocol::Udp};
  constexpr std::array kLaterProtocols = {ipvs::Protocol::Sctp};
  if (reader.require("address")) traits.address = reader.address("address");
  if (reader.require("port")) traits.port = reader.port("port");
  if (reader.require("protocol")) {
    const auto protocol = reader.choice("protocol", kProtocols, kLaterProtocols);
    traits.has_protocol = protocol.has_value();
    if (protocol) key.protocol = *protocol;
  }
  if (traits.address) {
    key.address = *traits.address;
    key.family = family_of(*traits.address);
  }
  key.port = traits.port.value_or(0);
}

void parse_quorum(TableReader& reader, ServiceConfig& service) {
  constexpr std::int64_t kMost = 1'000'000'000'000;
  const auto quorum = reader.integer("quorum", {.min = 1, .max = kMost});
  const auto hysteresis = reader.integer("hysteresis", {.min = 0, .max = kMost});
  service.quorum = static_cast<std::uint64_t>(quorum.value_or(1));
  service.hysteresis = static_cast<std::uint64_t>(hysteresis.value_or(0));
}

std::vector<ParsedRealServer> parse_real_servers(TableReader& reader, const ServiceTraits& traits,
                                                 const CheckCatalogue& catalogue,
                                                 Context& context) {
  std::vector<ParsedRealServer> servers;
  const auto value = reader.raw("real_server");
  if (!value) return servers;
  const toml::array* const array = value->node->as_array();
  if (!array) {
    report_mismatch(*value, "an array of tables: [[virtual_service.real_server]]",
                    context.diagnostics);
    return servers;
  }
  servers.reserve(array->size());
  for (const toml::node& node : *array) {
    const Place place = place_of(node, value->place);
    if (const toml::table* const table = node.as_table()) {
      servers.push_back(parse_real_server(*table, place, traits, catalogue, context));
    } else {
      report_mismatch({.node = &node, .place = place, .key = "real_server", .for_node = {}},
                      "a table", context.diagnostics);
    }
  }
  return servers;
}

}  // namespace

std::span<const std::string_view> known_schedulers() {
  return kSchedulers;
}

ParsedService parse_service(const toml::table& table, Place place, const CheckCatalogue& catalogue,
                            const IpvsConfig& ipvs, Context& context) {
  TableReader reader(table, place, service_table(), context);

  ParsedService parsed{.config = {}, .place = place, .name_place = reader.place_of_value("name")};
  ServiceConfig& service = parsed.config;
  ServiceTraits traits;
  if (reader.require("name")) service.name = reader.name("name").value_or("");
  parse_key(reader, service.service.key, traits);
  parsed.has_key = traits.address && traits.port && traits.has_protocol;
  if (reader.require("forwarding")) {
    traits.forwarding = reader.choice("forwarding", kForwardingMethods);
  }
  parse_tunnel(reader, traits.forwarding, context);
  parse_scheduler(reader, service.service, context);
  parse_persistence(reader, service.service, !traits.address || traits.address->is_v6());
  if (reader.boolean("one_packet").value_or(false)) {
    service.service.flags |= ipvs::ServiceFlags::kOnePacket;
  }
  if (const auto on_failure = reader.choice<OnFailure>("on_failure")) {
    service.on_failure = *on_failure;
  }
  parse_quorum(reader, service);
  if (const auto check = reader.raw("check")) {
    traits.checks = parse_check_list(*check, catalogue, context);
  }
  if (const toml::table* const sorry = reader.table("sorry_server")) {
    service.sorry_server =
        parse_sorry_server(*sorry, reader.place_of_value("sorry_server"), traits, context);
  }
  std::vector<ParsedRealServer> servers = parse_real_servers(reader, traits, catalogue, context);
  report_mistakes(service, traits, servers, reader, context.diagnostics);

  service.real_servers.reserve(servers.size());
  for (ParsedRealServer& server : servers) {
    service.real_servers.push_back(std::move(server.config));
  }
  report_doubts(service, traits.forwarding, ipvs, reader);
  return parsed;
}

}  // namespace evenkeel::daemon
