// Against captured output of ipvsadm 1.31 -L -n.
#include "daemon/control/status_columns.h"

#include <gtest/gtest.h>

#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using ipvs::ForwardingMethod;
using ipvs::ServiceFlags;

std::string service_line(const ServiceSnapshot& service, StatusView view = StatusView::Plain,
                         bool exact = false) {
  std::string out;
  append_service_columns(out, service, view, exact);
  return out;
}

std::string destination_line(const RealServerSnapshot& server, StatusView view = StatusView::Plain,
                             bool exact = false) {
  std::string out;
  append_destination_columns(out, server, view, exact);
  return out;
}

std::string titles(StatusView view) {
  std::string out;
  append_titles(out, view, false);
  return out;
}

std::string large(std::uint64_t value, bool exact = false) {
  std::string out;
  append_large_number(out, value, exact);
  return out;
}

ServiceSnapshot scheduled(ServiceSnapshot service, const std::string& scheduler,
                          std::uint32_t flags = 0) {
  service.service.scheduler = scheduler;
  service.service.flags = flags;
  return service;
}

TEST(StatusColumns, ServiceLinesAreIpvsadms) {
  EXPECT_EQ(service_line(scheduled(tcp_service("a", "10.0.0.100", 80), "rr")),
            "TCP  10.0.0.100:80 rr");

  auto sh =
      scheduled(tcp_service("b", "10.0.0.100", 443), "sh",
                ServiceFlags::kPersistent | ServiceFlags::kScheduler1 | ServiceFlags::kScheduler2);
  sh.service.persistence_seconds = 360;
  sh.service.persistence_prefix = 24;
  EXPECT_EQ(service_line(sh),
            "TCP  10.0.0.100:443 sh (sh-fallback,sh-port) persistent 360 mask 255.255.255.0");

  auto udp = scheduled(tcp_service("c", "10.0.0.100", 53), "rr", ServiceFlags::kOnePacket);
  udp.service.key.protocol = ipvs::Protocol::Udp;
  EXPECT_EQ(service_line(udp), "UDP  10.0.0.100:53 rr ops");

  auto sip =
      scheduled(tcp_service("d", "10.0.0.100", 5060), "mh",
                ServiceFlags::kPersistent | ServiceFlags::kScheduler1 | ServiceFlags::kScheduler2);
  sip.service.key.protocol = ipvs::Protocol::Udp;
  sip.service.persistence_seconds = 60;
  sip.service.persistence_engine = "sip";
  EXPECT_EQ(service_line(sip),
            "UDP  10.0.0.100:5060 mh (mh-fallback,mh-port) persistent 60 pe sip");

  auto sctp = scheduled(tcp_service("e", "10.0.0.100", 9), "lc");
  sctp.service.key.protocol = ipvs::Protocol::Sctp;
  EXPECT_EQ(service_line(sctp), "SCTP 10.0.0.100:9 lc");

  auto six = scheduled(tcp_service("f", "fd00::100", 443), "wrr", ServiceFlags::kPersistent);
  six.service.persistence_seconds = 300;
  six.service.persistence_prefix = 64;
  EXPECT_EQ(service_line(six), "TCP  [fd00::100]:443 wrr persistent 300 mask 64");

  EXPECT_EQ(
      service_line(scheduled(tcp_service("g", "10.0.0.1", 80), "rr", ServiceFlags::kScheduler3)),
      "TCP  10.0.0.1:80 rr (flag-3)");
}

TEST(StatusColumns, FirewallMarksAreIpvsadmsButUnsigned) {
  ServiceSnapshot service;
  service.service.key.firewall_mark = 7;
  service.service.key.family = ipvs::Family::Ipv6;
  service.service.persistence_seconds = 30;
  service.service.persistence_prefix = 64;
  EXPECT_EQ(service_line(service), "FWM  7 IPv6 wlc persistent 30 mask 64");
  service.service.key.firewall_mark = 4294967290;
  service.service.key.family = ipvs::Family::Ipv4;
  service.service.persistence_prefix = 32;
  EXPECT_EQ(service_line(service), "FWM  4294967290 wlc persistent 30");
}

