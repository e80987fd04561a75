#include "daemon/control/status_json.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

std::vector<json> lines_of(std::shared_ptr<const Snapshot> snapshot, StatusView view = {}) {
  StatusRequest request;
  request.view = view;
  const auto answer = status_json_answer(std::move(snapshot), request, 1);
  std::string text;
  std::string part;
  while (answer->append_next(part)) {
    EXPECT_LT(part.size(), Answer::kChunk + 4096);
    text += part;
    part.clear();
  }
  std::vector<json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    const json parsed = json::parse(line, nullptr, false);
    EXPECT_TRUE(parsed.is_object()) << line;
    if (parsed.contains("services")) {
      EXPECT_TRUE(line.starts_with(kServicesPrefix) && line.ends_with(R"(],"more":true})"));
    }
    lines.push_back(parsed);
  }
  return lines;
}

std::vector<json> lines_of(Snapshot snapshot, StatusView view = {}) {
  return lines_of(std::make_shared<const Snapshot>(std::move(snapshot)), view);
}

TEST(StatusJson, TheHeadHasEveryField) {
  Snapshot snapshot = healthy_snapshot();
  snapshot.kernel = KernelState::Drift;
  snapshot.kernel_detail = "1 difference";
  snapshot.connection_table_size = 4096;
  snapshot.foreign_services = 2;
  snapshot.warnings = {"one", "two \"quoted\""};
  snapshot.timeouts = {900, 120, 300};
  snapshot.sysctls = {{"conn_reuse_mode", "1"}, {"sloppy_tcp", "1"}};
  snapshot.processes = {{"checks", "running", 42, 1, snapshot.now - 10s},
                        {"vrrp", "restarting", 0, 2, {}}};
  snapshot.counters = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(lines_of(snapshot).at(0), json::parse(R"({"ok":true,"version":"0.1.0","node_name":"lb1",
    "configuration":"7c1e4f","generation":4,"loaded":1699740800,"now":1700000000,"ready":true,
    "health_frozen":false,"warnings":["one","two \"quoted\""],
    "kernel":{"state":"drift","detail":"1 difference","connection_table_size":4096,"foreign_services":2,
      "timeouts":{"tcp":900,"tcp_fin":120,"udp":300},"sysctls":{"conn_reuse_mode":"1","sloppy_tcp":"1"}},
    "processes":[{"role":"checks","state":"running","pid":42,"restarts":1,"since":1699999990,"problem":""},
      {"role":"vrrp","state":"restarting","pid":0,"restarts":2,"since":0,"problem":""}],"failed_hooks":[],
    "counters":{"drift_repairs":1,"operations":2,"refused_operations":3,"check_outcomes":4,"stale_reports":5,
      "malformed_messages":6,"malformed_requests":7,"rejected_clients":8},"instances":[],"more":true})"));
}

TEST(StatusJson, AServiceHasEveryField) {
  Snapshot snapshot = healthy_snapshot();
  auto& service = snapshot.services[0];
  service.service.scheduler = "mh";
  service.service.flags |= ipvs::ServiceFlags::kScheduler1 | ipvs::ServiceFlags::kScheduler2;
  service.failure = "because";
  service.real_servers.resize(1);
  auto& server = service.real_servers[0];
  server.destination.upper_threshold = 100;
  server.destination.lower_threshold = 50;
  server.counters.persistent_connections = 3;
  server.last = checks::CheckOutcome{0, checks::Reason::HttpStatus, "503", 4200us};
  const auto lines = lines_of(snapshot);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1], json::parse(R"({"ok":true,"services":[{"name":"web","protocol":"tcp",
    "address":"192.0.2.10","port":80,"family":"ipv4","scheduler":"mh",
    "scheduler_flags":["mh-fallback","mh-port"],"persistence":300,"persistence_prefix":32,"one_packet":false,
    "quorum":1,"has_quorum":true,"starting":false,"up":1,"total":2,"failure":"because","in_kernel":true,"real_servers":[
      {"name":"192.0.2.21:80","address":"192.0.2.21","port":80,"forwarding":"direct","sorry_server":false,
       "weight":3,"configured_weight":3,"upper_threshold":100,"lower_threshold":50,"usage":"used",
       "health":"up","checked":true,"adopted":false,"stale":false,"since":1698963200,
       "explanation":"200 in 4ms","last":{"reason":"http_status","detail":"503","latency_us":4200},
       "active_connections":812,"inactive_connections":1204,"persistent_connections":3}]}],"more":true})"));
  EXPECT_EQ(lines[2], json::parse(R"({"ok":true,"exit_code":1,"more":false})"));
}

TEST(StatusJson, StatisticsComeWhenAskedFor) {
  Snapshot snapshot = healthy_snapshot();
  snapshot.services[0].statistics = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const json wanted = json::parse(R"({"connections":1,"in_packets":2,"out_packets":3,"in_bytes":4,
    "out_bytes":5,"connection_rate":6,"in_packet_rate":7,"out_packet_rate":8,"in_byte_rate":9,
    "out_byte_rate":10})");
  for (const auto view : {StatusView::Stats, StatusView::Rate}) {
    const json service = lines_of(snapshot, view).at(1)["services"][0];
    EXPECT_EQ(service["statistics"], wanted);
    EXPECT_TRUE(service["real_servers"][0].contains("statistics"));
  }
  EXPECT_FALSE(lines_of(snapshot).at(1)["services"][0].contains("statistics"));
}

