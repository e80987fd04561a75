#include "daemon/spawner/program_ids.h"

#include <tuple>
#include <utility>

namespace evenkeel::daemon {

bool ProgramIds::Less::operator()(const Program& a, const Program& b) const {
  const auto all = [](const Program& each) {
    return std::tie(each.arguments, each.uid, each.gid, each.groups, each.environment, each.timeout,
                    each.may_gain_privileges, each.may_overlap);
  };
  return all(a) < all(b);
}

void ProgramIds::begin() {
  std::erase_if(known_, [this](const auto& each) { return !list_.contains(each.second); });
  list_.clear();
}

ProgramId ProgramIds::add(Program program) {
  program.id = 0;
  const auto [known, is_new] = known_.try_emplace(std::move(program), last_ + 1);
  if (is_new) ++last_;
  list_.emplace(known->second, &known->first);
  return known->second;
}

std::vector<Program> ProgramIds::list() const {
  std::vector<Program> list;
  list.reserve(list_.size());
  for (const auto& [id, program] : list_) list.emplace_back(*program).id = id;
  return list;
}

}  // namespace evenkeel::daemon
