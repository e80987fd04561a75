#include "daemon/config/parse_vrrp_instance.h"

#include <algorithm>
#include <map>

#include "daemon/config/address_rules.h"
#include "daemon/config/duration.h"
#include "daemon/config/host_doubts.h"
#include "daemon/config/vrrp_rules.h"

namespace evenkeel::daemon {
namespace {

std::optional<std::string> read_interface(const Value& value, Diagnostics& diagnostics) {
  const auto* const string = value.node->as_string();
  if (string && is_interface_name(string->get())) return string->get();
  report_mismatch(value, "the name of an interface: 1 .. 127 octets without '/', ':' and spaces",
                  diagnostics);
  return std::nullopt;
}

/// The text is not shown: it is a secret, of a sort.
std::optional<std::string> read_password(const Value& value, Diagnostics& diagnostics) {
  const auto* const string = value.node->as_string();
  if (string && is_vrrp_password(string->get())) return string->get();
  diagnostics.error(value.place,
                    value.name() + " must be a string of at most 8 printable ASCII characters");
  return std::nullopt;
}

std::optional<vrrp::InterfaceAddress> read_moved_address(const Value& value,
                                                         Diagnostics& diagnostics) {
  const auto* const string = value.node->as_string();
  auto address =
      string ? parse_interface_address(string->get()) : std::optional<vrrp::InterfaceAddress>();
  if (!address) {
    report_mismatch(value, "addresses, with a prefix length or without (\"192.0.2.10\")",
                    diagnostics);
    return std::nullopt;
  }
  if (const auto why = why_not_virtual(address->address)) {
    diagnostics.error(value.place, value.name() + ": " + string->get() + " is " +
                                       std::string(*why) + ": it cannot move between nodes");
    return std::nullopt;
  }
  return address;
}

using MovedAddresses = std::vector<vrrp::InterfaceAddress>;

std::optional<MovedAddresses> read_moved_addresses(const Value& value, Diagnostics& diagnostics) {
  const auto elements = read_array(value, "addresses", diagnostics);
  if (!elements) return std::nullopt;
  MovedAddresses addresses;
  for (const Value& element : *elements) {
    if (const auto address = read_moved_address(element, diagnostics)) {
      addresses.push_back(*address);
    }
  }
  if (addresses.size() != elements->size()) return std::nullopt;
  return addresses;
}

std::optional<std::vector<Duration>> read_announcement_times(const Value& value,
                                                             Diagnostics& diagnostics) {
  const auto elements = read_array(value, "durations", diagnostics);
  if (!elements) return std::nullopt;
  std::vector<Duration> times;
  for (const Value& element : *elements) {
    const auto time = read_duration(
        element, {.min = Duration::zero(), .max = kMaxAnnouncementDelay}, diagnostics);
    if (time) times.push_back(*time);
  }
  if (times.size() != elements->size()) return std::nullopt;
  return times;
}

/// Of durations "1s" and "1000ms" are the same.
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
  InstanceParser(const PlacedTable& instance, Context& context)
      : context_(context), reader_(*instance.table, instance.place, instance_table(), context) {
    parsed_.at = instance;
  }

  ParsedInstance parse() &&;

 private:
  void parse_election();
  void parse_interval();
  void parse_addresses();
  void parse_unicast();
  void parse_announcements();
  void report_shared_priorities();
  void report_differences();
  [[nodiscard]] std::vector<std::string_view> known_nodes() const;
  [[nodiscard]] std::optional<Value> priority_of(std::string_view node) const;

  /// `value` as it was read for `key`; remembered as unread when it is there and was refused.
  template <typename T>
  std::optional<T> seen(std::string_view key, std::optional<T> value) {
    if (!value && reader_.has(key)) parsed_.unread.push_back(key);
    return value;
  }
  template <typename T>
  void take(std::string_view key, T& into, std::optional<T> value) {
    if (auto found = seen(key, std::move(value))) into = std::move(*found);
  }
  template <typename T>
  void take_required(std::string_view key, T& into, std::optional<T> value) {
    if (!reader_.require(key)) parsed_.unread.push_back(key);
    take(key, into, std::move(value));
  }
  std::optional<std::uint8_t> octet(std::string_view key) {
    const auto number = reader_.integer(key, {.min = 1, .max = 255});
    if (!number) return std::nullopt;
    return static_cast<std::uint8_t>(*number);
  }

