#include "daemon/control/status_text.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/control/health_text.h"
#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::string text_of(Snapshot snapshot, const StatusRequest& request = {},
                    const Presentation& wants = {}) {
  StatusText text(std::make_shared<const Snapshot>(std::move(snapshot)), request, wants);
  std::string out;
  while (text.append_next(out)) {
  }
  return out;
}

std::string health_of(const RealServerSnapshot& server, bool color = false) {
  std::string out;
  append_health(out, server, healthy_snapshot().now, color);
  return out;
}

std::string health_of(const ServiceSnapshot& service) {
  std::string out;
  append_service_health(out, service, false);
  return out;
}

TEST(StatusText, WhoElseHasTheAddressesIsAboveTheTable) {
  Snapshot snapshot = healthy_snapshot();
  snapshot.instances = {master_instance()};
  vrrp::Rival rival;
  rival.source = boost::asio::ip::make_address("192.0.2.6");
  rival.is_owner = true;
  rival.address = boost::asio::ip::make_address("192.0.2.10");
  rival.differences.add(vrrp::Difference::VirtualRouterId);
  rival.virtual_router_id = 62;
  snapshot.instances[0].status.rivals = {rival};
  EXPECT_THAT(text_of(snapshot),
              HasSubstr("instance web: 192.0.2.6 (00:00:00:00:00:00) on eth0 advertises 192.0.2.10 "
                        "too: virtual router ID 62, ours is 61\n"));
  snapshot.instances[0].status.rivals.assign(11, rival);
  EXPECT_THAT(text_of(snapshot),
              HasSubstr("instances: 3 more of that kind: see `evenkeel vrrp`\n"));
}

TEST(StatusText, IsWhatTheManualShows) {
  EXPECT_EQ(
      text_of(healthy_snapshot()),
      "evenkeel 0.1.0 on lb1   configuration 7c1e4f, generation 4, loaded 3d ago   kernel in sync\n"
      "\n"
      "Prot LocalAddress:Port Scheduler Flags\n"
      "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn  Health\n"
      "TCP  192.0.2.10:80 wlc persistent 300                                  web   1/2 up, quorum "
      "1\n"
      "  -> 192.0.2.21:80                Route   3      812        1204       up 12d      200 in "
      "4ms\n"
      "  -> 192.0.2.23:80                Route   0      0          0          down 12m    connect "
      "timeout (3 of 3), since 2023-11-14 22:01:20 UTC\n");
}

TEST(StatusText, ANarrowTerminalHasHealthOnALineOfItsOwn) {
  Snapshot snapshot = healthy_snapshot();
  snapshot.services[0].real_servers[0].name = "web1";
  EXPECT_EQ(text_of(snapshot, {}, {.narrow = true}),
            "evenkeel 0.1.0 on lb1   configuration 7c1e4f, generation 4, loaded 3d ago\n"
            "kernel in sync\n"
            "\n"
            "Prot LocalAddress:Port Scheduler Flags\n"
            "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n"
            "TCP  192.0.2.10:80 wlc persistent 300\n"
            "     web   1/2 up, quorum 1\n"
            "  -> 192.0.2.21:80                Route   3      812        1204\n"
            "     web1  up 12d      200 in 4ms\n"
            "  -> 192.0.2.23:80                Route   0      0          0\n"
            "           down 12m    connect timeout (3 of 3)\n");
}

TEST(StatusText, AWeightOfZeroInTheFileIsSaid) {
  RealServerSnapshot server = real_server("192.0.2.21", 80, ipvs::ForwardingMethod::Direct);
  EXPECT_THAT(health_of(server), Not(HasSubstr("weight")));
  server.destination.weight = server.weight = 0;
  EXPECT_EQ(health_of(server), "up 12d      200 in 4ms, weight 0 in the file");
  server.is_checked = false;
  server.explanation = "not checked";
  EXPECT_EQ(health_of(server), "not checked weight 0 in the file");
}

TEST(StatusText, RealServersHaveTheirNames) {
  Snapshot snapshot = healthy_snapshot();
  snapshot.services[0].real_servers[0].name = "web1";
  snapshot.services[0].real_servers[1].name = "a-name-that-is-long";
  const std::string text = text_of(snapshot);
  EXPECT_THAT(text, HasSubstr("1204       web1              up 12d      200 in 4ms\n"));
  EXPECT_THAT(text, HasSubstr("0          a-name-that-is-long  down 12m    connect"));
}

