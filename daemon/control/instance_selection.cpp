#include "daemon/control/instance_selection.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "vrrp/shared_page.h"

namespace evenkeel::daemon {

namespace {

static_assert(kMaxSelectors >= vrrp::SharedPage::kMaxRouters, "all instances can be named");

std::string unknown(const Snapshot& snapshot, const std::string& name) {
  if (snapshot.instances.empty()) return "there is no instance on this node";
  return "no instance is called \"" + name.substr(0, 128) + "\"";
}

}  // namespace

tl::expected<std::vector<const InstanceSnapshot*>, ProtocolError> select_instances(
    const Snapshot& snapshot, const std::vector<std::string>& names) {
  const std::set<std::string_view> wanted(names.begin(), names.end());
  std::vector<const InstanceSnapshot*> selected;
  std::set<std::string_view> known;
  for (const InstanceSnapshot& instance : snapshot.instances) {
    known.insert(instance.config.name);
    if (names.empty() || wanted.contains(instance.config.name)) selected.push_back(&instance);
  }
  for (const std::string& name : names) {
    if (known.contains(name)) continue;
    return tl::unexpected(ProtocolError{ErrorCode::UnknownInstance, unknown(snapshot, name)});
  }
  return selected;
}

tl::expected<std::vector<std::string>, ProtocolError> select_with_groups(
    const Snapshot& snapshot, const std::vector<std::string>& names) {
  const auto selected = select_instances(snapshot, names);
  if (!selected) return tl::unexpected(selected.error());
  std::set<std::string_view> groups;
  for (const InstanceSnapshot* instance : *selected) {
    if (!instance->sync_group.empty()) groups.insert(instance->sync_group);
  }
  std::vector<std::string> result;
  for (const InstanceSnapshot& instance : snapshot.instances) {
    const bool is_named =
        std::find(selected->begin(), selected->end(), &instance) != selected->end();
    if (is_named || groups.contains(instance.sync_group)) result.push_back(instance.config.name);
  }
  return result;
}

}  // namespace evenkeel::daemon
