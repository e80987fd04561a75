// The answer to a reload:
//   {"ok":true,"generation":5,"configuration":"7c1e4f","operations":1,"instances_changed":1,
//    "message":"...","changes":["web: web2 weight 1 -> 0"],"diagnostics":[{"file":"...","line":12,
//    "column":3,"severity":"warning","message":"..."}],"exit_code":0,"more":false}; line and column
//    are 1-based, 0 = the whole file.
// exit_code: 0, or 1: some of it could not be put in force. An error of bad_configuration,
// too_many_removals or busy has "diagnostics", too. Or text, or a document (protocol.h).
//
// Pure.
#pragma once

#include <cstddef>
#include <string>

#include "daemon/control/commands.h"
#include "daemon/control/protocol.h"

namespace evenkeel::daemon {

constexpr std::size_t kMaxDiagnostics = 1000;

/// A whole answer. Shows at most kMaxDiagnostics.
[[nodiscard]] std::string reload_line(const ReloadResult& result, Format format = Format::Json);
/// The exit code alone, in text.
[[nodiscard]] std::string silent_reload(const ReloadResult& result);

}  // namespace evenkeel::daemon
