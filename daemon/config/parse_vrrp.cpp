#include "daemon/config/parse_vrrp.h"

#include <algorithm>
#include <map>
#include <utility>

#include "daemon/config/hook_addresses.h"
#include "daemon/config/parse_hooks.h"
#include "daemon/config/parse_vrrp_instance.h"
#include "daemon/config/track_rules.h"
#include "daemon/config/vrrp_rules.h"

namespace evenkeel::daemon {
namespace {

struct ParsedGroup {
  vrrp::SyncGroupConfig config;
  Written<vrrp::SyncGroupConfig> written;
};

/// The element that `spot` names, of an array or of "unicast", where this node's entry is 0 and the
/// peers follow in the order of the table.
const toml::node* element_of(const toml::node& node, const VrrpSpot& spot,
                             std::string_view node_name) {
  const std::size_t wanted = *spot.element;
  if (const toml::array* const array = node.as_array()) return array->get(wanted);
  const toml::table* const entries = node.as_table();
  if (!entries) return nullptr;
  if (wanted == 0) return entries->get(node_name);
  std::size_t peer = 0;
  for (const auto& [name, entry] : *entries) {
    if (name.str() != node_name && ++peer == wanted) return &entry;
  }
  return nullptr;
}

/// The keys that lead to the value.
std::vector<std::string_view> path_of(const VrrpSpot& spot) {
  return std::visit(
      []<typename Key>(const Key& key) -> std::vector<std::string_view> {
        if constexpr (std::is_same_v<Key, std::monostate>) {
          return {};
        } else if constexpr (std::is_same_v<Key, ScheduleKey>) {
          return {InstanceKey("announcements").name(), key.name()};
        } else {
          return {key.name()};
        }
      },
      spot.key);
}

/// The nearest place that the file has: the element, else the value, else the table.
Place place_of(const PlacedTable& at, const VrrpSpot& spot, std::string_view node_name) {
  const toml::node* node = at.table;
  Place place = at.place;
  const auto descend = [&](const toml::node* below) {
    if (!below) return false;
    node = below;
    place = place_of(*below, place);
    return true;
  };
  for (const std::string_view key : path_of(spot)) {
    const toml::table* const table = node->as_table();
    if (!table || !descend(table->get(key))) return place;
  }
  const bool is_for_all_nodes = spot.key == decltype(spot.key)(InstanceKey("unicast"));
  if (!is_for_all_nodes && node->is_table()) descend(node->as_table()->get(node_name));
  if (spot.element) descend(element_of(*node, spot, node_name));
  return place;
}

/// Reports each contradiction at its place in the file.
class Judge {
 public:
  Judge(const std::vector<ParsedInstance>& instances, const std::vector<ParsedGroup>& groups,
        Context& context)
      : instances_(instances), groups_(groups), context_(context) {}

  void report(const VrrpContradiction& found) {
    if (!is_read(found.at, found) || (found.earlier && !is_read(*found.earlier, found))) return;
    std::string message = found.message;
    if (found.earlier) message += ", at " + context_.diagnostics.where(place(*found.earlier));
    const bool is_member = found.at.key == decltype(found.at.key)(GroupKey("instances"));
    if (is_member && found.at.element && !found.earlier) {
      message += suggestion(found.at);
    }
    context_.diagnostics.error(place(found.at), message);
  }

 private:
  [[nodiscard]] bool is_read(const VrrpSpot& spot, const VrrpContradiction& found) const {
    if (spot.is_group())
      return !groups_.at(spot.index).written.is_wrong(std::get<GroupKey>(spot.key));
    const auto is_wrong = [&](InstanceKey key) {
      return instances_.at(spot.index).written.is_wrong(key);
    };
    const auto* const key = std::get_if<InstanceKey>(&spot.key);
    return !(key && is_wrong(*key)) &&
           std::none_of(found.rests_on.begin(), found.rests_on.end(), is_wrong);
  }
  [[nodiscard]] Place place(const VrrpSpot& spot) const {
    const PlacedTable& at = spot.is_group() ? groups_.at(spot.index).written.at()
                                            : instances_.at(spot.index).written.at();
    return place_of(at, spot, context_.node_name);
  }
  /// The nearest name of an instance, for one that there is not.
  [[nodiscard]] std::string suggestion(const VrrpSpot& spot) const {
    std::vector<std::string_view> names;
    for (const ParsedInstance& instance : instances_) names.push_back(instance.config.name);
    return did_you_mean(groups_.at(spot.index).config.instances.at(*spot.element), names);
  }

