// A child role for supervisor_test and log_test: its second argument says how it behaves.
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdlib>
#include <string>
#include <unistd.h>

#include "daemon/config/config.h"
#include "daemon/process/log.h"
#include "daemon/process/supervisor.h"
#include "tests/daemon/process/lingering_socket.h"
#include "tests/daemon/process/passing.h"

using namespace evenkeel::daemon;
using evenkeel::UniqueFd;

namespace {

int log_some(LogFormat format) {
  log_to_stderr(Severity::Info, format);
  log_error("one");
  log(Severity::Debug, "not at this level");
  log_info("two");
  log_record_of("checks", {.severity = Severity::Warning, .dropped = 2, .text = "three"});
  log_record_of("checks", {.severity = Severity::Debug, .dropped = 0, .text = "nor this"});
  return 0;
}

/// Descriptors of main that the child has inherited beside its channel.
Generation leaked_descriptors() {
  Generation leaked = 0;
  for (int file = kChannelDescriptor + 1; file < 1024; ++file) {
    const std::string path = "/proc/self/fd/" + std::to_string(file);
    std::string target(256, '\0');
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    if (length > 0 && target.substr(0, 6) == "/etc/p") ++leaked;
  }
  return leaked;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string behaviour = argc > 2 ? argv[2] : "";
  if (behaviour == "fails") return 7;
  if (behaviour == "logs text") return log_some(LogFormat::Text);
  if (behaviour == "logs json") return log_some(LogFormat::Json);
  boost::asio::io_context loop;
  Channel channel(loop, UniqueFd(kChannelDescriptor));
  const auto on_message = [&](const Message& message, const std::vector<UniqueFd>& files) {
    if (const auto* ping = std::get_if<Ping>(&message)) {
      if (behaviour == "answers no ping") return;
      channel.send(Pong{.sequence = ping->sequence});
    }
    if (const auto* configure = std::get_if<Configure>(&message)) {
      channel.send(Configured{.generation = configure->generation,
                              .problem = std::to_string(files.size()) + " files"});
    }
    if (behaviour == "passes a descriptor") {
      LingeringSocket lingering;
      pass(kChannelDescriptor, "here", lingering.get());
    }
    if (behaviour == "reports and dies") {
      channel.send(CheckReport{.generation = 77, .first_round_done = false, .outcomes = {}});
      ::raise(SIGKILL);
    }
    if (behaviour == "closes") {
      ::close(kChannelDescriptor);
      ::pause();
    }
  };
  channel.start(
      {.on_message = on_message,
       .on_gone =
           [&] {
             if (behaviour == "stays") return;
             channel.send(CheckReport{.generation = 99, .first_round_done = false, .outcomes = {}});
             std::_Exit(0);
           },
       .on_writable = {}});
  if (behaviour == "inspects") {
    channel.send(Configured{.generation = leaked_descriptors(),
                            .problem = std::string(argv[0]) + "|" + argv[1]});
  }
  const auto guard = boost::asio::make_work_guard(loop);
  loop.run();
}
