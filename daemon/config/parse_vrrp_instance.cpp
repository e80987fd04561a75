#include "daemon/config/parse_vrrp_instance.h"

#include <algorithm>
#include <map>

#include "daemon/config/address_rules.h"
#include "daemon/config/duration.h"
#include "daemon/config/host_warnings.h"
#include "daemon/config/vrrp_rules.h"

namespace evenkeel::daemon {
namespace {

/// Two durations are compared as times: "1s" and "1000ms" are the same.
bool is_same_value(const toml::node& a, const toml::node& b, bool are_durations) {
  if (a.is_integer() && b.is_integer()) return a.as_integer()->get() == b.as_integer()->get();
  if (!a.is_string() || !b.is_string()) return true;  // reported where it is read
  const std::string& left = a.as_string()->get();
  const std::string& right = b.as_string()->get();
  if (!are_durations) return left == right;
  const auto duration = parse_duration(left);
  return !duration || duration == parse_duration(right);
}

class InstanceParser {
 public:
  explicit InstanceParser(ParsedInstance& parsed)
      : context_(parsed.written.context()), written_(parsed.written), config_(parsed.config) {}

  void parse();

 private:
  void parse_interval();
  void parse_unicast();
  void report_shared_priorities();
  void report_differences();
  [[nodiscard]] std::vector<std::string_view> known_nodes() const;
  [[nodiscard]] std::optional<Value> priority_of(std::string_view node) const;

