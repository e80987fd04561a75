// The owner of health: the configuration, what every check said, and which table the kernel should
// therefore hold.
//
// Pure: outcomes and configurations come in as values with the time; out go notices for the log,
// the services that changed, and the wanted table. One object, used by main's thread only.
// Adoption, readiness: README.md.
#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "checks/check_list.h"
#include "daemon/balancer/check_ids.h"
#include "daemon/balancer/server_state.h"
#include "daemon/balancer/service_health.h"
#include "daemon/balancer/snapshot.h"
#include "daemon/config/config.h"
#include "ipvs/types.h"

namespace evenkeel::daemon {

/// One line for the log.
struct Notice {
  Severity level = Severity::Info;
  std::string text;
  friend bool operator==(const Notice&, const Notice&) = default;
};

class Balancer {
 public:
  /// A new configuration: what is unchanged keeps its health; every service becomes dirty.
  [[nodiscard]] std::vector<Notice> configure(std::shared_ptr<const Config> config, TimePoint now);
  /// For the checks process: every distinct check that it makes, with what has come of it so far.
  [[nodiscard]] std::vector<checks::ListedCheck> check_list() const { return list_of(false); }
  /// Likewise the checks that are scripts.
  [[nodiscard]] std::vector<checks::ListedCheck> script_list() const { return list_of(true); }

  /// What the kernel holds, at start or when ip_vs came back: destinations with weight are used
  /// until their first outcome.
  void adopt(const ipvs::Table& actual, TimePoint now);

  /// Outcomes, in order. Those of no check of the configuration are ignored.
  [[nodiscard]] std::vector<Notice> record(std::span<const checks::CheckOutcome> outcomes,
                                           TimePoint now);
  /// The weight that a check gives its real servers; nothing: none. Before record() of its outcome.
  [[nodiscard]] std::vector<Notice> weigh(checks::CheckId id, std::optional<std::uint32_t> weight);
  /// Every check has had its first outcome: from here on quorum and sorry server count.
  [[nodiscard]] std::vector<Notice> first_round_done(TimePoint now);
  /// The checks process died: verdicts keep their last value, marked stale.
  void checks_lost();

  [[nodiscard]] bool is_ready() const { return ready_; }
  /// Some check has told the state of its server, or there is no check: before that this node has
  /// no reason to take services away from a peer.
  [[nodiscard]] bool knows_any_server() const;
  /// Every check of the node ends in LocalError: our fault, not the servers'.
  [[nodiscard]] bool is_frozen() const;
  [[nodiscard]] const std::shared_ptr<const Config>& config() const { return config_; }

  /// Of config()->tracked.checks, by index. It is in no table: its usage means nothing.
  [[nodiscard]] const ServerState& tracked_check(std::size_t check) const {
    return tracked_[check];
  }
  [[nodiscard]] ServiceHealth health_of(std::size_t service) const;
  /// In the order of its configuration.
  [[nodiscard]] const std::vector<ServerState>& servers_of(std::size_t service) const {
    return services_[service].servers;
  }
  /// The services whose health, or that of a real server, may have changed since the last call.
  [[nodiscard]] std::set<std::size_t> take_changed() { return std::exchange(changed_, {}); }

  /// What the kernel should hold.
  [[nodiscard]] ipvs::Table wanted() const;
  [[nodiscard]] ipvs::ServiceEntry wanted_service(std::size_t service) const;
  /// The services whose wanted entry may have changed since the last call, by index.
  [[nodiscard]] std::set<std::size_t> take_dirty();
  [[nodiscard]] bool is_dirty() const { return !dirty_.empty(); }

  /// The services' part of a snapshot, counters filled in from `counters` where they are there.
  [[nodiscard]] std::vector<ServiceSnapshot> snapshot(
      const std::map<ipvs::ServiceKey, ipvs::ServiceCounters>& counters,
      const Clocks& clocks = {}) const;

 private:
  struct ServiceState {
    std::vector<ServerState> servers;
    bool is_evaluated = false;  ///< the quorum counts: each server has had an outcome
    bool has_quorum = true;
    bool is_starting = false;  ///< without quorum since a reload, with servers not checked yet
  };

  [[nodiscard]] std::vector<checks::ListedCheck> list_of(bool scripts) const;
  [[nodiscard]] std::uint32_t weight_of(std::size_t service, std::size_t server) const;
  /// `counters` is null where the kernel has none.
  [[nodiscard]] ServiceSnapshot snapshot_of(std::size_t i, const ipvs::ServiceCounters* counters,
                                            const Clocks& clocks) const;

  [[nodiscard]] const CheckState& state_of(const CheckUse& use) const;
  /// A state of a new configuration: what is known of the same checks elsewhere.
  void share_known(ServerState& state, const std::vector<checks::CheckId>& ids,
                   TimePoint now) const;
  /// The tracked checks of a new configuration, with what the present one knows of them.
  [[nodiscard]] std::vector<ServerState> tracked_under(const Config& config,
                                                       const std::vector<checks::CheckId>& ids,
                                                       TimePoint now) const;
  /// A service of a new configuration, with what the present one knows of it. `before`: its index
  /// there.
  [[nodiscard]] ServiceState state_under(const ServiceConfig& service,
                                         const std::vector<std::vector<checks::CheckId>>& ids,
                                         std::optional<std::size_t> before, TimePoint now) const;

  [[nodiscard]] std::uint64_t weight_up(std::size_t service) const;
  [[nodiscard]] std::uint32_t servers_up(std::size_t service) const;
  [[nodiscard]] bool is_real_server(std::size_t service, const ipvs::DestinationKey& key) const;
  [[nodiscard]] bool uses_sorry_server(std::size_t service) const;
  [[nodiscard]] static bool has_outcomes(const ServiceState& service);
  /// The service lacks its quorum only until its first checks have been made.
  [[nodiscard]] bool is_starting(std::size_t service) const;
  void evaluate_quorum(std::size_t service, std::vector<Notice>& notices);
  void record_of_server(const CheckUse& use, const checks::CheckOutcome& outcome, TimePoint now,
                        std::set<std::size_t>& touched, std::vector<Notice>& notices);

  std::shared_ptr<const Config> config_;
  CheckIds ids_;
  CheckUses uses_;
  std::vector<ServiceState> services_;
  std::vector<ServerState> tracked_;  ///< of config_->tracked.checks: one check each
  std::set<std::size_t> dirty_;
  std::set<std::size_t> changed_;
  std::set<std::size_t> weighed_;  ///< services whose weights have changed since record()
  bool ready_ = false;
  bool are_checks_lost_ = false;  ///< the checks process died, and has reported nothing since
};

}  // namespace evenkeel::daemon