TEST(StatusText, WithAServiceNamedThereIsNoHead) {
  StatusRequest request;
  request.services = {"web"};
  EXPECT_TRUE(text_of(healthy_snapshot(), request).starts_with("Prot LocalAddress:Port"));
}

TEST(StatusText, InstancesComeFirst) {
  Snapshot snapshot = healthy_snapshot();
  snapshot.instances = {master_instance()};
  const std::string text = text_of(snapshot);
  EXPECT_THAT(
      text,
      HasSubstr("   kernel in sync\n"
                "\n"
                "INSTANCE  INTERFACE  VRID  STATE   PRIORITY        SINCE  VIRTUAL ADDRESSES\n"
                "web       eth0         61  MASTER  150             12d    192.0.2.10/24\n"
                "\n"
                "Prot LocalAddress:Port Scheduler Flags\n"
                "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn  Health\n"
                "TCP  192.0.2.10:80 wlc persistent 300"));
  snapshot.services.clear();
  EXPECT_TRUE(
      text_of(snapshot).ends_with(", loaded 3d ago\n"
                                  "\n"
                                  "INSTANCE  INTERFACE  VRID  STATE   PRIORITY        "
                                  "SINCE  VIRTUAL ADDRESSES\n"
                                  "web       eth0         61  MASTER  150             "
                                  "12d    192.0.2.10/24\n"));
}

TEST(StatusText, ANodeThatOnlyDoesVrrpMissesNoKernel) {
  Snapshot snapshot = healthy_snapshot();
  snapshot.instances = {backup_instance()};
  snapshot.kernel = KernelState::Missing;
  snapshot.kernel_detail = "module ip_vs cannot be loaded";
  EXPECT_THAT(text_of(snapshot), HasSubstr("kernel: module ip_vs"));
  snapshot.services.clear();
  EXPECT_THAT(text_of(snapshot), HasSubstr("loaded 3d ago\n\nINSTANCE"));
}

TEST(StatusText, ManyInstancesAndServicesComeWholeAndInOrder) {
  Snapshot snapshot = *large_snapshot(300, 10);
  snapshot.instances.assign(2000, backup_instance());
  const std::string text = text_of(snapshot);
  // head, blank, titles, instances, blank, titles of services, 300 x 11
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3 + 2000 + 1 + 2 + 3300);
  EXPECT_LT(text.rfind("BACKUP"), text.find("Prot LocalAddress"));
}

TEST(StatusText, EveryTroubleHasALine) {
  Snapshot snapshot = healthy_snapshot();
  snapshot.kernel = KernelState::Missing;
  snapshot.kernel_detail = "module ip_vs cannot be loaded";
  snapshot.is_ready = false;
  snapshot.checks_frozen = true;
  snapshot.foreign_services = 2;
  snapshot.warnings = {"sysctl conn_reuse_mode: not set\x1b[2J"};
  snapshot.processes = {{"checks", "restarting", 0, 3, snapshot.now - 4s},
                        {"vrrp", "running", 7, 0, snapshot.now - 4s}};
  const std::string text = text_of(snapshot);
  EXPECT_THAT(text, HasSubstr("loaded 3d ago   kernel missing\n"));
  EXPECT_THAT(text, HasSubstr("\nkernel: module ip_vs cannot be loaded\n"));
  EXPECT_THAT(text, HasSubstr("\nchecks: restarting since 4s, 3 restarts\n"));
  EXPECT_THAT(text, HasSubstr("health stands still\n"));
  EXPECT_THAT(text, HasSubstr("\nchecks: the first round is not over\n"));
  EXPECT_THAT(text, HasSubstr("\nwarning: sysctl conn_reuse_mode: not set?[2J\n"));
  EXPECT_THAT(text, HasSubstr("2 services in the kernel are not ours"));
  EXPECT_THAT(text, Not(HasSubstr("vrrp")));
}

TEST(StatusText, ALateChecksProcessIsToldAndIsNotWell) {
  Snapshot snapshot = healthy_snapshot();
  snapshot.processes = {{"checks", "running", 7, 0, snapshot.now - 4s, "late: 8 of 9 checks"}};
  EXPECT_THAT(text_of(snapshot), HasSubstr("\nchecks: late: 8 of 9 checks\n"));
  EXPECT_EQ(exit_code(snapshot), 1);
}

