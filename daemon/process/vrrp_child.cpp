#include "daemon/process/vrrp_child.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <span>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#include "daemon/config/vrrp_config.h"
#include "daemon/config/vrrp_record.h"
#include "daemon/process/boot_id.h"
#include "daemon/process/log.h"
#include "daemon/process/sealed_file.h"
#include "daemon/process/shared_mapping.h"
#include "daemon/process/stop_limits.h"
#include "daemon/process/vrrp_files.h"
#include "vrrp/address_task.h"
#include "vrrp/shared_page.h"
#include "vrrp/timers.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// A process that dies twice within this time does not stay Master: something is wrong with it.
constexpr auto kRespawnWindow = 10s;
/// How long a reload waits for the answer: a configuration without an answer is not in force, and
/// on a busy machine a new process takes seconds.
constexpr auto kAnswerLimit = 10s;
/// What the process takes to end, beyond the time in which its instances leave.
constexpr auto kLeaveMargin = 2s;
static_assert(kHandOverLimit < kInstanceCommandLimit);

/// How long the process may take until all these instances have left.
Duration time_to_leave(const std::vector<vrrp::InstanceConfig>& instances) {
  Duration longest{};
  std::size_t addresses = 0;
  for (const vrrp::InstanceConfig& each : instances) {
    longest = std::max(longest, vrrp::longest_leave(each.version, each.advertisement_interval));
    addresses += each.virtual_addresses.size() + each.extra_addresses.size();
  }
  // Each address is written once more, for a peer that does not answer, and removed.
  const Duration all_take = 2 * vrrp::kAddressTakes * static_cast<std::int64_t>(addresses);
  return std::min<Duration>(longest + all_take + kLeaveMargin, kHandOverLimit);
}

bool has_all_of(const vrrp::InstanceConfig& instance, const vrrp::InstanceConfig& other) {
  const auto all = vrrp::all_addresses(instance);
  const auto others = vrrp::all_addresses(other);
  return std::all_of(others.begin(), others.end(), [&](const vrrp::InterfaceAddress& each) {
    return std::find(all.begin(), all.end(), each) != all.end();
  });
}

RoleConfig role_of_vrrp() {
  RoleConfig role{.name = "vrrp"};
  role.ping_interval = 250ms;
  // The answer passes through the writer's thread, which may wait for the kernel's RTNL lock: for
  // some seconds while a driver resets, and the engine goes on advertising. A thread that spins
  // meets RLIMIT_RTTIME. A thread that is stopped loses the addresses when their lease ends.
  role.ping_limit = 10s;
  role.respawn.first = 0s;  // the Master's peers are waiting
  return role;
}

}  // namespace

struct VrrpChild::Pending {
  Pending(boost::asio::io_context& loop, Done what) : done(std::move(what)), timer(loop) {}
  Done done;
  boost::asio::steady_timer timer;
};

VrrpChild::VrrpChild(boost::asio::io_context& loop, const RuntimeDirectory& runtime, Hooks hooks)
    : loop_(loop),
      runtime_(runtime),
      hooks_(std::move(hooks)),
      answer_timer_(loop),
      leaving_{.instances = {}, .timer = boost::asio::steady_timer(loop)} {}
VrrpChild::~VrrpChild() = default;

void VrrpChild::configure(vrrp::Config config, Generation generation) {
  begin_leaving(std::exchange(config_, std::move(config)).instances);
  generation_ = generation;
  std::erase_if(known_, [this](const auto& entry) {
    return std::none_of(config_.instances.begin(), config_.instances.end(),
                        [&](const auto& each) { return each.name == entry.first; });
  });
  tracks_.configure(config_);
  if (config_.instances.empty() && !supervisor_) return;
  write_record();  // before what it records is installed
  is_configured_ = false;
  answer_timer_.expires_after(kAnswerLimit);
  answer_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) configured("the vrrp process has not answered yet");
  });
  if (!supervisor_) return start();
  supervisor_->set_stop_limit(time_to_leave(recorded().instances));
  send_configuration();
}

