#include "daemon/units/units.h"

#include <utility>

namespace evenkeel::daemon {

void Units::configure(const Config& config, ProgramIds& ids) {
  UnitProgramTable table = unit_programs(config, ids);
  control_.configure(table.owners);
  programs_ = std::move(table.programs);
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
  run();
}

void Units::run() {
  for (UnitControl::Request& each : control_.next(std::chrono::steady_clock::now())) {
    const ProgramId program = programs_.at(each.unit)[static_cast<std::size_t>(each.task)];
    running_.emplace(ways_.run(program), std::move(each));
  }
  ways_.wake(control_.next_due());
}

}  // namespace evenkeel::daemon
