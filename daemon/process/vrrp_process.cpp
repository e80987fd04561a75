#include "daemon/process/vrrp_process.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <utility>
#include <vector>

#include "daemon/config/vrrp_config.h"
#include "daemon/os/descriptor_limit.h"
#include "daemon/process/channel.h"
#include "daemon/process/log.h"
#include "daemon/process/message_parts.h"
#include "daemon/process/reload_message.h"
#include "daemon/process/runtime_directory.h"
#include "daemon/process/sandbox.h"
#include "daemon/process/sealed_file.h"
#include "daemon/process/shared_mapping.h"
#include "vrrp/engine.h"
#include "vrrp/real_time.h"
#include "vrrp/writer.h"

namespace evenkeel::daemon {
namespace {

using boost::asio::posix::stream_descriptor;
using boost::system::error_code;

constexpr std::size_t kMaxConfig = std::size_t{1} << 26U;
constexpr int kEnginePriority = 50;  ///< SCHED_RR; above what runs by accident, below the kernel's
constexpr int kWriterPriority = kEnginePriority - 1;
constexpr std::size_t kEngineStack = std::size_t{256} * 1024;
/// What Configure brings.
constexpr std::size_t kFiles = 3;

class VrrpProcess {
 public:
  VrrpProcess(boost::asio::io_context& loop, Channel& channel, bool is_real_time)
      : loop_(loop), channel_(channel), is_real_time_(is_real_time) {
    channel_.start(
        {.on_message = [this](const Message& message,
                              std::vector<UniqueFd> files) { receive(message, std::move(files)); },
         .on_gone = [this] { leave(); },
         .on_writable = [this] { report(); }});
  }
  ~VrrpProcess() {
    // The numbers are the engine's and the monitor's.
    if (links_.is_open()) (void)links_.release();
    if (notices_.is_open()) (void)notices_.release();
    writer_.reset();
    if (engine_) engine_->stop();
    thread_.join();
  }
  VrrpProcess(const VrrpProcess&) = delete;
  VrrpProcess& operator=(const VrrpProcess&) = delete;

 private:
  /// A failover that main asked for, until every instance has its outcome.
  struct Pending {
    std::set<std::string> awaited;
    std::vector<InstanceOutcome> outcomes;
  };

  void receive(const Message& message, std::vector<UniqueFd> files) {
    if (const auto* configure = std::get_if<Configure>(&message)) {
      std::string problem = apply(*configure, std::move(files));
      if (!problem.empty()) {
        log_error(problem);
      } else if (writer_) {
        problem = first_of(writer_->problems());  // each is logged as its instance's state
      }
      channel_.send(Configured{.generation = configure->generation, .problem = std::move(problem)});
    } else if (const auto* ping = std::get_if<Ping>(&message)) {
      // Our own answer would say nothing of the thread that matters.
      if (writer_) {
        writer_->ping(ping->sequence);
      } else {
        channel_.send(Pong{.sequence = ping->sequence});
      }
    } else if (const auto* command = std::get_if<Command>(&message)) {
      const auto whole = command_parts_.take(*command);
      if (writer_ && whole) obey(*whole);
    } else if (const auto* report = std::get_if<TrackReport>(&message)) {
      if (writer_) writer_->set_tracks(report->tracks);
    }
  }

  /// "" or what is wrong; then the configuration before stays.
  std::string apply(const Configure& configure, std::vector<UniqueFd> files) {
    if (files.size() != kFiles) {
      return fmt::format("{} files came instead of {}", files.size(), kFiles);
    }
    const auto bytes = read_sealed(files[0].get(), kMaxConfig);
    if (!bytes) return "configuration: " + to_string(bytes.error());
    const auto config = decode_vrrp(*bytes);
    if (!config) return "configuration: " + config.error();
    if (!writer_) {
      std::string problem = begin(std::move(files[1]), std::move(files[2]));
      if (!problem.empty()) return problem;
    }
    generation_ = configure.generation;
    writer_->configure(*config, configure.may_stay);
    arm_refresh();
    report();
    return "";
  }

  std::string begin(UniqueFd page, UniqueFd lock) {
    lock_ = std::move(lock);
    page_ = SharedMapping::open(page.get());
    if (!page_) log_warning("cannot map the shared page: nothing can be resumed after us");
    auto frames = vrrp::FrameSocket::open();
    if (!frames) return to_string(frames.error());
    auto conflicts = vrrp::ConflictSocket::open();
    if (!conflicts) return to_string(conflicts.error());
    auto tap = vrrp::AdvertisementTap::open();
    if (!tap) return to_string(tap.error());
    engine_ = std::make_unique<vrrp::Engine>(std::move(*frames), std::move(*conflicts),
                                             std::move(*tap), page_ ? &page_->page() : nullptr);
    auto writer = vrrp::Writer::open(
        *engine_, page_ ? &page_->page() : nullptr, is_real_time_,
        {.on_status = [this](const auto& status) { changed_[status.name] = status; },
         .on_note = [](const auto& each) { log(each.severity, each.text); },
         .on_echo = [this](std::uint64_t sequence) { channel_.send(Pong{.sequence = sequence}); },
         .on_failover = [this](const auto& name, auto outcome) { handed_over(name, outcome); },
         .on_left = [this] { loop_.stop(); }});
    if (!writer) return writer.error();
    writer_ = std::move(*writer);
    auto thread = vrrp::Thread::start("evenkeel-engine", kEngineStack, [this] {
      if (is_real_time_) (void)vrrp::become_real_time(kEnginePriority);
      vrrp::prefault_stack(kEngineStack / 2);
      engine_->run();
    });
    if (!thread) return "cannot start the engine's thread: " + thread.error().message();
    thread_ = std::move(*thread);
    links_.assign(writer_->links_fd());
    notices_.assign(writer_->notices_fd());
    wait_for(links_, &vrrp::Writer::receive_links);
    wait_for(notices_, &vrrp::Writer::receive_notices);
    return "";
  }

