// main's side of the vrrp process: starts it where there are instances, hands it its part of the
// configuration, keeps its last reports, and writes the record that `evenkeeld release` and the
// next start read.
//
// On main's loop. Nothing here decides who is Master.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/balancer/snapshot.h"
#include "daemon/control/commands.h"
#include "daemon/process/message_parts.h"
#include "daemon/process/runtime_directory.h"
#include "daemon/process/supervisor.h"
#include "daemon/process/track_outbox.h"
#include "vrrp/config.h"

namespace evenkeel::daemon {

class VrrpChild {
 public:
  using Done = Commands::InstanceCommandDone;

  struct Hooks {
    std::function<void()> on_configured;  ///< is_configured() has become true
    std::function<void(const vrrp::InstanceStatus&)> on_report;
    std::function<void()> on_died;  ///< what it has reported is of the past
  };

  /// `runtime` outlives it.
  VrrpChild(boost::asio::io_context& loop, const RuntimeDirectory& runtime, Hooks hooks);
  ~VrrpChild();
  VrrpChild(const VrrpChild&) = delete;
  VrrpChild& operator=(const VrrpChild&) = delete;

  /// The first time, and at each reload. Starts the process once there are instances.
  void configure(vrrp::Config config, Generation generation);
  /// The process has answered for the configuration, or no answer is to come: there is no process,
  /// or 10 s have passed.
  [[nodiscard]] bool is_configured() const { return is_configured_; }
  /// What could not be applied: "instance web: interface is missing"; "" = all was.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  /// The first round of checks is over, and the kernel holds the wanted table. Later calls do
  /// nothing.
  void set_ready();
  /// Results of tracks: those that have changed, or all. The
  /// latest of each is kept, told to the process, told again after its respawn and after each
  /// configure(), and forgotten with the configuration that follows it.
  void set_tracks(const std::vector<vrrp::NamedTrackResult>& results);
  /// Names of the configuration's instances; empty = all.
  void failover(std::vector<std::string> instances, Done done);
  void resume(std::vector<std::string> instances, Done done);
  /// A planned stop: every Master hands over, or leaves its addresses to the next start.
  void stop(std::function<void()> stopped);

  [[nodiscard]] std::vector<InstanceSnapshot> snapshot(const Clocks& clocks) const;
  /// Nothing: there is no vrrp process, and none is wanted.
  [[nodiscard]] std::optional<ChildStatus> status() const;

 private:
  struct Pending;
  struct Known {
    vrrp::InstanceStatus status;
    bool is_outdated = false;  ///< the status is of the process before
  };
  /// Instances that a reload has removed, until they have left as planned.
  struct Leaving {
    std::vector<vrrp::InstanceConfig> instances;
    boost::asio::steady_timer timer;
  };

  void start();
  void begin_leaving(const std::vector<vrrp::InstanceConfig>& before);
  [[nodiscard]] vrrp::Config recorded() const;  ///< whose addresses may be ours
  void send_configuration();
  void send_ready();
  void send_tracks();
  void write_record();
  void has_died();
  void received(Message message);
  void finished(CommandDone done);
  void command(Verb verb, std::vector<std::string> instances, Done done);
  void configured(std::string problem);
  void refuse_all(const std::string& why);

  boost::asio::io_context& loop_;
  const RuntimeDirectory& runtime_;
  UniqueFd page_;
  std::unique_ptr<Supervisor> supervisor_;
  Hooks hooks_;
  boost::asio::steady_timer answer_timer_;
  bool is_configured_ = true;
  std::string problem_;
  vrrp::Config config_;
  Leaving leaving_;
  Generation generation_ = 0;
  bool is_ready_ = false;
  TrackOutbox tracks_;
  bool may_stay_ = true;
  std::optional<std::chrono::steady_clock::time_point> died_;
  std::map<std::string, Known> known_;  ///< by the instance's name
  std::uint32_t sequence_ = 0;
  Parts<CommandDone> done_parts_;
  std::map<std::uint32_t, std::unique_ptr<Pending>> pending_;
};

}  // namespace evenkeel::daemon
