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

/// The keys of `Table` that fill a member of `Class`.
template <typename Table, typename Class>
void compare(const std::string& object, const Class& before, const Class& after, Changes& changes) {
  if (before == after) return;
  for_each_key<Table>([&]<typename Row>(const Row& row) {
    if constexpr (is_of<Row, Class>()) {
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

void compare_tracks(const std::string& object, const std::vector<vrrp::TrackConfig>& before,
                    const std::vector<vrrp::TrackConfig>& after, Changes& changes) {
  if (before != after) changes.add(object + " tracks changed");
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

/// Those that are in both and differ; that one is added or removed is told by what follows it.
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

void compare_instances(const Config& before, const Config& after, Changes& changes) {
  using Instance = vrrp::InstanceConfig;
  compare_lists("instance ", ":", before.vrrp.instances, after.vrrp.instances, changes,
                [&](const Instance& was, const Instance& is) {
                  const std::string object = "instance " + is.name + ":";
                  compare<Instance>(object, was, is, changes);
                  compare_tracks(object, was.tracks, is.tracks, changes);
                });
  compare_hooks_of<Instance>("instance ", before.instance_hooks, after.instance_hooks,
                             before.global, after.global, changes);
  using Group = vrrp::SyncGroupConfig;
  compare_lists("sync group ", ":", before.vrrp.sync_groups, after.vrrp.sync_groups, changes,
                [&](const Group& was, const Group& is) {
                  const std::string object = "sync group " + is.name + ":";
                  compare<Group>(object, was, is, changes);
                  compare_tracks(object, was.tracks, is.tracks, changes);
                });
  compare_hooks_of<Group>("sync group ", before.group_hooks, after.group_hooks, before.global,
                          after.global, changes);
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

void compare_services(const Config& before, const Config& after, Changes& changes) {
  compare_lists("", ":", before.services, after.services, changes,
                [&](const ServiceConfig& was, const ServiceConfig& is) {
                  const std::string object = is.name + ":";
                  if (was.service.key != is.service.key) {
                    changes.add(change_of(object, "address", to_string(was.service.key),
                                          to_string(is.service.key)));
                  }
                  compare<ServiceConfig>(object, was.service, is.service, changes);
                  if (flags_of(was.service) != flags_of(is.service)) {
                    changes.add(change_of(object, "scheduler_flags", flags_of(was.service),
                                          flags_of(is.service)));
                  }
                  if (is_one_packet(was) != is_one_packet(is)) {
                    changes.add(object + " one_packet changed");
                  }
                  const std::string old_way = forwarding_of(was), way = forwarding_of(is);
                  if (!old_way.empty() && !way.empty() && old_way != way) {
                    changes.add(change_of(object, "forwarding", old_way, way));
                  }
                  if (was.on_failure != is.on_failure || was.quorum != is.quorum ||
                      was.hysteresis != is.hysteresis || was.sorry_server != is.sorry_server) {
                    ServiceConfig others = was;  // the servers are compared below
                    others.real_servers = is.real_servers;
                    compare<ServiceConfig>(object, others, is, changes);
                  }
                  compare_hooks<ServiceConfig>(object, was.hooks, is.hooks, before.global,
                                               after.global, changes);
                  compare_servers(object, was.real_servers, is.real_servers, changes);
                });
}

}  // namespace

std::vector<std::string> config_changes(const Config& before, const Config& after,
                                        std::size_t most) {
  Changes changes(most);
  compare<GlobalConfig>("[global]", before.global, after.global, changes);
  compare<IpvsConfig>("[ipvs]", before.ipvs, after.ipvs, changes);
  compare<GlobalConfig>("[global]", before.vrrp, after.vrrp, changes);
  compare_instances(before, after, changes);
  compare_lists("script ", ":", before.tracked.scripts, after.tracked.scripts, changes,
                [&](const Script& was, const Script& is) {
                  compare<Script>("script " + is.name + ":", was, is, changes);
                });
  compare_services(before, after, changes);
  return changes.take();
}

}  // namespace evenkeel::daemon
