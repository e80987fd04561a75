// A check over reloads and restarts of the checks process: the balancer, the list, the schedule and
// the rules for reports together, over random sequences. Which check has which id:
// check_ids_test.cpp.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

#include "checks/schedule.h"
#include "daemon/balancer/balancer.h"
#include "daemon/process/report_rules.h"
#include "tests/daemon/balancer/sample.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using checks::CheckId;
using checks::Health;
using checks::ListedCheck;
using checks::Reason;
using checks::Slot;

using ServerKey = std::pair<ipvs::ServiceKey, ipvs::DestinationKey>;
/// What an operator sees of a server: its health, its usage, and the count in the explanation.
using Seen = std::map<ServerKey, std::tuple<Health, Usage, std::string>>;
/// The details of the last outcomes, each of which is another, by check.
using Told = std::vector<std::pair<checks::Check, std::string>>;

class World {
 public:
  explicit World(std::uint32_t seed) : random_(seed) {
    ipvs::Table held;
    for (const std::uint16_t port : std::initializer_list<std::uint16_t>{80, 81}) {
      services_.push_back(sample::service(port, 3));
      for (RealServerConfig& server : services_.back().real_servers) server.checks = some_checks();
    }
    configure();
    ever_.insert(ids_.begin(), ids_.end());
    ipvs::ServiceEntry& entry = held[services_[0].service.key];  // half of it is adopted
    entry.service = services_[0].service;
    for (const std::size_t i : {0U, 1U}) {
      const ipvs::Destination& destination = services_[0].real_servers[i].destination;
      entry.destinations.emplace(destination.key, destination);
    }
    balancer_.adopt(held, now_);
    start_again();
  }

  [[nodiscard]] int shared() const { return shared_; }

