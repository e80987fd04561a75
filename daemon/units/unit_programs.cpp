#include "daemon/units/unit_programs.h"

#include <initializer_list>
#include <utility>

namespace evenkeel::daemon {
namespace {

/// systemctl answers at once, or when the service manager is not busy with something else.
constexpr auto kTimeout = std::chrono::seconds(20);

Program program_of(std::vector<std::string> words, const std::string& unit) {
  Program program;
  program.arguments = {kSystemctl, "--no-pager", "--no-ask-password"};
  for (std::string& each : words) program.arguments.push_back(std::move(each));
  program.arguments.insert(program.arguments.end(), {"--", unit});
  program.uid = program.gid = 0;
  program.timeout = kTimeout;
  return program;
}

Program program_of(UnitTask task, const std::string& unit) {
  switch (task) {
    case UnitTask::Look:
      return program_of({"show", "--property=ActiveState", "--value"}, unit);
    case UnitTask::Place:
      // The last line that is not empty counts: the group, or for a unit that does not run the
      // slice.
      return program_of({"show", "--property=Slice", "--property=ControlGroup", "--value"}, unit);
    case UnitTask::Start:
      return program_of({"--quiet", "--no-block", "start"}, unit);
    case UnitTask::Stop:
      return program_of({"--quiet", "--no-block", "stop"}, unit);
  }
  return {};
}

}  // namespace

UnitProgramTable unit_programs(const Config& config, ProgramIds& ids) {
  UnitProgramTable table;
  const auto put = [&](const std::string& unit, std::initializer_list<UnitTask> tasks) {
    auto& programs = table.programs[unit];
    for (const UnitTask task : tasks) {
      programs[static_cast<std::size_t>(task)] = ids.add(program_of(task, unit));
    }
  };
  const auto add = [&](const HookOwner& owner, const VrrpHooks& hooks) {
    for (const std::string& unit : hooks.units) {
      table.uses[unit].owner = owner;
      put(unit, {UnitTask::Look, UnitTask::Start, UnitTask::Stop});
    }
  };
  for (const auto& [name, hooks] : config.instance_hooks) add(instance_owner(name), hooks);
  for (const auto& [name, hooks] : config.group_hooks) add(group_owner(name), hooks);
  for (const std::string& unit : config.tracked.units) {
    table.uses[unit].is_followed = true;
    put(unit, {UnitTask::Look, UnitTask::Place});
  }
  return table;
}

}  // namespace evenkeel::daemon
