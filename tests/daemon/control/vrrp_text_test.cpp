#include "daemon/control/vrrp_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string text_of(const InstanceSnapshot& instance, bool color = false) {
  std::string out;
  append_instance_text(out, instance, healthy_snapshot().now, color);
  return out;
}

TEST(VrrpText, IsWhatTheManualShows) {
  InstanceSnapshot web = master_instance();
  web.status.counters.advertisements_sent = 1036801;
  web.status.counters.advertisements_received = 12;
  web.status.counters.announcements_sent = 65;
  web.status.counters.dropped[static_cast<std::size_t>(vrrp::DecodeError::HopLimit)] = 2;
  web.status.counters.dropped[static_cast<std::size_t>(vrrp::DecodeError::Checksum)] = 10;
  web.status.last_drop = {vrrp::DecodeError::Checksum, boost::asio::ip::make_address("192.0.2.77")};
  const auto from = [&](vrrp::DecodeError error, const char* source) {
    web.status.dropped_from[static_cast<std::size_t>(error)] =
        boost::asio::ip::make_address(source);
  };
  from(vrrp::DecodeError::HopLimit, "192.0.2.78");
  from(vrrp::DecodeError::Checksum, "192.0.2.77");
  EXPECT_EQ(text_of(web),
            "web   MASTER since 12d (2023-11-02 22:13:20 UTC): master down timer expired\n"
            "  advertisement    VRRPv3, vrid 61, prio 150, intvl 100cs\n"
            "  on               eth0, IPv4, multicast to 224.0.0.18, checksum auto\n"
            "  addresses        192.0.2.10/24\n"
            "  priority         150, configured 150\n"
            "  preemption       on\n"
            "  master           this node\n"
            "  peers heard      192.0.2.3, prio 100, every 1s, last 3m ago\n"
            "  transitions      2 to MASTER, 1 from MASTER\n"
            "  sent             1036801 advertisements, 0 of prio 0, 65 announcements (ARP, ND), 0 "
            "refused\n"
            "  received         12 advertisements, 0 of prio 0 (0 not from the master: ignored), "
            "0 lesser ones answered, 0 intervals out of range\n"
            "  others heard     0 advertisements of other virtual routers, 0 not looked at\n"
            "  dropped          12: 2 hop limit (192.0.2.78), 10 checksum (192.0.2.77); "
            "the last: checksum\n"
            "  put back         0 times an address that somebody else removed\n"
            "  timers           1.3ms late at worst, 0 times a whole interval or more\n");
}

TEST(VrrpText, ABackupThatIsHeldInVersionTwoByUnicast) {
  InstanceSnapshot backup = backup_instance();
  backup.sync_group = "both";
  backup.status.is_held = true;
  backup.config.version = vrrp::Version::V2;
  backup.config.password = "secret";
  backup.config.advertisement_interval = 2s;
  backup.config.unicast = {
      boost::asio::ip::make_address("192.0.2.3"),
      {boost::asio::ip::make_address("192.0.2.2"), boost::asio::ip::make_address("192.0.2.4")}};
  const std::string text = text_of(backup);
  EXPECT_THAT(text, StartsWith("web   BACKUP since 12d (2023-11-02 22:13:20 UTC): "
                               "a better master was heard\n"));
  EXPECT_THAT(text, HasSubstr("VRRPv2, vrid 61, prio 100, authtype simple, intvl 2s\n"));
  EXPECT_THAT(text, HasSubstr("eth0, IPv4, 192.0.2.3 > 192.0.2.2, 192.0.2.4\n"));
  EXPECT_THAT(text, HasSubstr("sync group       both\n"));
  EXPECT_THAT(text, HasSubstr("held: not until `evenkeel resume`, or until the master fails\n"));
  EXPECT_THAT(text, HasSubstr("master           192.0.2.2; down after 3.414s of silence\n"));
  EXPECT_THAT(text, Not(HasSubstr("secret")));
}

TEST(VrrpText, WhatIsWrongIsSaid) {
  InstanceSnapshot failed = failed_instance();
  failed.is_stale = true;
  failed.status.peers.clear();
  failed.status.has_conflict = true;
  failed.status.kernel.has_foreign_address = true;
  failed.status.kernel.has_refused_address = true;
  failed.status.kernel.is_polling = true;
  failed.status.other_lists = {{boost::asio::ip::make_address("192.0.2.66"),
                                true,
                                1,
                                {boost::asio::ip::make_address("200.200.200.200")}}};
  failed.status.is_ready = false;
  failed.since = {};
  const std::string text = text_of(failed);
  EXPECT_THAT(text, StartsWith("web   INITIALIZE: interface is missing\n"
                               "  stale            the vrrp process is away"));
  EXPECT_THAT(text, HasSubstr("master           none known\n"));
  EXPECT_THAT(text, HasSubstr("slow             cannot wait for packets, see the log"));
  EXPECT_THAT(text, HasSubstr("conflict         somebody else answered for a virtual address\n"));
  failed.status.rivals.resize(1);
  failed.status.rivals[0].source = boost::asio::ip::make_address("192.0.2.6");
  failed.status.rivals[0].virtual_router_id = 61;
  failed.status.rivals[0].interval = std::chrono::seconds(2);
  failed.status.rivals[0].differences.add(vrrp::Difference::Interval);
  EXPECT_THAT(text_of(failed),
              HasSubstr("differs          192.0.2.6 (00:00:00:00:00:00) on eth0 advertises virtual "
                        "router ID 61 with interval 2s, ours is 1s\n"));
  failed.status.rivals.clear();
  EXPECT_THAT(text, HasSubstr("not ours         a virtual address on the interface that another "
                              "program has put there: it stays\n"));
  EXPECT_THAT(text, HasSubstr("refused          the kernel refuses a virtual address"));
  EXPECT_THAT(text, HasSubstr("other list       192.0.2.66: 200.200.200.200; ignored\n"));
  EXPECT_THAT(text, HasSubstr("peers heard      none\n"));
  EXPECT_THAT(text, HasSubstr("preemption       not yet: the first round of checks is not over, or "
                              "has told nothing\n"));
  EXPECT_THAT(text, HasSubstr("dropped          0\n"));
}

