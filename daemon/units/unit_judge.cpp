#include "daemon/units/unit_judge.h"

#include <string_view>

#include "daemon/config/diagnostics.h"

namespace evenkeel::daemon {

using vrrp::TrackResult;
using vrrp::TrackState;

namespace {

constexpr std::string_view kSliceSuffix = ".slice";

bool holds(const UnitView& unit) {
  if (is_active(*unit.state)) return true;
  if (!unit.has_owner) return false;
  return unit.is_wanted ? unit.is_starting : !unit.has_failed_here;
}

/// "/a.slice/a-b.slice" of "a-b.slice", systemd.slice(5).
std::string path_of_slice(std::string_view slice) {
  std::string path;
  const std::string_view name = slice.substr(0, slice.size() - kSliceSuffix.size());
  if (name == "-") return path;
  for (std::size_t dash = name.find('-'); dash != std::string_view::npos;
       dash = name.find('-', dash + 1)) {
    path.append("/").append(name.substr(0, dash)).append(kSliceSuffix);
  }
  return path.append("/").append(slice);
}

}  // namespace

TrackResult judge(const UnitView& unit, const TrackResult& before) {
  TrackResult result = before;
  if (unit.is_lost) {
    result.is_stale = before.state != TrackState::Unknown;
    return result;
  }
  result.is_stale = false;
  if (!unit.problem.empty()) {
    result.state = TrackState::CannotRun;
    result.reason = printable(unit.problem);
    return result;
  }
  if (!unit.state) return result;
  result.state = holds(unit) ? TrackState::Holds : TrackState::Fails;
  result.reason = is_active(*unit.state) ? "" : std::string(to_string(*unit.state));
  return result;
}

std::string control_group_of(const std::string& unit, const std::string& said) {
  if (said.starts_with('/')) return said;
  const bool is_slice = said.size() > kSliceSuffix.size() && said.ends_with(kSliceSuffix) &&
                        said.find('/') == std::string::npos;
  return path_of_slice(is_slice ? said : "system.slice") + "/" + unit;
}

}  // namespace evenkeel::daemon
