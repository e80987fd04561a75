// Keeps the kernel's table as the balancer wants it: reads, plans, applies in batches, looks for
// drift, remembers what is ours.
//
// The reconciler owns the shadow table (what the kernel holds of ours, as far as we know). It has
// no thread and no clock: main calls step() when next_step() is due or something changed. A step is
// one batch, or one reading with its confirmation, so that the loop turns in between. The Backend
// is handed in, so the tests use a model of the kernel. README.md: Drift, Refusals.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/balancer/backoff.h"
#include "daemon/balancer/balancer.h"
#include "daemon/balancer/drift_guard.h"
#include "daemon/balancer/refusals.h"
#include "ipvs/backend.h"

namespace evenkeel::daemon {

class Reconciler {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using OwnedServices = std::set<ipvs::ServiceKey>;

  /// What the reconciler asks of main.
  struct Hooks {
    /// The set of services that are ours grew or shrank: write it down before it is acted upon.
    std::function<void(const OwnedServices&)> remember;
    /// The kernel's IPVS is there, perhaps loaded anew: sysctls and timeouts that differ are set
    /// now.
    std::function<void()> attached;
  };

  Reconciler(ipvs::Backend& backend, Balancer& balancer, Hooks hooks);

  /// Services that an earlier run of ours programmed, from the record; before the first step.
  void previously_owned(OwnedServices services);

  /// After Balancer::configure: everything is looked at again, contested services are taken up
  /// again.
  void configured(TimePoint now);

  /// When step() should be called; now or earlier = at once. Changes of the balancer make it due at
  /// once.
  [[nodiscard]] TimePoint next_step(TimePoint now) const;
  /// Does the most urgent piece of work, if one is due at `now`.
  [[nodiscard]] std::vector<Notice> step(TimePoint now);

  /// The caller has read the kernel, in full or from /proc. A difference from the shadow table is
  /// described as drift; README.md says when it is repaired.
  void has_seen(ipvs::Table table, bool is_brief, TimePoint now);

  /// The kernel's IPVS has answered. It is not asked while nothing needs it: no virtual service,
  /// none of an earlier run of ours, not `exclusive`.
  [[nodiscard]] bool is_attached() const { return phase_ != Phase::Detached; }
  /// Nothing is pending: the kernel was read, and each wanted object is there or was refused.
  [[nodiscard]] bool is_settled() const;

  /// Removes what is ours from the kernel, batch after batch (on_stop = "remove"). Stops at the
  /// first failed exchange.
  [[nodiscard]] std::vector<Notice> remove_all();

  /// Copies kernel state, detail, failures and warnings, counters of operations and drift.
  void describe(Snapshot& snapshot) const;
  /// Why a service is not in the kernel as wanted; "" = it is.
  [[nodiscard]] std::string failure(const ipvs::ServiceKey& key) const {
    return refusals_.message(key);
  }
  /// The kernel holds it, as far as we know.
  [[nodiscard]] bool holds(const ipvs::ServiceKey& key) const {
    return shadow_.contains(key) && !drift_.missing.contains(key);
  }
  /// The failures of all services.
  [[nodiscard]] std::vector<std::string> failures() const { return refusals_.messages(); }
  /// Operations that went to the kernel since the start.
  [[nodiscard]] std::uint64_t operations() const { return sent_.operations; }

 private:
  [[nodiscard]] bool is_needed() const;
  [[nodiscard]] bool is_ours(const ipvs::ServiceKey& key) const;
  [[nodiscard]] ipvs::Table ours(ipvs::Table table);
  void own_configured();
  void plan_tables(ipvs::Table wanted, ipvs::Table actual, TimePoint now);
  void plan_services(const std::set<ipvs::ServiceKey>& keys, TimePoint now);
  void plan_dirty(TimePoint now);
  void attach(TimePoint now, std::vector<Notice>& notices);
  void reread(TimePoint now, std::vector<Notice>& notices);
  void has_read();   ///< the shadow is what the kernel holds: plan from it
  void drop_plan();  ///< the rest of the plan, with its refusals
  void execute(TimePoint now, std::vector<Notice>& notices);
  // reconciler_drift.cpp
  void look_for_drift(TimePoint now, std::vector<Notice>& notices);
  void repair(const ipvs::Table& actual, TimePoint now, std::vector<Notice>& notices);
  void lost(const ipvs::Error& error, TimePoint now, std::vector<Notice>& notices);
  void settled(TimePoint now, std::vector<Notice>& notices);
  [[nodiscard]] std::size_t batch_size() const;

  ipvs::Backend& backend_;
  Balancer& balancer_;
  Hooks hooks_;
  OwnedServices previously_owned_;
  OwnedServices owned_;
  ipvs::Table shadow_;
  std::deque<ipvs::Operation> queue_;
  Refusals refusals_;
  DriftGuard guard_;

  enum class Phase : std::uint8_t { Detached, Reread, Attached };
  Phase phase_ = Phase::Detached;
  std::optional<TimePoint> attempt_;  ///< of attaching or rereading; none = at once
  Backoff backoff_{};
  struct Drift {
    std::optional<TimePoint> due;  ///< the next look
    std::uint32_t looks = 0;
    // Seen by has_seen(), not yet repaired.
    std::string seen;
    std::set<ipvs::ServiceKey> missing;
    std::optional<TimePoint> repaired;  ///< the last one
    std::uint64_t repairs = 0;
  };
  Drift drift_;
  struct Exchange {
    ipvs::ErrorKind error = ipvs::ErrorKind::NotLoaded;
    std::string detail;  ///< why it failed; "" = it has not
    std::string told;    ///< the last failure that was logged
  };
  Exchange last_exchange_;
  std::uint32_t connection_table_size_ = 0;
  std::size_t foreign_ = 0;
  struct Sent {
    std::uint64_t operations = 0, refused = 0;
    std::size_t unreported = 0;  ///< operations since the last "settled" notice
  };
  Sent sent_;
  bool dirty_all_ = false;
  bool is_unsure_ = false;  ///< the shadow may not be what we have written: an exchange failed
  bool was_exclusive_ = false;
};

}  // namespace evenkeel::daemon
