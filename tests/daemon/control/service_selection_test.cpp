#include "daemon/control/service_selection.h"

#include <gtest/gtest.h>

#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

std::shared_ptr<const Snapshot> snapshot() {
  auto result = std::make_shared<Snapshot>(healthy_snapshot());
  result->services = {tcp_service("web", "192.0.2.10", 80), tcp_service("dns", "192.0.2.10", 53),
                      tcp_service("dns-udp", "192.0.2.10", 53), tcp_service("six", "fd00::1", 80)};
  result->services[2].service.key.protocol = ipvs::Protocol::Udp;
  ServiceSnapshot mark;
  mark.name = "mark";
  mark.service.key.firewall_mark = 7;
  result->services.push_back(mark);
  return result;
}

std::string selected(const std::vector<std::string>& selectors) {
  const auto part = select_services(snapshot(), selectors);
  if (!part) return "error: " + part.error().message;
  std::string names;
  for (const auto& service : (*part)->services) names += service.name + " ";
  return names;
}

TEST(ServiceSelection, NothingAskedIsEverythingUncopied) {
  const auto whole = snapshot();
  EXPECT_EQ(select_services(whole, {}).value(), whole);
}

TEST(ServiceSelection, ByNameOrAddressInTheOrderOfTheFile) {
  EXPECT_EQ(selected({"web"}), "web ");
  EXPECT_EQ(selected({"dns-udp", "web", "web"}), "web dns-udp ");
  EXPECT_EQ(selected({"192.0.2.10:53"}), "dns dns-udp ");
  EXPECT_EQ(selected({"udp 192.0.2.10:53"}), "dns-udp ");
  EXPECT_EQ(selected({"TCP 192.0.2.10:53"}), "dns ");
  EXPECT_EQ(selected({"[fd00::1]:80"}), "six ");
  EXPECT_EQ(selected({"FWM 7"}), "mark ");
}

std::string selected_servers(const std::vector<std::string>& selectors) {
  auto whole = std::make_shared<Snapshot>(healthy_snapshot());
  whole->services[0].real_servers[0].name = "web1";
  ServiceSnapshot mail = tcp_service("mail", "192.0.2.10", 25);
  mail.real_servers = {real_server("192.0.2.21", 25, ipvs::ForwardingMethod::Direct),
                       real_server("fd00::21", 25, ipvs::ForwardingMethod::Direct)};
  mail.real_servers[0].name = "web1";
  mail.real_servers[1].name = "sorry server";
  mail.real_servers[1].is_sorry_server = true;
  whole->services.push_back(mail);
  const auto part = select_services(whole, selectors);
  if (!part) return "error: " + part.error().message;
  std::string names;
  for (const auto& service : (*part)->services) {
    names += service.name + ":";
    for (const auto& server : service.real_servers) names += " " + server.name;
    names += "; ";
  }
  return names;
}

TEST(ServiceSelection, ARealServerByNameOrAddress) {
  EXPECT_EQ(selected_servers({"web1"}), "web: web1; mail: web1; ");
  EXPECT_EQ(selected_servers({"mail/web1"}), "mail: web1; ");
  EXPECT_EQ(selected_servers({"192.0.2.21"}), "web: web1; mail: web1; ");
  EXPECT_EQ(selected_servers({"192.0.2.10", "FD00::99"}).substr(0, 5), "error");
  EXPECT_EQ(selected_servers({"192.0.2.21:25"}), "mail: web1; ");
  EXPECT_EQ(selected_servers({"192.0.2.23", "mail/web1"}), "web: 192.0.2.23:80; mail: web1; ");
  EXPECT_EQ(selected_servers({"mail", "mail/web1"}), "mail: web1 sorry server; ");
  EXPECT_EQ(selected_servers({"192.0.2.10"}), "web: web1 192.0.2.23:80; mail: web1 sorry server; ")
      << "a virtual address is its services'";
  EXPECT_EQ(selected_servers({"fd00::21"}),
            "error: no virtual service and no real server is called \"fd00::21\"");
  EXPECT_EQ(selected_servers({"web/web2"}),
            "error: no virtual service and no real server is called \"web/web2\"");
}

TEST(ServiceSelection, AnAddressMayBeWrittenInAnyWay) {
  auto whole = std::make_shared<Snapshot>(healthy_snapshot());
  whole->services[0].real_servers[0] = real_server("fd00::21", 80, ipvs::ForwardingMethod::Direct);
  for (const char* const text : {"fd00::21", "FD00::21", "fd00:0::21", "[fd00::21]:80"}) {
    const auto part = select_services(whole, {text});
    ASSERT_TRUE(part) << text;
    EXPECT_EQ((*part)->services.at(0).real_servers.size(), 1U) << text;
  }
}

/// A server that was named counts, the others of its service do not; the quorum does.
TEST(ServiceSelection, TheExitCodeIsOfWhatWasNamed) {
  const auto whole = std::make_shared<Snapshot>(healthy_snapshot());
  EXPECT_EQ(exit_code(*select_services(whole, {"web"}).value()), 1);
  EXPECT_EQ(exit_code(*select_services(whole, {"web/192.0.2.21:80"}).value()), 0);
  EXPECT_EQ(exit_code(*select_services(whole, {"192.0.2.23"}).value()), 1);
  whole->services[0].has_quorum = false;
  EXPECT_EQ(exit_code(*select_services(whole, {"192.0.2.21"}).value()), 2);
}

TEST(ServiceSelection, InstancesAreNotOfWhatWasNamed) {
  auto whole = std::make_shared<Snapshot>(*snapshot());
  whole->instances = {failed_instance()};
  EXPECT_EQ(select_services(whole, {}).value()->instances.size(), 1U);
  EXPECT_EQ(select_services(whole, {"web"}).value()->instances.size(), 0U);
}

TEST(ServiceSelection, NothingElseCountsForTheExitCode) {
  auto whole = std::make_shared<Snapshot>(healthy_snapshot());
  whole->services = {tcp_service("web", "192.0.2.10", 80)};
  ASSERT_EQ(exit_code(*select_services(whole, {"web"}).value()), 0);
  whole->warnings = {"a sysctl"};
  whole->processes.push_back({.role = "checks", .state = "restarting"});
  EXPECT_EQ(exit_code(*whole), 1);
  EXPECT_EQ(exit_code(*select_services(whole, {"web"}).value()), 0);
  whole->services.push_back(tcp_service("mail", "192.0.2.10", 25));
  whole->services[1].failure = "refused";
  whole->kernel = KernelState::Refusing;
  EXPECT_EQ(exit_code(*select_services(whole, {"web"}).value()), 0);
  EXPECT_EQ(exit_code(*select_services(whole, {"mail"}).value()), 1);
  whole->kernel = KernelState::Missing;
  EXPECT_EQ(exit_code(*select_services(whole, {"web"}).value()), 2);
}

TEST(ServiceSelection, OneThatIsNotThereIsAnError) {
  EXPECT_EQ(selected({"web", "wbe"}),
            "error: no virtual service and no real server is called \"wbe\"");
  EXPECT_EQ(select_services(snapshot(), {"wbe"}).error().code, ErrorCode::UnknownService);
  EXPECT_EQ(selected({"7"}), "error: no virtual service and no real server is called \"7\"");
}

}  // namespace
}  // namespace evenkeel::daemon