  Context& context_;
  TableReader reader_;
  ParsedInstance parsed_;
  vrrp::InstanceConfig& config_ = parsed_.config;
};

ParsedInstance InstanceParser::parse() && {
  take_required("name", config_.name, reader_.name("name"));
  take_required("interface", config_.interface, reader_.read("interface", [&](const Value& value) {
    return read_interface(value, context_.diagnostics);
  }));
  parse_election();
  parse_addresses();
  parse_unicast();
  take("unicast_interface", config_.unicast_interface,
       reader_.read("unicast_interface", [&](const Value& value) {
         return read_interface(value, context_.diagnostics);
       }));
  parse_announcements();
  report_shared_priorities();
  report_differences();
  return std::move(parsed_);
}

void InstanceParser::parse_election() {
  take_required("virtual_router_id", config_.virtual_router_id, octet("virtual_router_id"));
  const auto version = seen("version", reader_.integer("version", {.min = 2, .max = 3}));
  if (version) config_.version = static_cast<vrrp::Version>(*version);
  parse_interval();
  take("priority", config_.priority, octet("priority"));
  take("preempt", config_.preempt, reader_.boolean("preempt"));
  take("preempt_delay", config_.preempt_delay,
       reader_.duration("preempt_delay", {.min = Duration::zero(), .max = kMaxPreemptDelay}));
  take("checksum", config_.checksum, reader_.choice<vrrp::ChecksumPolicy>("checksum"));
  take("password", config_.password, reader_.read("password", [&](const Value& value) {
    return read_password(value, context_.diagnostics);
  }));
}

/// Another node's entry is judged by our version unless versions differ per node.
void InstanceParser::parse_interval() {
  const auto version = reader_.raw("version");
  const bool versions_differ = version && version->node->is_table();
  const auto is_fine = [&](Duration interval, const Value& value) {
    if (is_advertisement_interval(config_.version, interval)) return true;
    if (!versions_differ || value.for_node == context_.node_name) return false;
    return is_advertisement_interval(vrrp::Version::V2, interval) ||
           is_advertisement_interval(vrrp::Version::V3, interval);
  };
  const auto read = [&](const Value& value) -> std::optional<Duration> {
    constexpr DurationRange kAny = {.min = Duration::zero(), .max = Duration::max()};
    const auto interval = read_duration(value, kAny, context_.diagnostics);
    if (!interval || is_fine(*interval, value)) return interval;
    report_mismatch(value, advertisement_interval_range(config_.version), context_.diagnostics);
    return std::nullopt;
  };
  take("advertisement_interval", config_.advertisement_interval,
       reader_.read("advertisement_interval", read));
}

void InstanceParser::parse_addresses() {
  const auto addresses = [&](std::string_view key) {
    return reader_.read(
        key, [&](const Value& value) { return read_moved_addresses(value, context_.diagnostics); });
  };
  take_required("virtual_addresses", config_.virtual_addresses, addresses("virtual_addresses"));
  take("extra_addresses", config_.extra_addresses, addresses("extra_addresses"));
  if (const auto family = seen("family", reader_.choice<vrrp::Family>("family"))) {
    config_.family = *family;
  } else if (!config_.virtual_addresses.empty()) {
    config_.family = vrrp::family_of(config_.virtual_addresses.front().address);
  }
  take("address_conflict", config_.address_conflict,
       reader_.choice<vrrp::AddressConflict>("address_conflict"));
  take("foreign_address_list", config_.foreign_address_list,
       reader_.choice<vrrp::ForeignAddressList>("foreign_address_list"));
}

/// Not a value per node: every node reads the whole table.
void InstanceParser::parse_unicast() {
  const auto value = reader_.raw("unicast");
  if (!value) return;
  const toml::table* const nodes = value->node->as_table();
  if (!nodes) {
    report_mismatch(*value, "a table with the address of every node: { lb1 = \"192.0.2.2\", ... }",
                    context_.diagnostics);
    parsed_.unread.emplace_back("unicast");
    return;
  }
  vrrp::Unicast unicast;
  bool is_read = true;
  bool has_own = false;
  for (const auto& [node_name, node] : *nodes) {
    const Value entry{.node = &node,
                      .place = place_of(node, value->place),
                      .key = "unicast",
                      .for_node = node_name.str()};
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
        value->place, "\"unicast\" has no entry for this node, " + in_quotes(context_.node_name) +
                          ": it lists the addresses of all nodes" + std::string(kWhoWeAre));
    is_read = false;
  }
  if (is_read) {
    config_.unicast = std::move(unicast);
  } else {
    parsed_.unread.emplace_back("unicast");
  }
}

void InstanceParser::parse_announcements() {
  config_.announcements = default_announcements();
  const toml::table* const table = reader_.table("announcements");
  if (!table) return;
  TableReader reader(*table, reader_.place_of_value("announcements"), announcements_table(),
                     context_);
  auto at = reader.read("at", [&](const Value& value) {
    return read_announcement_times(value, context_.diagnostics);
  });
  if (at) config_.announcements.at = std::move(*at);
  const auto refresh =
      reader.duration("refresh", {.min = kMinRefresh, .max = kMaxRefresh, .zero_is_allowed = true});
  if (refresh) config_.announcements.refresh = *refresh;
}

/// The nodes of which this file knows that they are of this virtual router.
std::vector<std::string_view> InstanceParser::known_nodes() const {
  auto table = reader_.raw("unicast");
  if (!table || !table->node->is_table()) {
    const auto id = reader_.raw("virtual_router_id");
    if (id && id->node->is_table()) return {};  // several pairs may share the file
    table = reader_.raw("priority");
  }
  std::vector<std::string_view> nodes;
  if (const toml::table* const entries = table ? table->node->as_table() : nullptr) {
    for (const auto& [name, node] : *entries) nodes.push_back(name.str());
  }
  return nodes;
}

