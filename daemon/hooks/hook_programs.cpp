#include "daemon/hooks/hook_programs.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "daemon/config/hook_keys.h"
#include "daemon/spawner/user_program.h"

namespace evenkeel::daemon {
namespace {

class Builder {
 public:
  Builder(const Users& users, ProgramIds& ids) : users_(users), ids_(ids) {}

  /// The keys among `only`, or all where it is empty.
  template <typename Hooks>
  HookPrograms programs_of(const Hooks& hooks, std::initializer_list<HookKey> only = {}) {
    HookPrograms programs;
    for_each_hook(hooks, [&](HookKey key, const std::vector<Arguments>& commands) {
      if (only.size() > 0 && std::find(only.begin(), only.end(), key) == only.end()) return;
      for (const Arguments& command : commands) {
        programs[static_cast<std::size_t>(key)].push_back(
            id_of(command, hooks.user, hooks.timeout));
      }
    });
    if constexpr (requires { hooks.while_master; }) {
      if (const auto& repeated = hooks.while_master) {
        programs[static_cast<std::size_t>(HookKey::WhileMaster)] = {
            id_of(repeated->command, repeated->user, hooks.timeout)};
        programs.interval = repeated->interval;
      }
    }
    return programs;
  }
  void put(HookOwner owner, HookPrograms programs) {
    const bool has_any = std::any_of(programs.begin(), programs.end(),
                                     [](const auto& list) { return !list.empty(); });
    if (has_any) table.by_owner.emplace(std::move(owner), std::move(programs));
  }

  HookProgramTable table;

 private:
  ProgramId id_of(const Arguments& command, const std::string& name, Duration timeout) {
    const auto user = users_.find(name);
    if (user == users_.end()) {
      const ProgramId id = ids_.none();
      table.files.emplace(id, command.front());
      table.unrunnable.emplace(id, user_not_found(name));
      return id;
    }
    Program program = user_program(command, user->second, timeout);
    program.may_overlap = true;  // HookRuns runs one at a time for each owner
    const ProgramId id = ids_.add(std::move(program));
    table.files.emplace(id, command.front());
    return id;
  }

  const Users& users_;
  ProgramIds& ids_;
};

}  // namespace

HookProgramTable hook_programs(const Config& config, const Users& users, ProgramIds& ids) {
  Builder builder(users, ids);
  for (const auto& [name, hooks] : config.instance_hooks) {
    builder.put(instance_owner(name), builder.programs_of(hooks));
  }
  for (const auto& [name, hooks] : config.group_hooks) {
    builder.put(group_owner(name), builder.programs_of(hooks));
  }
  for (const ServiceConfig& service : config.services) {
    builder.put(owner_of(service),
                builder.programs_of(service.hooks, {HookKey::OnQuorum, HookKey::OnQuorumLost}));
    const HookPrograms programs =
        builder.programs_of(service.hooks, {HookKey::OnUp, HookKey::OnDown});
    for (const RealServerConfig& server : service.real_servers) {
      builder.put(owner_of(service, server), programs);
    }
  }
  return std::move(builder.table);
}

}  // namespace evenkeel::daemon