TEST(StatusText, AServiceThatStartsIsNotLost) {
  Snapshot snapshot = healthy_snapshot();
  ServiceSnapshot& service = snapshot.services[0];
  service.up = 0;
  service.has_quorum = false;
  for (RealServerSnapshot& server : service.real_servers) {
    server.health = checks::Health::Unknown;
    server.usage = Usage::Absent;
  }
  EXPECT_THAT(text_of(snapshot), HasSubstr("0/2 up, quorum 1 lost\n"));
  EXPECT_EQ(exit_code(snapshot), 2);
  service.is_starting = true;
  EXPECT_THAT(text_of(snapshot), HasSubstr("0/2 up, quorum 1, starting\n"));
  EXPECT_EQ(exit_code(snapshot), 1);
}

TEST(StatusText, HealthSaysWhy) {
  RealServerSnapshot server = healthy_snapshot().services[0].real_servers[0];
  EXPECT_EQ(health_of(server), "up 12d      200 in 4ms");
  server.is_stale = true;
  EXPECT_EQ(health_of(server), "stale       last known: up 12d, 200 in 4ms");
  server.is_stale = false;
  server.is_checked = false;
  server.explanation = "not checked";
  EXPECT_EQ(health_of(server), "not checked");
  server.is_checked = true;
  server.health = checks::Health::Unknown;
  server.explanation = "waiting for the first check";
  EXPECT_EQ(health_of(server), "unknown     waiting for the first check");
  server.is_sorry_server = true;
  server.explanation = "in use: quorum lost";
  EXPECT_EQ(health_of(server), "sorry server, in use: quorum lost");
}

TEST(StatusText, AnExplanationCannotSteerATerminal) {
  RealServerSnapshot server = healthy_snapshot().services[0].real_servers[0];
  server.explanation = "\x1b]0;x\x07\r\n";
  EXPECT_EQ(health_of(server), "up 12d      ?]0;x???");
}

TEST(StatusText, ColoursSurroundWordsOnly) {
  EXPECT_EQ(health_of(healthy_snapshot().services[0].real_servers[0], true),
            "\x1b[32mup 12d\x1b[0m      200 in 4ms");
}

TEST(StatusText, AServiceSaysWhatItNeeds) {
  ServiceSnapshot service = healthy_snapshot().services[0];
  service.has_quorum = false;
  EXPECT_EQ(health_of(service), "web   1/2 up, quorum 1 lost");
  service.failure = "add service: scheduler mh: No such file or directory";
  EXPECT_THAT(health_of(service), HasSubstr("failed: add service: scheduler mh"));
}

TEST(StatusText, AgesHaveOneUnit) {
  RealServerSnapshot server = healthy_snapshot().services[0].real_servers[0];
  const auto aged = [&](std::chrono::seconds age) {
    server.since = healthy_snapshot().now - age;
    return health_of(server).substr(0, 8);
  };
  EXPECT_EQ(aged(-5s), "up 0s   ");
  EXPECT_EQ(aged(59s), "up 59s  ");
  EXPECT_EQ(aged(60s), "up 1m   ");
  EXPECT_EQ(aged(3600s), "up 1h   ");
  EXPECT_EQ(aged(47h), "up 47h  ");
  EXPECT_EQ(aged(48h), "up 2d   ");
}

TEST(StatusText, TheAnswerIsChunksThatSayTheirSize) {
  const auto snapshot = large_snapshot(300, 10);
  StatusText whole(snapshot, {});
  std::string wanted;
  while (whole.append_next(wanted)) {
  }

  const auto answer = status_text_answer(snapshot, {}, {}, 1);
  std::string text;
  std::string part;
  std::size_t parts = 0;
  nlohmann::json head;
  while (answer->append_next(part)) {
    ++parts;
    EXPECT_LT(part.size(), Answer::kChunk + 1024);
    const std::size_t newline = part.find('\n');
    head = nlohmann::json::parse(part.substr(0, newline));
    EXPECT_EQ(head["ok"], true);
    if (head["more"] == true) {
      EXPECT_EQ(head["bytes"], part.size() - newline - 1);
      text += part.substr(newline + 1);
    }
    part.clear();
  }
  EXPECT_EQ(head["more"], false);
  EXPECT_EQ(head["exit_code"], 1);
  EXPECT_GT(parts, 3U);
  EXPECT_EQ(text, wanted);
}

}  // namespace
}  // namespace evenkeel::daemon