/// What it is read from: its entry, or the value for all. Nothing when there is neither.
std::optional<Value> InstanceParser::priority_of(std::string_view node) const {
  auto value = reader_.raw("priority");
  if (!value || !value->node->is_table()) return value;
  const toml::node* const entry = value->node->as_table()->get(node);
  if (!entry) return std::nullopt;
  return Value{
      .node = entry, .place = place_of(*entry, value->place), .key = "priority", .for_node = node};
}

/// They would all become Master at the same moment, and settle it by their addresses
/// (vrrp/README.md).
void InstanceParser::report_shared_priorities() {
  struct Holders {
    std::string names;
    Place place;  ///< of the last one
    int count = 0;
  };
  std::map<std::int64_t, Holders> by_priority;
  const bool is_given = reader_.has("priority");
  for (const std::string_view node : known_nodes()) {
    const auto value = priority_of(node);
    if (is_given && (!value || !value->node->is_integer())) continue;
    Holders& holders =
        by_priority[value ? value->node->as_integer()->get() : vrrp::InstanceConfig().priority];
    holders.names += (holders.names.empty() ? "" : ", ") + in_quotes(node);
    holders.place = value ? value->place : reader_.place_of_value("unicast");
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

/// Who sends another thing than the others expect is not heard by them: there would be two Masters
/// (RFC 9568 section 7.1, RFC 3768 section 7.1).
void InstanceParser::report_differences() {
  std::vector<std::string_view> keys = {"virtual_router_id", "family", "version", "password"};
  constexpr std::string_view kInterval = "advertisement_interval";
  if (config_.version == vrrp::Version::V2) keys.emplace_back(kInterval);
  const auto nodes = known_nodes();
  for (const std::string_view key : keys) {
    const auto value = reader_.raw(key);
    const toml::table* const entries = value ? value->node->as_table() : nullptr;
    if (!entries) continue;
    std::optional<std::string_view> first;
    for (const std::string_view node : nodes) {
      if (!entries->get(node)) continue;
      if (!first) {
        first = node;
      } else if (!is_same_value(*entries->get(*first), *entries->get(node), key == kInterval)) {
        context_.diagnostics.error(place_of(*entries->get(node), value->place),
                                   in_quotes(key) + " differs between " + in_quotes(*first) +
                                       " and " + in_quotes(node) +
                                       ": they would not hear each other, and both be master");
        break;
      }
    }
  }
}

/// "": none.
std::string doubt_about_interface(std::string_view name) {
  if (name == "lo") return "lo is the loopback: no other node is on it";
  const std::size_t at = name.find('@');
  if (at == std::string_view::npos || at == 0) return "";
  return in_quotes(name) + " is what `ip link` writes for " + in_quotes(name.substr(0, at)) +
         " and what lies under it: the name ends before the \"@\"";
}

bool is_link_local(const vrrp::Address& address) {
  return address.is_v6() && address.to_v6().is_link_local();
}

}  // namespace

ParsedInstance parse_instance(const PlacedTable& instance, Context& context) {
  return InstanceParser(instance, context).parse();
}

void report_doubts(const ParsedInstance& instance, Context& context) {
  const vrrp::InstanceConfig& config = instance.config;
  const toml::table& table = *instance.at.table;
  const auto warn = [&](std::string_view key, std::string_view message) {
    const toml::node* const node = table.get(key);
    context.diagnostics.warn(node ? place_of(*node, instance.at.place) : instance.at.place,
                             message);
  };
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
  for (const auto& [key, name] :
       {std::pair<std::string_view, std::string_view>("interface", config.interface),
        {"unicast_interface", config.unicast_interface}}) {
    const auto doubt = doubt_about_interface(name);
    if (!doubt.empty()) warn(key, in_quotes(key) + ": " + doubt);
  }
  if (config.family == vrrp::Family::IPv6 && !config.virtual_addresses.empty() &&
      !is_link_local(config.virtual_addresses.front().address)) {
    warn("virtual_addresses",
         "\"virtual_addresses\" of IPv6 begin with a link-local address (fe80::...) by RFC 9568, "
         "5.2.9: routers of some vendors drop advertisements that do not");
  }
  const auto doubt_prefixes = [&](std::string_view key, const MovedAddresses& addresses) {
    for (const vrrp::InterfaceAddress& address : addresses) {
      if (address.prefix_length == (address.address.is_v6() ? 128 : 32)) continue;
      if (const auto what = not_a_hosts_address(address.address, address.prefix_length);
          !what.empty()) {
        warn(key, in_quotes(key) + ": " + to_string(address) + " is " + std::string(what) +
                      " of its network: no host's");
        continue;
      }
      warn(key, in_quotes(key) + ": " + to_string(address) +
                    " brings a route to its network, and may become the address that this host "
                    "talks from: right only where the interface has no other address of it");
    }
  };
  doubt_prefixes("virtual_addresses", config.virtual_addresses);
  doubt_prefixes("extra_addresses", config.extra_addresses);
}

}  // namespace evenkeel::daemon
