#include "daemon/units/units.h"

#include <utility>

namespace evenkeel::daemon {

void Units::configure(const Config& config, ProgramIds& ids) {
  UnitProgramTable table = unit_programs(config, ids);
  control_.configure(table.uses);
  programs_ = std::move(table.programs);
  std::erase_if(watched_, [&](const std::string& unit) {
    const auto use = table.uses.find(unit);
    if (use != table.uses.end() && use->second.is_followed) return false;
    ways_.ignore(unit);
    return true;
  });
  if (!config.tracked.units.empty()) ways_.wake(std::chrono::steady_clock::now());
}

void Units::has_changed(const std::string& unit) {
  control_.has_changed(unit, std::chrono::steady_clock::now());
  run();
}

void Units::want(const HookOwner& owner, bool is_active) {
  control_.want(owner, is_active);
  run();
}

void Units::has_ended(const RunEnded& ended) {
  const auto of = running_.extract(ended.run);
  if (!of) return;
  const auto& [unit, task] = of.mapped();
  ways_.log(control_.has_ended(unit, task, ended, std::chrono::steady_clock::now()));
  const std::string group = control_.control_group(unit);
  if (!group.empty()) {
    watched_.insert(unit);
    ways_.watch(unit, group);
  }
  run();
}

void Units::run() {
  for (UnitControl::Request& each : control_.next(std::chrono::steady_clock::now())) {
    const ProgramId program = programs_.at(each.unit)[static_cast<std::size_t>(each.task)];
    running_.emplace(ways_.run(program), std::move(each));
  }
  ways_.wake(control_.next_due());
  const auto results = control_.take_results();
  if (!results.empty()) ways_.on_results(results);
}

}  // namespace evenkeel::daemon
