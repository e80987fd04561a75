// {"command":"reload",         control.sock only
//  "force":false,              true: past max_removals
//  "quiet":false}              text: no word but the exit code; the log has them
// Answer: reload_line.h.

#include <array>
#include <utility>

#include "daemon/control/handler.h"
#include "daemon/control/reload_line.h"

namespace evenkeel::daemon {

namespace {

struct ReloadRequest {
  bool force = false;
  bool quiet = false;
};
constexpr auto fields_of(fields::Of<ReloadRequest>) {
  using fields::field;
  return fields::table(field<&ReloadRequest::force>("force"),
                       field<&ReloadRequest::quiet>("quiet"));
}

void reload(const ReloadRequest& request, const Presentation& wants, Call call) {
  call.commands.reload(
      request.force, call.peer,
      [reply = std::move(call.reply), format = wants.format,
       is_quiet = request.quiet](const ReloadResult& result) {
        reply(whole_answer(is_quiet && format == Format::Text ? silent_reload(result)
                                                              : reload_line(result, format)));
      });
}

constexpr std::array kOptions{
    setting("force", "force", "", "even if it takes more away than [ipvs] max_removals allows"),
    setting("quiet", "quiet", "", "print nothing: the log has it (for the service manager)"),
    socket_option(),
    help_option(),
};

constexpr CommandWords kWords{
    .name = "reload",
    .summary = "read the configuration again: all of it, or nothing changes",
    .help =
        R"(Has the daemon read its configuration again. With a mistake in it nothing changes, and every mistake is named.
Otherwise each change is a line: "web: web2 weight 1 -> 0".)",
    .options = kOptions,
    .exit_status =
        R"(0 the configuration is in force, 1 it is not, or not all of it (no daemon answers, too many
removals, another reload is under way, an interface is missing, the kernel refuses a service), 2 the
configuration is bad.)"};

}  // namespace

/// Patience: for the largest configurations, on the slowest hosts.
extern constexpr CommandRow kReloadRow =
    command_row<&reload>(kWords, Access::Write, std::chrono::seconds(120));

}  // namespace evenkeel::daemon
