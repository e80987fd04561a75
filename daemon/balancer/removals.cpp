#include "daemon/balancer/removals.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

namespace evenkeel::daemon {

namespace {

/// The objects of one kind.
struct Count {
  std::size_t removed = 0;
  std::size_t total = 0;
};

std::optional<std::string> judge(const Count& count, const char* what, MaxRemovals limit) {
  if (count.removed * 100 <= count.total * limit.percent) return std::nullopt;
  return "the new configuration removes " + std::to_string(count.removed) + " of " +
         std::to_string(count.total) + " " + what + " (" +
         std::to_string(count.removed * 100 / count.total) + " %), max_removals in force is " +
         std::to_string(limit.percent) + " %";
}

std::size_t fewer(std::size_t before, std::size_t after) {
  return before - std::min(before, after);
}

template <typename Object>
std::map<std::string_view, const Object*> by_name(const std::vector<Object>& objects) {
  std::map<std::string_view, const Object*> result;
  for (const Object& object : objects) result.emplace(object.name, &object);
  return result;
}

/// Each object of `before` with the one that has its name in `after`; nullptr: it has vanished.
template <typename Object, typename Visit>
void each_pair(const std::vector<Object>& before, const std::vector<Object>& after, Visit visit) {
  const auto kept = by_name(after);
  for (const Object& object : before) {
    const auto same = kept.find(object.name);
    visit(object, same == kept.end() ? nullptr : same->second);
  }
}

/// The file gives the server no name: its address and port stand for one.
bool is_unnamed(const RealServerConfig& server) {
  return server.name == ipvs::to_string(server.destination.key);
}

/// Real servers of one service that `after` lacks. A server that gets its first name has not
/// vanished.
std::size_t removed_servers(const ServiceConfig& before, const ServiceConfig& after) {
  std::set<std::string_view> names;
  std::set<ipvs::DestinationKey> targets;
  std::size_t unnamed_after = 0;
  for (const RealServerConfig& server : after.real_servers) {
    targets.insert(server.destination.key);
    if (is_unnamed(server)) {
      ++unnamed_after;
    } else {
      names.insert(server.name);
    }
  }
  std::size_t removed = 0;
  std::size_t unnamed_before = 0;
  std::size_t unnamed_gone = 0;
  for (const RealServerConfig& server : before.real_servers) {
    if (!is_unnamed(server)) {
      removed += names.contains(server.name) ? 0 : 1;
      continue;
    }
    ++unnamed_before;
    unnamed_gone += targets.contains(server.destination.key) ? 0 : 1;
  }
  return removed + std::min(unnamed_gone, fewer(unnamed_before, unnamed_after));
}

struct Counts {
  Count instances, addresses, services, servers;
};

Counts removals(const Config& before, const Config& after) {
  Counts counts;
  each_pair(before.vrrp.instances, after.vrrp.instances,
            [&](const vrrp::InstanceConfig& was, const vrrp::InstanceConfig* is) {
              const std::size_t addresses = vrrp::all_addresses(was).size();
              ++counts.instances.total;
              counts.addresses.total += addresses;
              counts.instances.removed += is ? 0 : 1;
              counts.addresses.removed +=
                  is ? fewer(addresses, vrrp::all_addresses(*is).size()) : addresses;
            });
  each_pair(before.services, after.services,
            [&](const ServiceConfig& was, const ServiceConfig* is) {
              ++counts.services.total;
              counts.servers.total += was.real_servers.size();
              counts.services.removed += is ? 0 : 1;
              counts.servers.removed += is ? removed_servers(was, *is) : was.real_servers.size();
            });
  return counts;
}

}  // namespace

std::optional<std::string> too_many_removals(const Config& before, const Config& after,
                                             MaxRemovals limit) {
  const Counts counts = removals(before, after);
  auto why = judge(counts.instances, "instances", limit);
  if (!why) why = judge(counts.addresses, "virtual addresses", limit);
  if (!why) why = judge(counts.services, "virtual services", limit);
  if (!why) why = judge(counts.servers, "real servers", limit);
  return why;
}

}  // namespace evenkeel::daemon
