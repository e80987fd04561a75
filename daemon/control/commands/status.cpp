// {"command":"status",         control.sock and status.sock
//  "services":["web"],         selectors of services and real servers (service_selection.h);
//                              absent = all
//  "view":"plain",             plain | stats | rate | thresholds | persistent_conn
//  "exact":false}              text: numbers in full
// Answers: status_json.h, status_text.h. Exit code: 0 all well, 1 degraded, 2 down, of what was
// selected.

#include <array>

#include "daemon/control/handler.h"
#include "daemon/control/service_selection.h"
#include "daemon/control/status_json.h"
#include "daemon/control/status_text.h"

namespace evenkeel::daemon {

namespace {

void status(const StatusRequest& request, const Presentation& wants, Call call) {
  const auto snapshot =
      select_services(call.commands.snapshot(shows_statistics(request.view)), request.services);
  if (!snapshot) return call.reply(whole_answer(error_line(snapshot.error())));
  const int code = exit_code(**snapshot);
  call.reply(wants.format == Format::Text
                 ? status_text_answer(*snapshot, request, wants, code)
                 : status_json_answer(*snapshot, request, code, wants.format == Format::Document));
}

constexpr std::array kOptions{
    // In ipvsadm's precedence.
    setting("stats", "view", "stats", "counters of connections, packets and bytes"),
    setting("rate", "view", "rate", "the same, a second"),
    setting("thresholds", "view", "thresholds", "upper and lower connection thresholds"),
    setting("persistent-conn", "view", "persistent_conn", "persistent connections"),
    setting("exact", "exact", "", "numbers in full"),
    json_option("one JSON document, for programs; with --stats or --rate it has statistics"),
    watch_option("again and again, every 2 seconds or as said"),
    socket_option(),
    help_option(),
};

constexpr CommandWords kWords{
    .name = "status",
    .summary = "instances, services, real servers and their health",
    .argument = {"OBJECT", "services"},
    .help =
        R"(Shows the instances (virtual routers), then the virtual services and their real servers in ipvsadm's lines and
columns, with their health. Where objects are named, only those; on a terminal of less than 100 columns health is on a
line of its own.

OBJECT is a service: its name, ADDRESS, ADDRESS:PORT, "PROTOCOL ADDRESS:PORT" or "fwm MARK"; or a real server:
SERVICE/NAME, NAME, ADDRESS or ADDRESS:PORT. Default: all.)",
    .options = kOptions,
    .exit_status =
        R"(0 all is well, a healthy Backup too, 1 degraded, 2 down or no daemon answers (of what was named).)"};

}  // namespace

extern constexpr CommandRow kStatusRow =
    command_row<&status>(kWords, Access::Read, std::chrono::seconds(10));

}  // namespace evenkeel::daemon