  void act() {
    switch (below(12)) {
      case 0:
        return reload_with_changes();
      case 1:
        return reload_in_another_order();
      case 2:
        return start_again();
      case 3:
        return deliver();
      default:
        static_cast<void>(probe());
    }
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool one_in(std::size_t limit) { return below(limit) == 0; }

  /// Few of each kind, so that servers share them.
  ServerCheck any_check() {
    ServerCheck result = sample::tcp_check(2, static_cast<std::uint16_t>(2 + below(2)));
    result.check.address = sample::ip("10.0.0." + std::to_string(1 + below(3)));
    result.check.fast_interval = 1s;
    result.check.down_interval = one_in(2) ? 3s : 4s;
    if (one_in(4)) result.check.probe = checks::HttpCheck{};
    if (one_in(6)) result.initial = Health::Up;
    return result;
  }
  std::vector<ServerCheck> some_checks() {
    std::vector<ServerCheck> result(1 + below(2));
    for (ServerCheck& each : result) each = any_check();
    return result;
  }

  void configure() {
    ++generation_;
    static_cast<void>(balancer_.configure(sample::config(services_), now_));
    ids_.clear();
    for (const ListedCheck& each : balancer_.check_list()) ids_.push_back(each.id);
    forget_checks_that_are_gone();
  }
  [[nodiscard]] checks::CheckList list() const {
    return std::make_shared<const std::vector<ListedCheck>>(balancer_.check_list());
  }

  [[nodiscard]] Seen seen() const {
    Seen result;
    for (const ServiceSnapshot& service : balancer_.snapshot({})) {
      for (const RealServerSnapshot& server : service.real_servers) {
        result[{service.service.key, server.destination.key}] = {server.health, server.usage,
                                                                 server.explanation};
      }
    }
    return result;
  }

  /// Every check has had an outcome (who has none takes over, at a reload, what another server's
  /// check has told), and some are under way.
  void come_to_a_reload() {
    while (!schedule_.is_first_round_done()) probe();
    deliver();
    for (std::size_t more = below(4); more > 0; --more) probe();
  }

  template <typename Act>
  void for_each_server(Act&& act) const {
    for (const ServiceConfig& service : services_) {
      for (const RealServerConfig& server : service.real_servers) {
        act(ServerKey{service.service.key, server.destination.key}, server.checks);
      }
    }
  }
  static bool has(const std::vector<ServerCheck>& checks, const checks::Check& check) {
    return std::any_of(checks.begin(), checks.end(),
                       [&](const ServerCheck& each) { return each.check == check; });
  }

  /// Of a check that is new to a server nothing is expected before an outcome: it may have taken
  /// over what another has told.
  void forget_checks_that_are_gone() {
    for_each_server([&](const ServerKey& key, const std::vector<ServerCheck>& checks) {
      std::erase_if(told_[key], [&](const auto& each) { return !has(checks, each.first); });
    });
  }
  void expect_told(const checks::Check& probed, const std::string& detail) {
    int users = 0;
    for_each_server([&](const ServerKey& key, const std::vector<ServerCheck>& checks) {
      if (!has(checks, probed)) return;
      ++users;
      std::erase_if(told_[key], [&](const auto& each) { return each.first == probed; });
      told_[key].emplace_back(probed, detail);
    });
    if (users > 1) ++shared_;
  }
  /// Each server shows the last outcome of one of its checks: of that one, where it has one.
  void compare_with_status() const {
    std::map<ServerKey, std::string> shown;
    for (const ServiceSnapshot& service : balancer_.snapshot({})) {
      for (const RealServerSnapshot& server : service.real_servers) {
        if (server.last) {
          shown[{service.service.key, server.destination.key}] = server.last->detail;
        }
      }
    }
    for_each_server([&](const ServerKey& key, const std::vector<ServerCheck>& checks) {
      const Told& told = told_.at(key);
      const bool is_all_known =
          std::all_of(checks.begin(), checks.end(), [&](const ServerCheck& each) {
            return std::any_of(told.begin(), told.end(),
                               [&](const auto& one) { return one.first == each.check; });
          });
      if (!is_all_known) return;
      ASSERT_TRUE(std::any_of(told.begin(), told.end(),
                              [&](const auto& one) { return one.second == shown[key]; }))
          << key.second.address << " shows the outcome " << shown[key];
    });
  }

  void reload_with_changes() {
    come_to_a_reload();
    const Seen before = seen();
    const std::set<CheckId> ids_before(ids_.begin(), ids_.end());
    std::set<std::pair<ipvs::ServiceKey, ipvs::DestinationKey>> changed;
    for (ServiceConfig& service : services_) {
      for (RealServerConfig& server : service.real_servers) {
        if (!one_in(3)) continue;
        changed.insert({service.service.key, server.destination.key});
        server.checks = some_checks();
      }
    }
    configure();
    static_cast<void>(schedule_.configure(list(), now_));
    for (const auto& [server, what] : seen()) {
      if (changed.contains(server)) continue;
      ASSERT_EQ(what, before.at(server));
    }
    for (const CheckId id : ids_) {
      if (ids_before.contains(id)) continue;
      ASSERT_TRUE(ever_.insert(id).second) << "given twice";
    }
  }

  void reload_in_another_order() {
    come_to_a_reload();
    const Seen before = seen();
    const auto list_before = *list();
    const auto next_before = schedule_.next();
    std::shuffle(services_.begin(), services_.end(), random_);
    for (ServiceConfig& service : services_) {
      std::shuffle(service.real_servers.begin(), service.real_servers.end(), random_);
    }
    configure();
    const auto successors = schedule_.configure(list(), now_);
    ASSERT_EQ(seen(), before);
    ASSERT_EQ(schedule_.next(), next_before);
    const auto list_now = *list();
    ASSERT_EQ(list_now.size(), list_before.size());
    for (Slot slot = 0; slot < successors.size(); ++slot) {
      ASSERT_EQ(successors[slot], slot);
      ASSERT_EQ(list_now[slot].id, list_before[slot].id);
      ASSERT_EQ(list_now[slot].check, list_before[slot].check);
      ASSERT_EQ(list_now[slot].not_down, list_before[slot].not_down);
      ASSERT_EQ(list_now[slot].down, list_before[slot].down);
    }
  }

  /// The checks process dies; what it has said comes first.
  void start_again() {
    deliver();
    balancer_.checks_lost();
    schedule_ = checks::Schedule();
    const checks::CheckList before = list();
    static_cast<void>(schedule_.configure(before, now_));
    for (std::size_t i = 0; i < before->size(); ++i) {
      const std::optional<Slot> slot = probe();
      ASSERT_TRUE(slot);
      const Health health = (*before)[*slot].not_down.health;
      deliver();
      const auto pace = next_of(*slot) - due_;
      const auto of_main = pace_of((*list())[*slot]);
      // The process does not know whether a server that is Unknown has been adopted.
      ASSERT_TRUE(pace == of_main || (health == Health::Unknown && pace < of_main))
          << pace.count() << " is not the pace of main's count, " << of_main.count();
    }
  }

  static checks::Duration pace_of(const ListedCheck& listed) {
    checks::Verdict not_down(listed.check.rise, listed.check.fall, listed.not_down);
    not_down.trust();
    const checks::Verdict down(listed.check.rise, listed.check.fall, listed.down);
    return std::min(checks::pace(listed.check, not_down), checks::pace(listed.check, down));
  }

  /// The next probe that is due ends at once. Its outcome is reported now or later.
  std::optional<Slot> probe() {
    static constexpr std::array kReasons{Reason::Passed, Reason::Passed, Reason::ConnectRefused,
                                         Reason::HttpStatus, Reason::LocalError};
    const auto next = schedule_.next();
    if (!next) return std::nullopt;
    now_ = due_ = *next;
    const auto due = schedule_.pop(now_);
    schedule_.start(due->slot, now_);
    const Reason reason = kReasons[below(kReasons.size())];
    schedule_.finish(due->slot, reason);
    const ListedCheck& probed = (*schedule_.checks())[due->slot];
    const std::string detail = std::to_string(++outcomes_);
    under_way_.push_back({probed.check,
                          {.generation = generation_,
                           .first_round_done = schedule_.is_first_round_done(),
                           .outcomes = {sample::outcome(probed.id, reason, detail)}}});
    if (!one_in(3)) deliver();
    return due->slot;
  }

  /// What counts is judged by the check that was probed, not by its id.
  void deliver() {
    for (auto& [probed, report] : std::exchange(under_way_, {})) {
      bool is_in_force = false;
      for_each_server([&](const ServerKey&, const std::vector<ServerCheck>& checks) {
        is_in_force = is_in_force || has(checks, probed);
      });
      if (is_in_force) expect_told(probed, report.outcomes[0].detail);
      keep_what_counts(report, ids_, generation_);
      static_cast<void>(balancer_.record(report.outcomes, now_));
      if (report.first_round_done) static_cast<void>(balancer_.first_round_done(now_));
      compare_with_status();
    }
  }

  /// When the check is due, if all others pass until then.
  [[nodiscard]] TimePoint next_of(Slot slot) const {
    checks::Schedule copy = schedule_;
    for (;;) {
      const TimePoint when = *copy.next();
      const auto due = copy.pop(when);
      if (due->slot == slot) return when;
      copy.start(due->slot, when);
      copy.finish(due->slot, Reason::Passed);
    }
  }

  std::mt19937 random_;
  std::vector<ServiceConfig> services_;
  Balancer balancer_;
  checks::Schedule schedule_;
  Generation generation_ = 0;
  std::vector<CheckId> ids_;
  std::set<CheckId> ever_;                                        // given
  std::vector<std::pair<checks::Check, CheckReport>> under_way_;  // with what was probed
  std::map<ServerKey, Told> told_;
  int outcomes_ = 0;
  int shared_ = 0;  // outcomes of checks of several servers
  TimePoint now_{1000s}, due_;
};

TEST(CheckIdentity, HealthAndCountOutliveReloadsAndTheChecksProcess) {
  int shared = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    for (int step = 0; step < 200; ++step) {
      world.act();
      if (testing::Test::HasFatalFailure()) return;
    }
    shared += world.shared();
  }
  EXPECT_GT(shared, 1000);
}

}  // namespace
}  // namespace evenkeel::daemon
