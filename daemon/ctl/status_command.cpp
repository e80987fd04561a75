// evenkeel status: what `ipvsadm -Ln` shows, and why.

#include <array>
#include <charconv>
#include <chrono>
#include <cstring>
#include <getopt.h>
#include <optional>
#include <string>
#include <thread>
#include <unistd.h>

#include "daemon/control/protocol.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/status_answer.h"
#include "daemon/ctl/subcommand.h"

namespace evenkeel::ctl {

namespace {

using daemon::StatusFormat;
using daemon::StatusRequest;
using daemon::StatusView;

constexpr int kDown = 2;  // no daemon is no service, as far as we can tell

constexpr const char* kHelp =
    R"(usage: evenkeel status [SERVICE...] [OPTION...]
Shows the instances (virtual routers), then the virtual services and their real servers in ipvsadm's lines and
columns, with their health. Where services are named, only those.

SERVICE is a name, ADDRESS:PORT, "PROTOCOL ADDRESS:PORT" or "fwm MARK"; default: all.

  --stats              counters of connections, packets and bytes
  --rate               the same, a second
  --thresholds         upper and lower connection thresholds
  --persistent-conn    persistent connections
  --exact              numbers in full
  --json               one JSON document, for programs; with --stats or --rate it has statistics
  --watch [SECONDS]    again and again, every 2 seconds or as said
  --socket PATH        the daemon's control socket
  --help               print this

Exit status: 0 all is well, a healthy Backup too, 1 degraded, 2 down or no daemon answers (of the services named).
)";

enum Option {
  kStats = 1,
  kRate,
  kThresholds,
  kPersistent,
  kExact,
  kJson,
  kWatch,
  kSocket,
  kHelpOption
};

constexpr std::array<option, 10> kOptions{{{"stats", no_argument, nullptr, kStats},
                                           {"rate", no_argument, nullptr, kRate},
                                           {"thresholds", no_argument, nullptr, kThresholds},
                                           {"persistent-conn", no_argument, nullptr, kPersistent},
                                           {"exact", no_argument, nullptr, kExact},
                                           {"json", no_argument, nullptr, kJson},
                                           {"watch", optional_argument, nullptr, kWatch},
                                           {"socket", required_argument, nullptr, kSocket},
                                           {"help", no_argument, nullptr, kHelpOption},
                                           {nullptr, 0, nullptr, 0}}};

struct Wish {
  std::string socket;
  StatusRequest request;
  std::optional<std::chrono::seconds> watch;
};

std::optional<std::chrono::seconds> seconds_of(const char* text) {
  constexpr int kDay = 24 * 60 * 60;
  int value = 0;
  const char* const end = text + std::strlen(text);
  const auto result = std::from_chars(text, end, value);
  if (result.ec != std::errc() || result.ptr != end || value < 1 || value > kDay) return {};
  return std::chrono::seconds(value);
}

/// `--watch=5`, `--watch 5`, `--watch`.
bool take_interval(const Invocation& invocation, Wish& wish) {
  wish.watch = std::chrono::seconds(2);
  const char* text = optarg;
  if (text == nullptr && optind < invocation.argc && seconds_of(invocation.argv[optind])) {
    text = invocation.argv[optind++];
  }
  if (text == nullptr) return true;
  wish.watch = seconds_of(text);
  if (wish.watch) return true;
  complain("status: --watch takes seconds, 1 to 86400, not \"" + std::string(text) + "\"");
  return false;
}

/// Nothing when there is nothing to ask; then `code` says with which exit code.
std::optional<Wish> wish_of(const Invocation& invocation, int& code) {
  Wish wish;
  wish.socket = invocation.socket;
  StatusRequest& request = wish.request;
  request.format = StatusFormat::Text;
  code = kUsage;
  for (;;) {
    switch (getopt_long(invocation.argc, invocation.argv, "", kOptions.data(), nullptr)) {
      case kStats:
        request.view = StatusView::Stats;
        break;
      case kRate:
        // ipvsadm's precedence: stats, rate, thresholds, persistent-conn.
        if (request.view != StatusView::Stats) request.view = StatusView::Rate;
        break;
      case kThresholds:
        if (!shows_statistics(request.view)) request.view = StatusView::Thresholds;
        break;
      case kPersistent:
        if (request.view == StatusView::Plain) request.view = StatusView::PersistentConn;
        break;
      case kExact:
        request.exact = true;
        break;
      case kJson:
        request.format = StatusFormat::Json;
        break;
      case kWatch:
        if (!take_interval(invocation, wish)) return std::nullopt;
        break;
      case kSocket:
        wish.socket = optarg;
        break;
      case kHelpOption:
        code = Output(STDOUT_FILENO).write(kHelp) ? kDone : kFailed;
        return std::nullopt;
      case -1:
        request.services.assign(invocation.argv + optind, invocation.argv + invocation.argc);
        request.color = request.format == StatusFormat::Text && wants_color(STDOUT_FILENO);
        return wish;
      default:
        return std::nullopt;
    }
  }
}

/// For ever. A daemon that is away is waited for.
[[noreturn]] void watch(const Wish& wish) {
  const bool clears = ::isatty(STDOUT_FILENO) == 1;
  for (;;) {
    Output output(STDOUT_FILENO, true);
    constexpr std::string_view kClear = "\x1b[H\x1b[2J";
    bool written = output.write(clears ? kClear : "");
    const auto code = show_status(wish.socket, wish.request, output);
    if (!code) {
      output.discard();  // half an answer is none
      written = output.write(clears ? kClear : "");
    }
    if (!clears && wish.request.format == StatusFormat::Text) {
      written = written && output.write("\n");
    }
    if (!written || !output.flush()) std::exit(kFailed);
    if (!code) complain(code.error());  // on the screen that was just cleared, perhaps
    std::this_thread::sleep_for(*wish.watch);
  }
}

}  // namespace

int status(const Invocation& invocation) {
  int code = kUsage;
  const auto wish = wish_of(invocation, code);
  if (!wish) return code;
  if (wish->watch) watch(*wish);
  // Held until it is whole: a reader that pauses would make us one that the daemon gives up, and
  // half a document is none.
  Output output(STDOUT_FILENO, true);
  const auto shown = show_status(wish->socket, wish->request, output);
  if (shown && output.flush()) return *shown;
  complain(shown ? "cannot write the answer" : shown.error());
  return kDown;
}

}  // namespace evenkeel::ctl