  Context& context_;
  Written<vrrp::InstanceConfig>& written_;
  vrrp::InstanceConfig& config_;
};

void InstanceParser::parse() {
  written_.take(config_);
  if (!written_.is_read("family") && !config_.virtual_addresses.empty()) {
    config_.family = vrrp::family_of(config_.virtual_addresses.front().address);
  }
  parse_interval();
  parse_unicast();
  config_.announcements = default_announcements();
  Written<vrrp::AnnouncementSchedule>(written_.table("announcements"), context_)
      .take(config_.announcements);
  report_shared_priorities();
  report_differences();
}

/// Another node's entry is judged by our version unless versions differ per node.
void InstanceParser::parse_interval() {
  const toml::node* const version = written_.node("version");
  const bool versions_differ = version && version->is_table();
  const auto is_fine = [&](Duration interval, const Value& value) {
    if (is_advertisement_interval(config_.version, interval)) return true;
    if (!versions_differ || value.for_node == context_.node_name) return false;
    return is_advertisement_interval(vrrp::Version::V2, interval) ||
           is_advertisement_interval(vrrp::Version::V3, interval);
  };
  const auto read = [&](const Value& value) -> std::optional<Duration> {
    constexpr Times kAny = {.min = Duration::zero(), .max = Duration::max()};
    const auto interval = read_as(value, kAny, context_.diagnostics);
    if (!interval || is_fine(*interval, value)) return interval;
    return report_mismatch(value, advertisement_interval_range(config_.version),
                           context_.diagnostics);
  };
  if (const auto interval = written_.read("advertisement_interval", read)) {
    config_.advertisement_interval = *interval;
  }
}

/// Not a value per node: every node reads the whole table.
void InstanceParser::parse_unicast() {
  if (!written_.has("unicast")) return;
  const Value value = written_.value("unicast");
  const toml::table* const nodes = value.node->as_table();
  if (!nodes) {
    report_mismatch(value, "a table with the address of every node: { lb1 = \"192.0.2.2\", ... }",
                    context_.diagnostics);
    written_.refuse("unicast");
    return;
  }
  vrrp::Unicast unicast;
  bool is_read = true;
  bool has_own = false;
  for (const auto& [node_name, node] : *nodes) {
    const Value entry = value_at(node, value.place, value.key, node_name.str());
    const auto* const string = node.as_string();
    const auto address = string ? parse_address(string->get()) : std::optional<vrrp::Address>();
    has_own = has_own || node_name.str() == context_.node_name;
    if (!address) {
      report_mismatch(entry, "an address (no host name, prefix length or zone)",
                      context_.diagnostics);
      is_read = false;
    } else if (const auto why = why_not_virtual(*address)) {
      context_.diagnostics.error(entry.place, entry.name() + ": " + string->get() + " is " +
                                                  std::string(*why) + ", not that of a node");
      is_read = false;
    } else if (node_name.str() == context_.node_name) {
      unicast.source = *address;
    } else {
      unicast.peers.push_back(*address);
      unicast.names.emplace_back(node_name.str());
    }
  }
  if (!has_own) {
    context_.diagnostics.error(
        value.place, "\"unicast\" has no entry for this node, " + in_quotes(context_.node_name) +
                         ": it lists the addresses of all nodes" + std::string(kWhoWeAre));
    is_read = false;
  }
  if (is_read) {
    config_.unicast = std::move(unicast);
  } else {
    written_.refuse("unicast");
  }
}

/// The nodes that this file names for this virtual router.
std::vector<std::string_view> InstanceParser::known_nodes() const {
  const toml::node* table = written_.node("unicast");
  if (!table || !table->is_table()) {
    const toml::node* const id = written_.node("virtual_router_id");
    if (id && id->is_table()) return {};  // several pairs may share the file
    table = written_.node("priority");
  }
  std::vector<std::string_view> nodes;
  if (const toml::table* const entries = table ? table->as_table() : nullptr) {
    for (const auto& [name, node] : *entries) nodes.push_back(name.str());
  }
  return nodes;
}

/// The value that the node's priority is read from: its entry, or the value for all nodes. Nothing
/// when there is neither.
std::optional<Value> InstanceParser::priority_of(std::string_view node) const {
  if (!written_.has("priority")) return std::nullopt;
  const Value value = written_.value("priority");
  if (!value.node->is_table()) return value;
  const toml::node* const entry = value.node->as_table()->get(node);
  if (!entry) return std::nullopt;
  return value_at(*entry, value.place, value.key, node);
}

/// Nodes with the same priority would all become Master at the same moment, and their addresses
/// would decide (vrrp/README.md).
void InstanceParser::report_shared_priorities() {
  struct Holders {
    std::string names;
    Place place;  ///< of the last one
    int count = 0;
  };
  std::map<std::int64_t, Holders> by_priority;
  const bool is_given = written_.has("priority");
  for (const std::string_view node : known_nodes()) {
    const auto value = priority_of(node);
    if (is_given && (!value || !value->node->is_integer())) continue;
    Holders& holders =
        by_priority[value ? value->node->as_integer()->get() : vrrp::InstanceConfig().priority];
    holders.names += (holders.names.empty() ? "" : ", ") + in_quotes(node);
    holders.place = value ? value->place : written_.place_of("unicast");
    ++holders.count;
  }
  for (const auto& [priority, holders] : by_priority) {
    if (holders.count < 2) continue;
    context_.diagnostics.error(
        holders.place, "\"priority\" is " + std::to_string(priority) + " on several nodes (" +
                           holders.names +
                           "), which would fight for mastership: write one for each node, "
                           "such as { lb1 = 150, lb2 = 100 }");
  }
}

/// A node whose advertisements differ from what the others expect is not heard by them: there would
/// be two Masters (RFC 9568 section 7.1, RFC 3768 section 7.1).
void InstanceParser::report_differences() {
  using Key = KeyOf<vrrp::InstanceConfig>;
  constexpr Key kInterval = "advertisement_interval";
  std::vector<Key> keys = {"virtual_router_id", "family", "version", "password"};
  if (config_.version == vrrp::Version::V2) keys.push_back(kInterval);
  const auto nodes = known_nodes();
  for (const Key key : keys) {
    const toml::node* const node_of_key = written_.node(key);
    const toml::table* const entries = node_of_key ? node_of_key->as_table() : nullptr;
    if (!entries) continue;
    std::optional<std::string_view> first;
    for (const std::string_view node : nodes) {
      if (!entries->get(node)) continue;
      if (!first) {
        first = node;
      } else if (!is_same_value(*entries->get(*first), *entries->get(node), key == kInterval)) {
        context_.diagnostics.error(place_of(*entries->get(node), written_.place_of(key)),
                                   in_quotes(key.name()) + " differs between " + in_quotes(*first) +
                                       " and " + in_quotes(node) +
                                       ": they would not hear each other, and both be master");
        break;
      }
    }
  }
}

/// "": none.
std::string warning_about_interface(std::string_view name) {
  if (name == "lo") return "lo is the loopback: no other node is on it";
  const std::size_t at = name.find('@');
  if (at == std::string_view::npos || at == 0) return "";
  return in_quotes(name) + " is what `ip link` writes for " + in_quotes(name.substr(0, at)) +
         " and what lies under it: the name ends before the \"@\"";
}

bool is_link_local(const vrrp::Address& address) {
  return address.is_v6() && address.to_v6().is_link_local();
}

/// Warnings about prefix lengths that bring a route to the network of an address.
void report_prefixes(const ParsedInstance& instance, KeyOf<vrrp::InstanceConfig> key,
                     const std::vector<vrrp::InterfaceAddress>& addresses) {
  for (const vrrp::InterfaceAddress& address : addresses) {
    if (address.prefix_length == (address.address.is_v6() ? 128 : 32)) continue;
    if (const auto what = not_a_hosts_address(address.address, address.prefix_length);
        !what.empty()) {
      instance.written.warn(key, in_quotes(key.name()) + ": " + to_string(address) + " is " +
                                     std::string(what) + " of its network: no host's");
      continue;
    }
    instance.written.warn(
        key, in_quotes(key.name()) + ": " + to_string(address) +
                 " brings a route to its network, and may become the address that this host "
                 "talks from: right only where the interface has no other address of it");
  }
}

}  // namespace

ParsedInstance parse_instance(const PlacedTable& instance, Context& context) {
  ParsedInstance parsed{.config = {}, .written = {instance, context}};
  InstanceParser(parsed).parse();
  return parsed;
}

void report_warnings(const ParsedInstance& instance) {
  using Key = KeyOf<vrrp::InstanceConfig>;
  const vrrp::InstanceConfig& config = instance.config;
  const auto warn = [&](Key key, std::string_view message) { instance.written.warn(key, message); };
  if (config.virtual_router_id == 51 && (!config.unicast || config.password == "1111")) {
    warn("virtual_router_id",
         "virtual_router_id 51 is that of every tutorial: a pair of somebody else's on the same "
         "network may have it too");
  }
  if (!config.password.empty()) {
    warn("password",
         "\"password\" is sent in clear with every advertisement: it keeps out mistakes, nobody "
         "else");
  }
  if (!config.preempt && config.preempt_delay != Duration::zero()) {
    warn("preempt_delay", "\"preempt_delay\" does nothing with preempt = false");
  }
  if (!config.preempt && config.preempt_margin != 0) {
    warn("preempt_margin", "\"preempt_margin\" does nothing with preempt = false");
  }
  for (const auto& [key, name] :
       {std::pair(Key("interface"), std::string_view(config.interface)),
        std::pair(Key("unicast_interface"), std::string_view(config.unicast_interface))}) {
    const auto warning = warning_about_interface(name);
    if (!warning.empty()) warn(key, in_quotes(key.name()) + ": " + warning);
  }
  if (config.family == vrrp::Family::IPv6 && !config.virtual_addresses.empty() &&
      !is_link_local(config.virtual_addresses.front().address)) {
    warn("virtual_addresses",
         "\"virtual_addresses\" of IPv6 begin with a link-local address (fe80::...) by RFC 9568, "
         "5.2.9: routers of some vendors drop advertisements that do not");
  }
  for (const vrrp::TrackConfig& track : config.tracks) {
    if (track.kind != vrrp::TrackKind::Interface || track.name != config.interface) continue;
    warn("track_interfaces", "\"track_interfaces\": " + track.name +
                                 " is the interface of the instance: it is followed in any case");
  }
  report_prefixes(instance, "virtual_addresses", config.virtual_addresses);
  report_prefixes(instance, "extra_addresses", config.extra_addresses);
}

}  // namespace evenkeel::daemon
