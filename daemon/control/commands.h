// What the control server asks of its owner.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/balancer/snapshot.h"
#include "daemon/config/parse.h"
#include "daemon/control/peer.h"
#include "vrrp/failover.h"

namespace evenkeel::daemon {

enum class ReloadOutcome : std::uint8_t {
  Done,              ///< the new configuration is in force, changed or not
  BadConfiguration,  ///< `diagnostics` has the errors; the old one stays in force
  TooManyRemovals,   ///< refused without force
  Busy,              ///< another reload is under way
};

struct ReloadResult {
  ReloadOutcome outcome = ReloadOutcome::Done;
  std::string message;                  ///< what was done, or why it was not, in one line
  std::uint32_t generation = 0;         ///< now in force
  std::string config_digest;            ///< now in force
  std::uint64_t operations = 0;         ///< that the kernel was, or is being, sent
  std::size_t instances_changed = 0;    ///< changed, added or removed
  bool is_complete = true;              ///< false: some of it could not be put in force
  std::vector<std::string> changes{};   ///< config_changes.h
  std::vector<Diagnostic> diagnostics;  ///< errors, or the warnings of what was loaded
};

/// What came of `evenkeel failover` or `evenkeel resume`.
struct InstanceCommandResult {
  struct Outcome {
    std::string instance;
    vrrp::FailoverOutcome outcome = vrrp::FailoverOutcome::HandedOver;
  };
  /// Why nothing was tried: an unknown instance, no vrrp process; "" = it was.
  std::string refusal;
  std::vector<Outcome> outcomes;  ///< failover: one an instance; resume: none
};

/// Failover and resume are done within this time: a planned leave ends before.
constexpr std::chrono::seconds kInstanceCommandLimit{60};

/// Called from the server's one thread.
class Commands {
 public:
  using InstanceCommandDone = std::function<void(const InstanceCommandResult&)>;
  using ReloadDone = std::function<void(const ReloadResult&)>;

  virtual ~Commands() = default;

  /// The state now; never null. It is held while the answer is being taken, and may be shared
  /// between answers. `with_statistics`: ServiceSnapshot::statistics and
  /// DestinationCounters::statistics are filled in; the connection counts always are.
  [[nodiscard]] virtual std::shared_ptr<const Snapshot> snapshot(bool with_statistics) = 0;

  /// Calls `done` once, at once or later, from the same thread, whether or not the client is still
  /// there. `peer` is for the log: who asked.
  virtual void reload(bool force, const Peer& peer, ReloadDone done) = 0;

  /// Hands the instances (with all members of their sync groups; empty: every one that is Master)
  /// over to a peer, as planned. `done` as for reload; after kInstanceCommandLimit at the latest.
  virtual void failover(std::vector<std::string> instances, const Peer& peer,
                        InstanceCommandDone done) = 0;
  /// They preempt again; empty: all. `done` as for failover.
  virtual void resume(std::vector<std::string> instances, const Peer& peer,
                      InstanceCommandDone done) = 0;
};

}  // namespace evenkeel::daemon
