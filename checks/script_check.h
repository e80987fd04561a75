// A check of type "script": a program of the operator's says whether the real server is well.
//
// The checks process makes none: main has the programs run by the spawner
// (daemon/scripts/script_checks.h). The keys stand in daemon/config/check_keys.h: their kinds are
// those of the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "checks/kind.h"

namespace evenkeel::checks {

struct ScriptCheck {
  static constexpr std::string_view type = "script";
  static constexpr std::uint32_t kMaxWeight = 253;  ///< of an exit status of 255

  std::vector<std::string> command;  ///< a file by its absolute path, and its arguments
  std::string user = "nobody";
  bool setuid = false;          ///< set-user-ID programs may gain their owner's rights
  bool dynamic_weight = false;  ///< an exit status of 2 to 255 is a weight of 0 to 253

  // The real server that it is told of, with the target; "" = none.
  std::string service;
  std::string real_server;
  std::string protocol;

  friend bool operator==(const ScriptCheck&, const ScriptCheck&) = default;
};
constexpr auto fields_of(fields::Of<ScriptCheck>) {
  using fields::field;
  using T = ScriptCheck;
  return fields::table(field<&T::command>("command"), field<&T::user>("user"),
                       field<&T::setuid>("setuid"), field<&T::dynamic_weight>("dynamic_weight"),
                       field<&T::service>("service"), field<&T::real_server>("real_server"),
                       field<&T::protocol>("protocol"));
}

/// An exit status does not say whether the server is there.
[[nodiscard]] inline bool can_answer_wrongly(const ScriptCheck& /*script*/) {
  return false;
}

/// LocalError: the checks process runs no program.
[[nodiscard]] Probing run(const Check& check, const ScriptCheck& script, Sockets& sockets);

}  // namespace evenkeel::checks