TEST(StatusJson, FirewallMarksAndTunnels) {
  Snapshot snapshot = healthy_snapshot();
  auto& service = snapshot.services[0];
  service.service.key = {};
  service.service.key.firewall_mark = 7;
  service.service.key.family = ipvs::Family::Ipv6;
  auto& destination = service.real_servers[0].destination;
  destination.forwarding = ipvs::ForwardingMethod::Tunnel;
  destination.tunnel = {ipvs::TunnelType::Gue, 6080, 1};
  const json shown = lines_of(snapshot).at(1)["services"][0];
  EXPECT_EQ(shown["firewall_mark"], 7);
  EXPECT_EQ(shown["family"], "ipv6");
  EXPECT_FALSE(shown.contains("address"));
  EXPECT_EQ(shown["real_servers"][0]["tunnel"],
            json::parse(R"({"type":"gue","port":6080,"flags":1})"));
  EXPECT_EQ(shown["real_servers"][1]["last"], nullptr);
}

TEST(StatusJson, InstancesStandInTheHead) {
  Snapshot snapshot = healthy_snapshot();
  snapshot.instances = {master_instance(), failed_instance()};
  snapshot.instances[1].config.name = "inside";
  const auto lines = lines_of(snapshot);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0]["instances"].size(), 2U);
  EXPECT_EQ(lines[0]["instances"][0]["state"], "master");
  EXPECT_EQ(lines[0]["instances"][1]["name"], "inside");
  EXPECT_EQ(lines[0]["more"], true);
}

TEST(StatusJson, AThousandInstancesComeInChunks) {
  Snapshot snapshot = healthy_snapshot();
  snapshot.instances.assign(1000, backup_instance());
  EXPECT_EQ(lines_of(snapshot).at(0)["instances"].size(), 1000U);
}

TEST(StatusJson, NoServicesIsHeadAndEnd) {
  Snapshot snapshot = healthy_snapshot();
  snapshot.services.clear();
  const auto lines = lines_of(snapshot);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["more"], true);
  EXPECT_EQ(lines[1]["more"], false);
}

TEST(StatusJson, ManyServicesAreManyLinesInOrder) {
  const auto snapshot = large_snapshot(500, 4);
  const auto lines = lines_of(snapshot);
  EXPECT_GT(lines.size(), 6U);
  std::size_t at = 0;
  for (const json& line : lines) {
    if (!line.contains("services")) continue;
    for (const json& service : line["services"]) {
      EXPECT_EQ(service["name"], snapshot->services.at(at).name);
      EXPECT_EQ(service["real_servers"].size(), 4U);
      ++at;
    }
  }
  EXPECT_EQ(at, 500U);
}

std::string document_of(std::shared_ptr<const Snapshot> snapshot) {
  const auto answer = status_json_answer(std::move(snapshot), {}, 1, true);
  std::string lines;
  while (answer->append_next(lines)) {
  }
  std::string document;
  std::size_t at = 0;
  for (;;) {  // each part stands behind a line that says how long it is
    const std::size_t newline = lines.find('\n', at);
    const json line = json::parse(lines.substr(at, newline - at));
    if (line["more"] == false) return document;
    document += lines.substr(newline + 1, line["bytes"]);
    at = newline + 1 + line["bytes"].get<std::size_t>();
  }
}

TEST(StatusJson, ADocumentHasWhatTheLinesHave) {
  for (const auto& snapshot : {large_snapshot(500, 4), large_snapshot(1, 5000)}) {
    const auto lines = lines_of(snapshot);
    json wanted = lines.at(0);
    wanted.erase("ok");
    wanted.erase("more");
    wanted["services"] = json::array();
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
      for (const json& service : lines[i]["services"]) wanted["services"].push_back(service);
    }
    wanted["exit_code"] = 1;
    const std::string document = document_of(snapshot);
    EXPECT_TRUE(json::parse(document) == wanted);
    // A line of the document for each line of the answer.
    EXPECT_EQ(std::count(document.begin(), document.end(), '\n'),
              static_cast<std::ptrdiff_t>(lines.size() - 1));
  }
  Snapshot empty = healthy_snapshot();
  empty.services.clear();
  EXPECT_TRUE(document_of(std::make_shared<const Snapshot>(empty))
                  .ends_with("\"instances\":[],\"services\":[],\"exit_code\":1}\n"));
}

TEST(StatusJson, OneHugeServiceStillComesInChunks) {
  // lines_of checks the size of every chunk.
  EXPECT_EQ(lines_of(large_snapshot(1, 5000)).at(1)["services"][0]["real_servers"].size(), 5000U);
}

}  // namespace
}  // namespace evenkeel::daemon