  void wait_for(stream_descriptor& descriptor, void (vrrp::Writer::*take)()) {
    descriptor.async_wait(stream_descriptor::wait_read,
                          [this, &descriptor, take](const error_code& error) {
                            if (error) return;
                            ((*writer_).*take)();
                            arm_refresh();
                            report();
                            wait_for(descriptor, take);
                          });
  }

  void arm_refresh() {
    const auto next = writer_->next_refresh();
    if (!next) return;
    refresh_timer_.expires_at(*next);
    refresh_timer_.async_wait([this](const error_code& error) {
      if (error) return;
      writer_->refresh(std::chrono::steady_clock::now());
      arm_refresh();
      report();
    });
  }

  /// What main has no room for waits, replaced by what is newer.
  void report() {
    while (!changed_.empty()) {
      const auto& first = changed_.begin()->second;
      if (!channel_.send(InstanceReport{.generation = generation_, .status = first})) return;
      changed_.erase(changed_.begin());
    }
  }

  void obey(const Command& command) {
    switch (command.verb) {
      case Verb::Ready:
        return writer_->set_ready();
      case Verb::Resume:
        writer_->resume(command.instances);
        channel_.send(CommandDone{.sequence = command.sequence, .outcomes = {}});
        return;
      case Verb::Failover: {
        auto failover = writer_->failover(command.instances);
        Pending& pending = pending_[command.sequence];
        pending.awaited = std::move(failover.awaited);
        for (const auto& [name, outcome] : failover.known) {
          pending.outcomes.push_back({name, outcome});
        }
        return answer();
      }
    }
  }

  void handed_over(const std::string& name, vrrp::FailoverOutcome outcome) {
    for (auto& [sequence, pending] : pending_) {
      if (pending.awaited.erase(name) > 0) pending.outcomes.push_back({name, outcome});
    }
    answer();
  }

  void answer() {
    std::erase_if(pending_, [this](const auto& entry) {
      const auto& [sequence, pending] = entry;
      if (!pending.awaited.empty()) return false;
      const CommandDone done{.sequence = sequence, .outcomes = pending.outcomes};
      for (const CommandDone& part : parts_of(done)) channel_.send(part);
      return true;
    });
  }

  void leave() {
    if (!writer_) return loop_.stop();
    // Whoever starts now waits for us: the lock is ours as well as main's.
    if (lock_) mark_leaving(lock_.get());
    writer_->leave();
  }

  boost::asio::io_context& loop_;
  Channel& channel_;
  bool is_real_time_;
  UniqueFd lock_;
  std::optional<SharedMapping> page_;
  std::unique_ptr<vrrp::Engine> engine_;
  std::unique_ptr<vrrp::Writer> writer_;
  vrrp::Thread thread_;
  stream_descriptor links_{loop_};
  stream_descriptor notices_{loop_};
  boost::asio::steady_timer refresh_timer_{loop_};
  Generation generation_ = 0;
  std::map<std::string, vrrp::InstanceStatus> changed_;  ///< not yet reported
  std::map<std::uint32_t, Pending> pending_;
  Parts<Command> command_parts_;
};

/// Locked memory and real-time priority: what could not be had is told.
bool become_real_time() {
  bool is_real_time = true;
  const auto demand = [&](const std::error_code& error, const char* what) {
    if (!error) return;
    is_real_time = false;
    log_warning(
        fmt::format("cannot {}: {}; no instance with an advertisement interval under "
                    "100 ms becomes Master",
                    what, error.message()));
  };
  demand(vrrp::lock_memory(), "lock memory");
  demand(vrrp::limit_real_time(), "limit the time without a rest");
  demand(vrrp::become_real_time(kWriterPriority), "get real-time priority");
  return is_real_time;
}

}  // namespace

int run_vrrp_process(int channel_number) {
  ignore_outside_signals();
  std::vector<std::string> problems = keep_network_privileges(kVrrpUser);
  for (auto& problem : refuse_code_and_other_sockets()) problems.push_back(std::move(problem));
  ::prctl(PR_SET_NAME, "evenkeel-vrrp", 0, 0, 0);
  raise_descriptor_limit();  // two sockets for each interface and family

  boost::asio::io_context loop(1);
  Channel channel(loop, UniqueFd(channel_number));
  log_to_channel(channel);
  for (const std::string& problem : problems) log_warning(problem);
  const bool is_real_time = become_real_time();
  const VrrpProcess process(loop, channel, is_real_time);
  loop.run();
  return EXIT_SUCCESS;
}

}  // namespace evenkeel::daemon
