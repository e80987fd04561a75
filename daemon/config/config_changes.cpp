#include "daemon/config/config_changes.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "daemon/config/global_keys.h"
#include "daemon/config/script_keys.h"
#include "daemon/config/service_keys.h"
#include "daemon/config/value_text.h"
#include "daemon/config/vrrp_keys.h"

namespace evenkeel::daemon {
namespace {

static_assert(kMostChanges == 200, "evenkeel(8) says so");

class Changes {
 public:
  explicit Changes(std::size_t most) : most_(most) {}

  void add(std::string line) {
    if (++count_ <= most_) lines_.push_back(std::move(line));
  }
  [[nodiscard]] std::vector<std::string> take() {
    if (count_ > most_) {
      lines_.back() = "and " + std::to_string(count_ - most_ + 1) + " more changes";
    }
    return std::move(lines_);
  }

 private:
  std::size_t most_;
  std::size_t count_ = 0;
  std::vector<std::string> lines_;
};

/// "web: scheduler wrr -> mh"; where one of the values has no text, "web: hooks changed".
std::string change_of(const std::string& object, std::string_view key, const std::string& before,
                      const std::string& after) {
  constexpr std::size_t kLongest = 200;
  std::string line = object;
  line.append(" ").append(key);
  const bool is_short = before.size() + after.size() <= kLongest;
  if (before.empty() || after.empty() || !is_short) return line + " changed";
  return line.append(" ").append(before).append(" -> ").append(after);
}

/// The keys of `Table` that fill a member of `Class`, but for lists of tables: these are compared
/// by the names of what is in them.
template <typename Table, typename Class>
void compare(const std::string& object, const Class& before, const Class& after, Changes& changes) {
  if (before == after) return;
  for_each_key<Table>([&]<typename Row>(const Row& row) {
    if constexpr (is_of<Row, Class>() && !std::is_same_v<typename Row::Kind, TablesAt>) {
      const auto& was = before.*Row::member;
      const auto& is = after.*Row::member;
      if (was == is) return;
      changes.add(change_of(object, row.name, written(row.kind, was), written(row.kind, is)));
    }
  });
}

/// Objects by their names: `added`, `removed`, and `both` for each that is in both, in the order of
/// `after`, those that are removed last.
template <typename List, typename Both>
void compare_lists(const std::string& prefix, std::string_view suffix, const List& before,
                   const List& after, Changes& changes, Both&& both) {
  if (before == after) return;
  std::map<std::string_view, const typename List::value_type*> old;
  for (const auto& each : before) old.emplace(each.name, &each);
  for (const auto& each : after) {
    const auto was = old.extract(each.name);
    if (!was) {
      changes.add(prefix + each.name + std::string(suffix) + " added");
    } else if (!(*was.mapped() == each)) {
      both(*was.mapped(), each);
    }
  }
  for (const auto& each : before) {
    if (!old.contains(each.name)) continue;
    changes.add(prefix + each.name + std::string(suffix) + " removed");
  }
}

/// The user and the timeout that [global] gives are told there.
template <typename Table, typename Hooks>
void compare_hooks(const std::string& object, Hooks before, const Hooks& after,
                   const GlobalConfig& was, const GlobalConfig& is, Changes& changes) {
  if (before.user == was.hook_user && after.user == is.hook_user) before.user = after.user;
  if (before.timeout == was.hook_timeout && after.timeout == is.hook_timeout) {
    before.timeout = after.timeout;
  }
  compare<Table>(object, before, after, changes);
}

/// Of those that are in both.
template <typename Table>
void compare_hooks_of(const std::string& prefix, const std::map<std::string, VrrpHooks>& before,
                      const std::map<std::string, VrrpHooks>& after, const GlobalConfig& was,
                      const GlobalConfig& is, Changes& changes) {
  for (const auto& [name, hooks] : after) {
    const auto old = before.find(name);
    if (old == before.end()) continue;
    compare_hooks<Table>(prefix + name + ":", old->second, hooks, was, is, changes);
  }
}

/// Objects that are in both and differ. Of one that is added or removed the line of its follower
/// tells.
template <typename List>
void compare_followed(const std::string& prefix, const List& before, const List& after,
                      Changes& changes) {
  std::map<std::string_view, const typename List::value_type*> old;
  for (const auto& each : before) old.emplace(each.name, &each);
  for (const auto& each : after) {
    const auto was = old.find(each.name);
    if (was != old.end() && !(*was->second == each)) changes.add(prefix + each.name + ": changed");
  }
}

/// Instances, or sync groups.
template <typename Owner>
void compare_owners(const std::string& kind, const std::vector<Owner>& before,
                    const std::vector<Owner>& after, Changes& changes) {
  compare_lists(kind, ":", before, after, changes, [&](const Owner& was, const Owner& is) {
    const std::string object = kind + is.name + ":";
    compare<Owner>(object, was, is, changes);
    if (was.tracks != is.tracks) changes.add(object + " tracks changed");
  });
}

void compare_vrrp(const Config& before, const Config& after, Changes& changes) {
  const std::string instance = "instance ", group = "sync group ";
  compare_owners(instance, before.vrrp.instances, after.vrrp.instances, changes);
  compare_hooks_of<vrrp::InstanceConfig>(instance, before.instance_hooks, after.instance_hooks,
                                         before.global, after.global, changes);
  compare_owners(group, before.vrrp.sync_groups, after.vrrp.sync_groups, changes);
  compare_hooks_of<vrrp::SyncGroupConfig>(group, before.group_hooks, after.group_hooks,
                                          before.global, after.global, changes);
  compare_followed("gateway ", before.vrrp.gateways, after.vrrp.gateways, changes);
  compare_followed("check ", before.tracked.checks, after.tracked.checks, changes);
}

/// The checks differ in more than whom they ask, where that is another server now.
bool have_other_checks(const RealServerConfig& was, const RealServerConfig& is) {
  if (was.destination.key == is.destination.key) return was.checks != is.checks;
  const auto without_target = [](std::vector<ServerCheck> checks) {
    for (ServerCheck& each : checks) {
      each.check.address = checks::Address();
      each.check.port = 0;
    }
    return checks;
  };
  return without_target(was.checks) != without_target(is.checks);
}

void compare_servers(const std::string& service, const std::vector<RealServerConfig>& before,
                     const std::vector<RealServerConfig>& after, Changes& changes) {
  std::vector<std::string_view> checked_anew;
  compare_lists(service + " ", "", before, after, changes,
                [&](const RealServerConfig& was, const RealServerConfig& is) {
                  const std::string object = service + " " + is.name;
                  if (was.destination.key != is.destination.key) {
                    changes.add(change_of(object, "address", to_string(was.destination.key),
                                          to_string(is.destination.key)));
                  }
                  compare<RealServerConfig>(object, was.destination, is.destination, changes);
                  if (have_other_checks(was, is)) checked_anew.push_back(is.name);
                });
  if (checked_anew.size() == 1) {
    changes.add(service + " " + std::string(checked_anew.front()) + " check changed");
  } else if (!checked_anew.empty()) {
    changes.add(service + " check of " + std::to_string(checked_anew.size()) +
                " real servers changed");
  }
}

std::string flags_of(const ipvs::Service& service) {
  std::string text;
  for (const std::string_view name : ipvs::scheduler_flag_names(service)) {
    text.append(text.empty() ? "" : ", ").append(name);
  }
  return "[" + text + "]";
}

bool is_one_packet(const ServiceConfig& service) {
  return (service.service.flags & ipvs::ServiceFlags::kOnePacket) != 0;
}

std::string forwarding_of(const ServiceConfig& service) {
  if (service.real_servers.empty()) return "";
  return text_of(service.real_servers.front().destination.forwarding);
}

void compare_flags(const std::string& object, const ServiceConfig& was, const ServiceConfig& is,
                   Changes& changes) {
  const std::string old_flags = flags_of(was.service), flags = flags_of(is.service);
  if (old_flags != flags) {
    changes.add(change_of(object, "scheduler_flags", old_flags, flags));
  }
  if (is_one_packet(was) != is_one_packet(is)) changes.add(object + " one_packet changed");
}

void compare_service(const ServiceConfig& was, const ServiceConfig& is, const GlobalConfig& before,
                     const GlobalConfig& after, Changes& changes) {
  const std::string object = is.name + ":";
  if (was.service.key != is.service.key) {
    changes.add(
        change_of(object, "address", to_string(was.service.key), to_string(is.service.key)));
  }
  compare<ServiceConfig>(object, was.service, is.service, changes);
  compare_flags(object, was, is, changes);
  const std::string old_way = forwarding_of(was), way = forwarding_of(is);
  if (!old_way.empty() && !way.empty() && old_way != way) {
    changes.add(change_of(object, "forwarding", old_way, way));
  }
  compare<ServiceConfig>(object, was, is, changes);
  compare_hooks<ServiceConfig>(object, was.hooks, is.hooks, before, after, changes);
  compare_servers(object, was.real_servers, is.real_servers, changes);
}

void compare_services(const Config& before, const Config& after, Changes& changes) {
  compare_lists("", ":", before.services, after.services, changes,
                [&](const ServiceConfig& was, const ServiceConfig& is) {
                  compare_service(was, is, before.global, after.global, changes);
                });
}

}  // namespace

std::vector<std::string> config_changes(const Config& before, const Config& after,
                                        std::size_t most) {
  Changes changes(most);
  compare<GlobalConfig>("[global]", before.global, after.global, changes);
  compare<IpvsConfig>("[ipvs]", before.ipvs, after.ipvs, changes);
  compare<GlobalConfig>("[global]", before.vrrp, after.vrrp, changes);
  compare_vrrp(before, after, changes);
  compare_lists("script ", ":", before.tracked.scripts, after.tracked.scripts, changes,
                [&](const Script& was, const Script& is) {
                  compare<Script>("script " + is.name + ":", was, is, changes);
                });
  compare_services(before, after, changes);
  return changes.take();
}

}  // namespace evenkeel::daemon