/// An instance that the configuration no longer has leaves as planned. Until it has left, a stop
/// waits for it, and `evenkeeld release` knows of it.
void VrrpChild::begin_leaving(const std::vector<vrrp::InstanceConfig>& before) {
  if (!supervisor_) return;
  auto& instances = leaving_.instances;
  instances.insert(instances.end(), before.begin(), before.end());
  std::erase_if(instances, [this](const vrrp::InstanceConfig& gone) {
    return std::any_of(config_.instances.begin(), config_.instances.end(), [&](const auto& each) {
      return each.key() == gone.key() && has_all_of(each, gone);
    });
  });
  if (instances.empty()) return;
  leaving_.timer.expires_after(time_to_leave(instances));
  leaving_.timer.async_wait([this](const boost::system::error_code& error) {
    if (error || Clock::now() < leaving_.timer.expiry()) return;
    leaving_.instances.clear();
    supervisor_->set_stop_limit(time_to_leave(config_.instances));
    write_record();
  });
}

vrrp::Config VrrpChild::recorded() const {
  vrrp::Config all = config_;
  all.instances.insert(all.instances.end(), leaving_.instances.begin(), leaving_.instances.end());
  return all;
}

void VrrpChild::configured(std::string problem) {
  answer_timer_.cancel();
  problem_ = std::move(problem);
  if (!std::exchange(is_configured_, true)) hooks_.on_configured();
}

void VrrpChild::start() {
  auto page = runtime_.open_page(kVrrpPage, vrrp::SharedPage::kSize);
  if (page) {
    page_ = std::move(*page);
    (void)SharedMapping::open(page_.get(), boot_id());  // clears a page of another boot
  } else {
    log_error("cannot open the shared page of vrrp: " + page.error().message() +
              "; nothing can be resumed after main");
    page_.reset(::memfd_create(kVrrpPage, MFD_CLOEXEC));
    if (::ftruncate(page_.get(), vrrp::SharedPage::kSize) != 0)
      log_error("no memory for it either");
  }
  supervisor_ = std::make_unique<Supervisor>(
      loop_, role_of_vrrp(),
      Supervisor::Hooks{.on_started = [this](Channel&) { send_configuration(); },
                        .on_message = [this](Message message) { received(std::move(message)); },
                        .on_gone = [this](const std::string&) { has_died(); },
                        .on_writable = [this] { send_tracks(); }});
  supervisor_->set_stop_limit(time_to_leave(config_.instances));
  supervisor_->start();
}

void VrrpChild::send_configuration() {
  Channel* channel = supervisor_->channel();
  if (channel == nullptr) return;  // the next one is told when it starts
  const auto file = seal("evenkeel-vrrp", encode_vrrp(config_));
  if (!file) {
    log_error("cannot hand the vrrp process its configuration: " + to_string(file.error()));
    return;
  }
  channel->send(Configure{.generation = generation_, .may_stay = may_stay_},
                {file->get(), page_.get(), runtime_.lock()});
  send_tracks();
  if (is_ready_) send_ready();
}

void VrrpChild::set_tracks(const std::vector<vrrp::NamedTrackResult>& results) {
  tracks_.set(results);
  send_tracks();
}

void VrrpChild::send_tracks() {
  Channel* channel = supervisor_ ? supervisor_->channel() : nullptr;
  if (channel == nullptr) return;
  for (TrackReport report = tracks_.next(); !report.tracks.empty(); report = tracks_.next()) {
    if (!channel->send(report)) return;  // what it has no room for waits in tracks_
    tracks_.sent(report);
  }
}

void VrrpChild::set_ready() {
  if (std::exchange(is_ready_, true)) return;
  send_ready();
}

void VrrpChild::send_ready() {
  Channel* channel = supervisor_ ? supervisor_->channel() : nullptr;
  if (channel == nullptr) return;
  channel->send(Command{.sequence = ++sequence_, .verb = Verb::Ready, .instances = {}});
}

void VrrpChild::write_record() {
  const std::error_code error =
      runtime_.write_record(kVrrpRecord, encode_vrrp_record(recorded(), boot_id()), 0600);
  if (error) {
    log_error("cannot write " + runtime_.path_of(kVrrpRecord) + ": " + error.message() +
              ": `evenkeeld release` will not know the virtual addresses");
  }
}

void VrrpChild::has_died() {
  tracks_.configure(config_);  // the next one knows of none
  const auto now = Clock::now();
  may_stay_ = !died_ || now - *died_ > kRespawnWindow;
  died_ = now;
  if (!may_stay_) {
    log_warning(
        "vrrp: died twice within 10 s: hands over, and does not preempt until `evenkeel resume`");
  }
  for (auto& [name, known] : known_) known.is_outdated = true;
  hooks_.on_died();
  refuse_all("the vrrp process has died, and starts again");
}

