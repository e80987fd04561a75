#include "daemon/process/checks_process.h"

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <sys/prctl.h>
#include <utility>
#include <vector>

#include "checks/worker.h"
#include "daemon/config/checks_codec.h"
#include "daemon/os/descriptor_limit.h"
#include "daemon/process/channel.h"
#include "daemon/process/log.h"
#include "daemon/process/sandbox.h"
#include "daemon/process/sealed_file.h"

namespace evenkeel::daemon {
namespace {

static_assert(checks::Report::kMaxOutcomes <= kMaxOutcomes, "a report must fit one datagram");

class ChecksProcess {
 public:
  ChecksProcess(boost::asio::io_context& loop, Channel& channel)
      : loop_(loop),
        channel_(channel),
        worker_(loop, [this](const checks::Report& report) { return send_report(report); }) {
    channel_.start(
        {.on_message = [this](const Message& message,
                              const std::vector<UniqueFd>& files) { receive(message, files); },
         .on_gone = [this] { loop_.stop(); },
         .on_writable = [this] { worker_.resume(); }});
  }

 private:
  void receive(const Message& message, const std::vector<UniqueFd>& files) {
    if (const auto* configure = std::get_if<Configure>(&message)) {
      std::string problem = apply(configure->generation, files);
      channel_.send(Configured{.generation = configure->generation, .problem = std::move(problem)});
    } else if (const auto* ping = std::get_if<Ping>(&message)) {
      channel_.send(
          Pong{.sequence = ping->sequence, .behind = static_cast<std::uint32_t>(worker_.behind())});
      log_refused_calls();
    }
  }

  /// "" or what is wrong; then the list before stays.
  std::string apply(Generation generation, const std::vector<UniqueFd>& files) {
    if (files.size() != 1) return fmt::format("{} files came instead of 1", files.size());
    const auto bytes = read_sealed(files.front().get(), ListLimits().octets);
    if (!bytes) return "list of checks: " + to_string(bytes.error());
    auto list = decode_checks(*bytes);
    if (!list) return fmt::format("list of checks: {}", to_string(list.error()));
    generation_ = generation;
    worker_.configure(std::move(*list));
    return "";
  }

  bool send_report(const checks::Report& report) {
    return channel_.send(CheckReport{.generation = generation_,
                                     .first_round_done = report.is_first_round_done,
                                     .outcomes = report.outcomes});
  }

  /// Logs the first refused call, and then each time that their number has doubled: a library may
  /// make one with every probe.
  void log_refused_calls() {
    const RefusedCalls calls = refused_system_calls();
    if (calls.count < log_at_) return;
    log_at_ = calls.count * 2;
    log_warning(fmt::format("{} system calls refused by the sandbox, the last is {}", calls.count,
                            system_call_name(calls.last)));
  }

  boost::asio::io_context& loop_;
  Channel& channel_;
  Generation generation_ = 0;
  std::uint64_t log_at_ = 1;
  checks::Worker worker_;
};

}  // namespace

int run_checks_process(int channel_number) {
  ignore_outside_signals();
  std::vector<std::string> problems = drop_privileges(kChecksUser);
  ::prctl(PR_SET_NAME, "evenkeel-checks", 0, 0, 0);  // else it would be "exe"
  raise_descriptor_limit();                          // every probe takes one

  boost::asio::io_context loop(1);
  Channel channel(loop, UniqueFd(channel_number));
  log_to_channel(channel);
  for (auto& problem : filter_system_calls()) problems.push_back(std::move(problem));
  for (const auto& problem : problems) log_warning(problem);

  const ChecksProcess process(loop, channel);
  loop.run();
  // Nothing is left to be written or removed. The exit handlers of libraries are not run: the
  // filter refuses their system calls.
  std::_Exit(EXIT_SUCCESS);
}

}  // namespace evenkeel::daemon
