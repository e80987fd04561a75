#include "daemon/process/spawner_process.h"

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <sys/prctl.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "daemon/process/channel.h"
#include "daemon/process/log.h"
#include "daemon/process/sandbox.h"
#include "daemon/process/sealed_file.h"
#include "daemon/spawner/control_groups.h"
#include "daemon/spawner/orphans.h"
#include "daemon/spawner/program_list.h"
#include "daemon/spawner/spawner.h"

namespace evenkeel::daemon {
namespace {

class SpawnerProcess {
 public:
  SpawnerProcess(boost::asio::io_context& loop, Channel& channel,
                 std::optional<ControlGroups> groups)
      : loop_(loop),
        channel_(channel),
        spawner_(loop, may_change_user(), std::move(groups),
                 {.report = [this](const RunReport& report) { return send(report); },
                  .warn = [](const std::string& text) { log_warning(text); },
                  .on_overflow = [this] { leave(); }}) {
    channel_.start(
        {.on_message = [this](const Message& message,
                              const std::vector<UniqueFd>& files) { receive(message, files); },
         .on_gone = [this] { leave(); },
         .on_writable = [this] { spawner_.resume(); }});
  }

 private:
  void receive(const Message& message, const std::vector<UniqueFd>& files) {
    if (const auto* request = std::get_if<RunRequest>(&message)) {
      spawner_.run(*request);
    } else if (const auto* end = std::get_if<EndRun>(&message)) {
      spawner_.end(end->run);
    } else if (const auto* configure = std::get_if<Configure>(&message)) {
      std::string problem = apply(files);
      channel_.send(Configured{.generation = configure->generation, .problem = std::move(problem)});
    } else if (const auto* ping = std::get_if<Ping>(&message)) {
      channel_.send(Pong{.sequence = ping->sequence,
                         .behind = static_cast<std::uint32_t>(spawner_.behind())});
    }
  }

  /// "" or what is wrong; then the list before stays.
  std::string apply(const std::vector<UniqueFd>& files) {
    if (files.size() != 1) return fmt::format("{} files came instead of 1", files.size());
    const auto bytes = read_sealed(files.front().get(), kMaxListOctets);
    if (!bytes) return "list of programs: " + to_string(bytes.error());
    auto list = decode_programs(*bytes);
    if (!list) return fmt::format("list of programs: {}", to_string(list.error()));
    spawner_.configure(std::move(*list));
    return "";
  }

  bool send(const RunReport& report) {
    return std::visit([this](const auto& each) { return channel_.send(each); }, report);
  }

  void leave() {
    if (std::exchange(is_leaving_, true)) return;
    spawner_.leave([this] { loop_.stop(); });
  }

  boost::asio::io_context& loop_;
  Channel& channel_;
  bool is_leaving_ = false;
  Spawner spawner_;
};

/// Numbers 0, 1 and 2 are for the child's own: no pipe of ours may have one of them.
void fill_standard_descriptors() {
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; ++file) {
    if (::fcntl(file, F_GETFD) < 0) (void)::open("/dev/null", O_RDWR);
  }
}

/// Nothing: there is none, or it could not be had, which is added to the problems.
std::optional<ControlGroups> control_groups(std::vector<std::string>& problems) {
  if (::geteuid() != 0) return std::nullopt;
  auto groups = ControlGroups::set_up(uid_of(kSpawnerUser));
  if (!groups) {
    problems.push_back("no control groups for programs: " + groups.error());
    return std::nullopt;
  }
  return std::move(*groups);
}

}  // namespace

int run_spawner_process(int channel_number) {
  ignore_outside_signals();
  fill_standard_descriptors();
  std::vector<std::string> problems;
  auto groups = control_groups(problems);
  for (auto& problem : keep_spawner_privileges(kSpawnerUser))
    problems.push_back(std::move(problem));
  if (groups) groups->kill_all();                   // what a spawner before us has left
  ::prctl(PR_SET_NAME, "evenkeel-spawn", 0, 0, 0);  // at most 15 octets
  if (const std::string problem = adopt_orphans(); !problem.empty()) {
    problems.push_back("what programs leave behind is not found: " + problem);
  }

  boost::asio::io_context loop(1);
  Channel channel(loop, UniqueFd(channel_number));
  log_to_channel(channel);
  for (const auto& problem : problems) log_warning(problem);
  const SpawnerProcess process(loop, channel, std::move(groups));
  loop.run();
  std::_Exit(EXIT_SUCCESS);
}

}  // namespace evenkeel::daemon