TEST(VrrpText, PreemptionIsWhatWasConfigured) {
  InstanceSnapshot instance = backup_instance();
  instance.config.preempt_delay = 90s;
  EXPECT_THAT(text_of(instance), HasSubstr("preemption       on, after 90s\n"));
  instance.config.preempt = false;
  EXPECT_THAT(text_of(instance), HasSubstr("off: it takes over when no master is heard\n"));
}

vrrp::TrackStatus track(const char* name, std::int16_t weight, std::int32_t applied,
                        vrrp::TrackState state, const char* reason) {
  return {.kind = vrrp::TrackKind::Check,
          .name = name,
          .state = state,
          .effect = weight == 0 ? vrrp::TrackEffect::Fault : vrrp::TrackEffect::Weight,
          .weight = weight,
          .applied = applied,
          .is_fault = weight == 0 && state == vrrp::TrackState::Fails,
          .reason = reason};
}

TEST(VrrpText, ThePriorityHasItsParts) {
  using enum vrrp::TrackState;
  InstanceSnapshot instance = master_instance();
  instance.status.priority = 120;
  instance.status.tracks = {track("local_nginx", -30, -30, Fails, "connect refused")};
  instance.tracks_since = {healthy_snapshot().now - 12s};
  EXPECT_THAT(
      text_of(instance),
      HasSubstr("  priority         120 = 150 - 30 (check local_nginx: connect refused, 12s)\n"
                "  follows          1 track, 0 hold\n"));
  instance.status.priority = 1;
  instance.status.by_members = -200;
  instance.status.tracks.push_back(track("mysql", 20, 20, Holds, ""));
  instance.tracks_since.push_back(healthy_snapshot().now - 3s);
  EXPECT_THAT(
      text_of(instance),
      HasSubstr("  priority         1 = 150 - 30 (check local_nginx: connect refused, 12s)\n"
                "                   + 20 (check mysql, 3s)\n"
                "                   - 200 (what other members of its sync group follow)\n"
                "                   and never out of 1 .. 254\n"
                "  follows          2 tracks, 1 holds\n"));
}

TEST(VrrpText, ATrackThatIsAFaultIsNamed) {
  using enum vrrp::TrackState;
  InstanceSnapshot instance = failed_instance();
  instance.status.reason = vrrp::Reason::TrackFailed;
  instance.status.tracks = {track("mysql", 20, 0, CannotRun, "no such file"),
                            track("nginx", 0, 0, Fails, "connect refused")};
  instance.tracks_since.assign(2, healthy_snapshot().now - 3s);
  const std::string text = text_of(instance);
  EXPECT_THAT(text, HasSubstr(": what it follows has failed: check nginx: connect refused\n"));
  EXPECT_THAT(text, HasSubstr("  cannot run       (check mysql: no such file, 3s)\n"
                              "  fails            (check nginx: connect refused, 3s): no weight, "
                              "so that is a fault\n"));
}

TEST(VrrpText, ATrackWithoutAResultKeepsItFromPreempting) {
  InstanceSnapshot instance = backup_instance();
  instance.status.tracks = {track("nginx", -30, 0, vrrp::TrackState::Unknown, "")};
  EXPECT_THAT(text_of(instance), HasSubstr("preemption       not yet: no result of check nginx\n"));
  instance.status.tracks.clear();
  instance.config.preempt_margin = 20;
  EXPECT_THAT(text_of(instance), HasSubstr("preemption       on, by more than 20\n"));
}

TEST(VrrpText, ManyAddressesAreFourToALine) {
  InstanceSnapshot instance = master_instance();
  instance.config.virtual_addresses.assign(6, instance.config.virtual_addresses[0]);
  instance.config.extra_addresses = {{boost::asio::ip::make_address("2001:db8::10"), 128}};
  EXPECT_THAT(text_of(instance),
              HasSubstr("  addresses        192.0.2.10/24, 192.0.2.10/24, 192.0.2.10/24, "
                        "192.0.2.10/24,\n"
                        "                   192.0.2.10/24, 192.0.2.10/24\n"
                        "  moved with them  2001:db8::10/128\n"));
}

TEST(VrrpText, ColoursSurroundTheState) {
  EXPECT_THAT(text_of(master_instance(), true), StartsWith("web   \x1b[32mMASTER\x1b[0m since"));
  EXPECT_THAT(text_of(failed_instance(), true),
              StartsWith("web   \x1b[31mINITIALIZE\x1b[0m since"));
}

}  // namespace
}  // namespace evenkeel::daemon