// Messages from the process.

void VrrpChild::received(Message message) {
  if (auto* report = std::get_if<InstanceReport>(&message)) {
    hooks_.on_report(report->status);
    std::string name = report->status.name;
    known_[std::move(name)] = {.status = std::move(report->status)};
  } else if (const auto* configured = std::get_if<Configured>(&message)) {
    if (configured->generation != generation_) return;
    this->configured(configured->problem);  // the process has logged it
  } else if (auto* part = std::get_if<CommandDone>(&message)) {
    auto whole = done_parts_.take(std::move(*part));
    if (whole) finished(std::move(*whole));
  }
}

void VrrpChild::finished(CommandDone done) {
  auto pending = pending_.extract(done.sequence);
  if (!pending) return;
  InstanceCommandResult result;
  for (InstanceOutcome& each : done.outcomes) {
    result.outcomes.push_back({std::move(each.instance), each.outcome});
  }
  pending.mapped()->done(result);
}

// Commands.

void VrrpChild::command(Verb verb, std::vector<std::string> instances, Done done) {
  const auto refuse = [&](const std::string& why) { done({.refusal = why, .outcomes = {}}); };
  if (config_.instances.empty()) return refuse("the configuration has no instance");
  Channel* channel = supervisor_ ? supervisor_->channel() : nullptr;
  if (channel == nullptr) return refuse("the vrrp process is not running");
  const std::uint32_t sequence = ++sequence_;
  for (const Command& part :
       parts_of(Command{.sequence = sequence, .verb = verb, .instances = std::move(instances)})) {
    if (!channel->send(part)) return refuse("the vrrp process does not listen");
  }
  auto pending = std::make_unique<Pending>(loop_, std::move(done));
  pending->timer.expires_after(time_to_leave(config_.instances));
  pending->timer.async_wait([this, sequence](const boost::system::error_code& error) {
    if (error) return;
    auto late = pending_.extract(sequence);
    if (late) late.mapped()->done({.refusal = "no answer from the vrrp process", .outcomes = {}});
  });
  pending_.emplace(sequence, std::move(pending));
}

void VrrpChild::failover(std::vector<std::string> instances, Done done) {
  command(Verb::Failover, std::move(instances), std::move(done));
}

void VrrpChild::resume(std::vector<std::string> instances, Done done) {
  command(Verb::Resume, std::move(instances), std::move(done));
}

void VrrpChild::refuse_all(const std::string& why) {
  for (auto& [sequence, pending] : std::exchange(pending_, {})) {
    pending->done({.refusal = why, .outcomes = {}});
  }
}

void VrrpChild::stop(std::function<void()> stopped) {
  refuse_all("the daemon stops");
  if (!supervisor_) return boost::asio::post(loop_, std::move(stopped));
  supervisor_->stop(std::move(stopped));
}

// Its state.

std::vector<InstanceSnapshot> VrrpChild::snapshot(const Clocks& clocks) const {
  const bool is_away = !supervisor_ || supervisor_->status().state != ChildState::Running;
  std::vector<InstanceSnapshot> result;
  for (const vrrp::InstanceConfig& config : config_.instances) {
    InstanceSnapshot& each = result.emplace_back();
    each.config = config;
    each.status.name = config.name;
    each.status.priority = config.priority;
    each.since = clocks.wall;
    each.is_stale = is_away;
    each.sync_group = vrrp::sync_group_of(config_, config.name);
    const auto known = known_.find(config.name);
    if (known == known_.end()) continue;
    each.is_stale = is_away || known->second.is_outdated;
    each.status = known->second.status;
    each.since = clocks.wall_time(each.status.since);
    for (const vrrp::Peer& peer : each.status.peers) {
      each.peers_heard.push_back(clocks.wall_time(peer.heard));
    }
    for (const vrrp::TrackStatus& track : each.status.tracks) {
      each.tracks_since.push_back(clocks.wall_time(track.since));
    }
  }
  return result;
}

std::optional<ChildStatus> VrrpChild::status() const {
  if (!supervisor_) return std::nullopt;
  return supervisor_->status();
}

}  // namespace evenkeel::daemon
