#include "daemon/control/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using enum vrrp::TrackState;

vrrp::TrackStatus track(const char* name, std::int16_t weight, std::int32_t applied,
                        vrrp::TrackState state) {
  return {.kind = vrrp::TrackKind::Check,
          .name = name,
          .state = state,
          .effect = weight == 0 ? vrrp::TrackEffect::Fault : vrrp::TrackEffect::Weight,
          .weight = weight,
          .applied = applied,
          .is_fault = weight == 0 && state == Fails,
          .reason = state == Fails ? "connect refused" : ""};
}

/// Of 192.0.2.2 with this priority; its own is 100.
InstanceSnapshot backup_of(std::uint8_t priority) {
  InstanceSnapshot instance = backup_instance();
  instance.config.priority = instance.status.priority = 100;
  instance.status.master = boost::asio::ip::make_address("192.0.2.2");
  instance.status.master_down_interval = 3609375us;
  instance.status.peers = {{*instance.status.master, priority, 1s, {}}};
  return instance;
}

const char* const kSilent =
    "the master releases the addresses, or is silent for 3.609s: it takes over";

TEST(Explanation, ABackupNamesWhatWouldMakeItBetter) {
  InstanceSnapshot instance = backup_of(90);
  instance.status.priority = 70;
  instance.status.tracks = {track("nginx", -30, -30, Fails), track("mysql", 10, 0, Fails)};
  const Explanation explanation = explain(instance);
  EXPECT_THAT(explanation.because, ElementsAre("master 192.0.2.2 has priority 90, this node 70",
                                               "priority - 30: check nginx: connect refused"));
  EXPECT_THAT(explanation.changes,
              ElementsAre("check nginx holds: priority 100, and it preempts",
                          "the master falls below priority 70: it preempts", kSilent));
}

TEST(Explanation, ABackupThatIsBetterSaysWhatKeepsItBack) {
  InstanceSnapshot instance = backup_of(90);
  instance.config.preempt_margin = 20;
  EXPECT_THAT(explain(instance).because,
              ElementsAre("master 192.0.2.2 has priority 90, this node 100",
                          "preempt_margin = 20: it takes over from one that is lower by more"));
  instance.config.preempt_margin = 0;
  instance.status.tracks = {track("nginx", -30, 0, Unknown)};
  EXPECT_THAT(explain(instance).because,
              ElementsAre("another node is master, 192.0.2.2", "check nginx has no result yet"));
  instance.status.is_held = true;
  EXPECT_THAT(explain(instance).changes, ElementsAre("`evenkeel resume`: it preempts", kSilent));
  instance.config.preempt = false;
  EXPECT_THAT(explain(instance).because,
              ElementsAre("another node is master, 192.0.2.2",
                          "preempt = false: it takes nothing from a living master"));
}

TEST(Explanation, OnlyWhoMayPreemptIsSaidTo) {
  InstanceSnapshot instance = backup_of(90);
  instance.status.priority = 70;
  instance.status.tracks = {track("nginx", -30, -30, Fails)};
  instance.status.is_held = true;
  EXPECT_THAT(explain(instance).because,
              ElementsAre("master 192.0.2.2 has priority 90, this node 70", "it is held",
                          "priority - 30: check nginx: connect refused"));
  EXPECT_THAT(explain(instance).changes, ElementsAre("`evenkeel resume`: it may preempt", kSilent));
  instance.status.is_held = false;
  instance.status.is_ready = false;
  EXPECT_THAT(explain(instance).changes,
              ElementsAre("the checks have told something: it may preempt", kSilent));
  instance.status.is_ready = true;
  instance.status.tracks.push_back(track("mysql", -30, 0, Unknown));
  EXPECT_THAT(explain(instance).changes,
              ElementsAre("check mysql has one: it may preempt", kSilent));
  instance.config.preempt = false;
  EXPECT_THAT(explain(instance).changes, ElementsAre(kSilent));
}

TEST(Explanation, AnOwnerIsReadyAtOnce) {
  InstanceSnapshot instance = backup_of(90);
  instance.config.priority = instance.status.priority = vrrp::kOwnerPriority;
  instance.status.is_ready = false;
  instance.config.preempt_delay = 5s;
  EXPECT_THAT(explain(instance).because,
              ElementsAre("another node is master, 192.0.2.2", "preempt_delay = 5s"));
}

TEST(Explanation, OfManyTracksTheFirstAreNamed) {
  InstanceSnapshot instance = backup_of(90);
  instance.status.priority = 5;
  instance.status.tracks = {track("nginx", -95, -95, Fails)};
  for (int i = 0; i < 20; ++i) instance.status.tracks.push_back(track("mysql", 90, 0, Fails));
  EXPECT_EQ(explain(instance).changes.size(), 8U + 2U);
}