TEST(StatusColumns, DestinationLinesAreIpvsadms) {
  auto server = real_server("172.16.0.2", 8080, ForwardingMethod::Masquerade);
  server.counters.inactive_connections = 6;
  EXPECT_EQ(destination_line(server),
            "  -> 172.16.0.2:8080              Masq    1      0          6         ");
  EXPECT_EQ(destination_line(real_server("fd00::2", 8000, ForwardingMethod::Tunnel)),
            "  -> [fd00::2]:8000               Tunnel  1      0          0         ");
  EXPECT_EQ(destination_line(real_server("172.16.0.2", 0, ForwardingMethod::Direct)),
            "  -> 172.16.0.2:0                 Route   1      0          0         ");

  server.destination.upper_threshold = 100;
  server.destination.lower_threshold = 50;
  EXPECT_EQ(destination_line(server, StatusView::Thresholds),
            "  -> 172.16.0.2:8080              100        50         0          6         ");

  auto persistent = real_server("172.16.0.2", 443, ForwardingMethod::Masquerade);
  persistent.counters.persistent_connections = 1;
  persistent.counters.inactive_connections = 4;
  EXPECT_EQ(destination_line(persistent, StatusView::PersistentConn),
            "  -> 172.16.0.2:443               1         1           0          4         ");
}

TEST(StatusColumns, StatisticsAreIpvsadms) {
  auto service = tcp_service("a", "10.0.0.100", 80);
  service.statistics = {13, 78, 52, 4186, 2886, 0, 4, 2, 213, 124};
  EXPECT_EQ(service_line(service, StatusView::Stats),
            "TCP  10.0.0.100:80                      13       78       52     4186     2886");
  EXPECT_EQ(service_line(service, StatusView::Rate),
            "TCP  10.0.0.100:80                       0        4        2      213      124");
  auto server = real_server("172.16.0.2", 8080, ForwardingMethod::Masquerade);
  server.counters.statistics = {6, 36, 24, 1932, 1332, 123456789, 4, 2, 123456789, 124};
  EXPECT_EQ(destination_line(server, StatusView::Stats),
            "  -> 172.16.0.2:8080                     6       36       24     1932     1332");
  EXPECT_EQ(destination_line(server, StatusView::Rate),
            "  -> 172.16.0.2:8080              123456789        4        2  123456K      124");
  EXPECT_EQ(destination_line(server, StatusView::Rate, true),
            "  -> 172.16.0.2:8080              123456789        4        2 123456789      124");
}

TEST(StatusColumns, TitlesAreIpvsadmsWithHealth) {
  EXPECT_EQ(titles(StatusView::Plain),
            "Prot LocalAddress:Port Scheduler Flags\n"
            "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn  Health\n");
  EXPECT_EQ(
      titles(StatusView::Stats),
      "Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes\n"
      "  -> RemoteAddress:Port                                                         Health\n");
  EXPECT_EQ(
      titles(StatusView::Thresholds),
      "Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn \n"
      "  -> RemoteAddress:Port                                                       Health\n");
}

TEST(StatusColumns, LargeNumbersFollowPrintLargenum) {
  EXPECT_EQ(large(0), "        0");
  EXPECT_EQ(large(99'999'999), " 99999999");
  EXPECT_EQ(large(100'000'000), "  100000K");
  EXPECT_EQ(large(999'999'999), "  999999K");
  EXPECT_EQ(large(1'000'000'000), "    1000M");
  EXPECT_EQ(large(99'999'999'999), "   99999M");
  EXPECT_EQ(large(100'000'000'000), "     100G");
  EXPECT_EQ(large(99'999'999'999'999), "   99999G");
  EXPECT_EQ(large(100'000'000'000'000), "     100T");
  EXPECT_EQ(large(18446744073709551615U), "18446744T");
  EXPECT_EQ(large(99'999'999, true), " 99999999");
  EXPECT_EQ(large(123'456'789, true), " 123456789");
  EXPECT_EQ(large(18446744073709551615U, true), " 18446744073709551615");
}

}  // namespace
}  // namespace evenkeel::daemon