  const std::vector<ParsedInstance>& instances_;
  const std::vector<ParsedGroup>& groups_;
  Context& context_;
};

/// The priorities that the file gives to nodes by name, lowest first.
std::vector<NodePriority> named_priorities(const ParsedInstance& instance) {
  std::vector<NodePriority> priorities;
  const toml::node* const priority = instance.written.node("priority");
  const toml::table* const entries = priority ? priority->as_table() : nullptr;
  if (!entries) return priorities;
  for (const auto& [name, node] : *entries) {
    if (const auto* const integer = node.as_integer()) {
      priorities.emplace_back(integer->get(), name.str());
    }
  }
  std::sort(priorities.begin(), priorities.end());
  return priorities;
}

/// Not of a member of a group, where other sums count.
void warn_of_idle_weights(const ParsedInstance& instance, const vrrp::Config& config,
                          Context& context) {
  if (!vrrp::sync_group_of(config, instance.config.name).empty()) return;
  const std::string warning = idle_weights_warning(instance.config, named_priorities(instance));
  if (warning.empty()) return;
  const auto& tracks = instance.config.tracks;
  const auto first = std::find_if(tracks.begin(), tracks.end(),
                                  [](const vrrp::TrackConfig& each) { return each.weight != 0; });
  const auto key = list_key_of<InstanceKey>(first->kind);
  context.diagnostics.warn(instance.written.place_of(key), warning);
}

/// Reports two instances of a group in which another node has the highest priority: each node would
/// hold the group back, or take it from the other, for ever.
void report_crossed_priorities(const vrrp::SyncGroupConfig& group,
                               const std::vector<ParsedInstance>& instances, Context& context) {
  const ParsedInstance* first = nullptr;
  for (const std::string& name : group.instances) {
    const auto member =
        std::find_if(instances.begin(), instances.end(),
                     [&](const ParsedInstance& instance) { return instance.config.name == name; });
    if (name.empty() || member == instances.end()) continue;
    if (!first) {
      first = &*member;
      continue;
    }
    const toml::node* const priority = member->written.node("priority");
    const toml::table* const entries = priority ? priority->as_table() : nullptr;
    if (!entries) continue;
    const toml::node* lower = nullptr;
    std::string_view lower_name;
    for (const auto& [ignored, node_name] : named_priorities(*first)) {
      const toml::node* const upper = entries->get(node_name);
      if (!upper || !upper->is_integer()) continue;
      if (lower && upper->as_integer()->get() < lower->as_integer()->get()) {
        context.diagnostics.error(place_of(*upper, member->written.at().place),
                                  "\"priority\": " + in_quotes(node_name) + " is below " +
                                      in_quotes(lower_name) + " here, but above it in " +
                                      in_quotes(first->config.name) +
                                      " of the same sync group: neither could be master of both");
        break;
      }
      lower = upper;
      lower_name = node_name;
    }
  }
}

/// "" or why hooks are told no addresses. `of`: "the instance", "the sync group".
std::string hook_addresses_warning(const std::vector<vrrp::InterfaceAddress>& addresses,
                                   const std::string& of) {
  const std::size_t octets = hook_addresses(addresses).size();
  if (octets <= kMaxHookAddresses) return "";
  return "EVENKEEL_ADDRESSES will not be set for the hooks of " + of + ": its " +
         std::to_string(addresses.size()) + " addresses take " + std::to_string(octets) +
         " octets, and the variable may have " + std::to_string(kMaxHookAddresses);
}

bool has_hooks(const VrrpHooks& hooks) {
  bool has_any = hooks.while_master.has_value();
  for_each_hook(hooks, [&](HookKey /*key*/, const std::vector<Arguments>& commands) {
    has_any = has_any || !commands.empty();
  });
  return has_any;
}

void warn_of_many_addresses(const std::vector<ParsedInstance>& instances,
                            const std::vector<ParsedGroup>& groups, const Config& config,
                            Context& context) {
  std::map<std::string, std::vector<vrrp::InterfaceAddress>> addresses;
  for (const ParsedInstance& each : instances) {
    const auto& own = addresses[each.config.name] = vrrp::all_addresses(each.config);
    const std::string warning = hook_addresses_warning(own, "the instance");
    if (warning.empty() || !has_hooks(config.instance_hooks.at(each.config.name))) continue;
    context.diagnostics.warn(each.written.place_of(InstanceKey("extra_addresses")), warning);
  }
  for (const ParsedGroup& each : groups) {
    std::vector<vrrp::InterfaceAddress> all;
    for (const std::string& member : each.config.instances) {
      all.insert(all.end(), addresses[member].begin(), addresses[member].end());
    }
    const std::string warning = hook_addresses_warning(all, "the sync group");
    if (warning.empty() || !has_hooks(config.group_hooks.at(each.config.name))) continue;
    context.diagnostics.warn(each.written.place_of(GroupKey("instances")), warning);
  }
}

}  // namespace

void parse_vrrp(const std::vector<PlacedTable>& instances,
                const std::vector<PlacedTable>& sync_groups, TrackParser& tracks, Context& context,
                Config& into) {
  std::vector<ParsedInstance> parsed_instances;
  std::vector<ParsedGroup> parsed_groups;
  vrrp::Config& config = into.vrrp;
  for (const PlacedTable& instance : instances) {
    ParsedInstance& parsed = parsed_instances.emplace_back(parse_instance(instance, context));
    parsed.config.tracks = tracks.parse(parsed.written);
    config.instances.push_back(parsed.config);
    into.instance_hooks.emplace(parsed.config.name, parse_hooks<VrrpHooks>(parsed.written));
  }
  for (const PlacedTable& group : sync_groups) {
    ParsedGroup& parsed =
        parsed_groups.emplace_back(ParsedGroup{.config = {}, .written = {group, context}});
    parsed.written.take(parsed.config);
    parsed.config.tracks = tracks.parse(parsed.written);
    config.sync_groups.push_back(parsed.config);
    into.group_hooks.emplace(parsed.config.name, parse_hooks<VrrpHooks>(parsed.written));
  }
  config.gateways = tracks.take_gateways();
  Judge judge(parsed_instances, parsed_groups, context);
  for (const VrrpContradiction& found : contradictions(config)) judge.report(found);
  for (const vrrp::SyncGroupConfig& group : config.sync_groups) {
    report_crossed_priorities(group, parsed_instances, context);
  }
  for (const ParsedInstance& instance : parsed_instances) {
    report_warnings(instance);
    warn_of_idle_weights(instance, config, context);
  }
  warn_of_many_addresses(parsed_instances, parsed_groups, into, context);
}

}  // namespace evenkeel::daemon