TEST(Explanation, OfANodeThatIsCutOffTheChecksCountWhenTheGatewayIsBack) {
  InstanceSnapshot instance = backup_of(90);
  instance.status.priority = 60;
  instance.status.tracks = {track("gate", -40, -40, Fails), track("nginx", -30, 0, Fails)};
  instance.status.tracks[0].kind = vrrp::TrackKind::Gateway;
  instance.status.is_cut_off = true;
  Explanation explanation = explain(instance);
  EXPECT_EQ(explanation.because.back(),
            "a gateway and all checks fail: this node is cut off, and the checks are not counted");
  EXPECT_THAT(explanation.changes,
              ElementsAre("the master falls below priority 60: it preempts", kSilent))
      << "without the gateway's 40 there are the check's 30 to be taken away";
  instance.status.tracks[1].weight = -5;
  EXPECT_EQ(explain(instance).changes[0], "gateway gate holds: priority 95, and it preempts");
}

TEST(Explanation, TheLowestMemberOfASyncGroupCounts) {
  InstanceSnapshot instance = backup_of(90);
  instance.sync_group = "pair";
  instance.status.tracks = {track("nginx", -30, -30, Fails)};
  instance.status.priority = 70;
  EXPECT_THAT(explain(instance).changes,
              ElementsAre("check nginx holds: priority 100 at most",
                          "the master falls below priority 70: it preempts", kSilent));
  instance.status.by_members = -50;  // another one's sum is -80
  instance.status.priority = 20;
  EXPECT_THAT(explain(instance).changes,
              ElementsAre("the master falls below priority 20: it preempts", kSilent));
  InstanceSnapshot master = master_instance();
  master.sync_group = "pair";
  master.status.tracks = {track("nginx", -30, 0, Holds)};
  master.status.by_members = -20;
  master.status.priority = 130;
  EXPECT_THAT(explain(master).changes,
              ElementsAre("a node advertises more than priority 130: it gives way",
                          "check nginx fails: priority 120"));
}

TEST(Explanation, AMasterSaysWhatItWouldLoseBy) {
  InstanceSnapshot instance = master_instance();
  instance.status.tracks = {track("nginx", -30, 0, Holds), track("mysql", 0, 0, Holds)};
  const Explanation explanation = explain(instance);
  EXPECT_THAT(explanation.because, ElementsAre("master down timer expired"));
  EXPECT_THAT(explanation.changes,
              ElementsAre("a node advertises more than priority 150: it gives way",
                          "check nginx fails: priority 120",
                          "check mysql fails: it hands over, and is in INITIALIZE"));
}

TEST(Explanation, AFaultIsNamed) {
  InstanceSnapshot instance = failed_instance();
  instance.status.reason = vrrp::Reason::TrackFailed;
  instance.status.tracks = {track("mysql", 0, 0, Fails)};
  const Explanation explanation = explain(instance);
  EXPECT_THAT(explanation.because,
              ElementsAre("check mysql: connect refused; no weight, so that is a fault"));
  EXPECT_THAT(explanation.changes,
              ElementsAre("all that it follows without a weight holds: it takes part again"));
}

TEST(Explanation, NamesTheInterface) {
  InstanceSnapshot instance = failed_instance();
  instance.config.interface = "eth7";
  instance.status.reason = vrrp::Reason::InterfaceMissing;
  instance.status.tracks = {};
  EXPECT_THAT(explain(instance).because, ElementsAre("interface is missing: eth7"));
  EXPECT_THAT(explain(instance).changes,
              ElementsAre("that is over: it takes part again, as BACKUP first"));
  instance.config.unicast_interface = "eth8";
  instance.status.reason = vrrp::Reason::UnicastInterfaceDown;
  EXPECT_THAT(explain(instance).because, ElementsAre("unicast interface is down: eth8"));
  instance.status.reason = vrrp::Reason::SendRefused;
  EXPECT_THAT(explain(instance).because,
              ElementsAre("sending is refused (a local firewall rule?)"));
}

TEST(Explanation, IsWhatTheManualShows) {
  InstanceSnapshot instance = backup_of(90);
  instance.status.priority = 70;
  instance.status.tracks = {track("local_nginx", -30, -30, Fails)};
  std::string text;
  append_explanation(text, instance, healthy_snapshot().now, false);
  EXPECT_EQ(text,
            "web   BACKUP since 12d, priority 70 of 100\n"
            "  because  master 192.0.2.2 has priority 90, this node 70\n"
            "           priority - 30: check local_nginx: connect refused\n"
            "  if       check local_nginx holds: priority 100, and it preempts\n"
            "           the master falls below priority 70: it preempts\n"
            "           the master releases the addresses, or is silent for 3.609s: it takes "
            "over\n");
}

}  // namespace
}  // namespace evenkeel::daemon
