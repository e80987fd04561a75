// Reload, failover and resume, and who may ask for them.
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "daemon/control/control_server.h"
#include "tests/daemon/control/control_harness.h"
#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

bool has_begun_reloads(RunningServer& server, int count) {
  return eventually([&] {
    int reloads = 0;
    server.on_thread([&] { reloads = server.commands.reloads; });
    return reloads == count;
  });
}

TEST(ControlServerCommands, ReloadTellsWhoAskedAndWhatCameOfIt) {
  RunningServer server;
  server.commands.result.message = "1 change";
  server.commands.result.operations = 1;
  Client client(server.path());
  const json answer = client.ask(R"({"command":"reload","force":true})");
  EXPECT_EQ(answer["message"], "1 change");
  EXPECT_TRUE(server.commands.was_forced);
  EXPECT_EQ(server.commands.asked_by, ::getuid());

  server.commands.result.outcome = ReloadOutcome::BadConfiguration;
  EXPECT_EQ(client.ask(kReload)["error"]["code"], "bad_configuration");
}

TEST(ControlServerCommands, AReloadMayTakeItsTimeAndItsClientMayLeave) {
  RunningServer server(quick_limits());
  server.commands.keeps_reload_waiting = true;
  {
    Client client(server.path());
    client.send(std::string(kReload) + "\n");
    ASSERT_TRUE(has_begun_reloads(server, 1));
    std::this_thread::sleep_for(500ms);  // longer than every limit
    server.on_thread([&] { server.commands.finish_reload(); });
    EXPECT_EQ(client.answer()["ok"], true);
    client.send(std::string(kReload) + "\n");
    ASSERT_TRUE(has_begun_reloads(server, 2));
  }
  server.on_thread([&] { server.commands.finish_reload(); });
  server.commands.keeps_reload_waiting = false;
  EXPECT_EQ(Client(server.path()).ask(kReload)["ok"], true);
}

TEST(ControlServerCommands, AReloadMayOutliveTheServer) {
  RunningServer server;
  server.commands.keeps_reload_waiting = true;
  Client client(server.path());
  client.send(std::string(kReload) + "\n");
  ASSERT_TRUE(has_begun_reloads(server, 1));
  server.stop();
  server.on_thread([&] { server.commands.finish_reload(); });
  EXPECT_EQ(client.rest(), "");
}

/// web and inside in one group, dns alone.
std::shared_ptr<const Snapshot> with_instances() {
  auto snapshot = std::make_shared<Snapshot>(healthy_snapshot());
  snapshot->instances = {master_instance(), backup_instance(), master_instance()};
  snapshot->instances[0].sync_group = snapshot->instances[2].sync_group = "both";
  snapshot->instances[1].config.name = "dns";
  snapshot->instances[2].config.name = "inside";
  return snapshot;
}

TEST(ControlServerCommands, VrrpShowsTheInstancesThatAreAskedFor) {
  RunningServer server;
  server.commands.state = with_instances();
  Client client(server.path("status.sock"));
  EXPECT_EQ(client.ask(R"({"command":"vrrp"})")["instances"].size(), 3U);
  EXPECT_EQ(client.answer()["exit_code"], 0);
  EXPECT_EQ(client.ask(R"({"command":"vrrp","instances":["dns"]})")["instances"][0]["name"], "dns");
  EXPECT_EQ(client.answer()["exit_code"], 0);
  EXPECT_EQ(client.ask(R"({"command":"vrrp","instances":["dsn"]})")["error"]["code"],
            "unknown_instance");
}

TEST(ControlServerCommands, FailoverTakesTheSyncGroupAndSaysWhatCameOfIt) {
  RunningServer server;
  server.commands.state = with_instances();
  server.commands.instance_result.outcomes = {{"inside", vrrp::FailoverOutcome::HandedOver},
                                              {"web", vrrp::FailoverOutcome::NobodyAnswered}};
  Client client(server.path());
  EXPECT_EQ(client.ask(R"({"command":"failover","instances":["web"]})"),
            json::parse(R"({"ok":true,"instances":[{"name":"inside","outcome":"handed_over"},
                {"name":"web","outcome":"nobody_answered"}],"exit_code":1,"more":false})"));
  EXPECT_EQ(server.commands.instances, (std::vector<std::string>{"web", "inside"}));
  EXPECT_EQ(server.commands.asked_by, ::getuid());

  server.commands.instance_result.outcomes = {{"web", vrrp::FailoverOutcome::HandedOver},
                                              {"dns", vrrp::FailoverOutcome::NotMaster}};
  EXPECT_EQ(client.ask(R"({"command":"failover"})"),
            json::parse(R"({"ok":true,"instances":[{"name":"web","outcome":"handed_over"}],
                "exit_code":0,"more":false})"));
  EXPECT_EQ(server.commands.instances, std::vector<std::string>{});

  EXPECT_EQ(client.ask(R"({"command":"failover","instances":["wbe"]})")["error"]["code"],
            "unknown_instance");
  EXPECT_EQ(server.commands.failovers, 2);
  server.commands.instance_result.refusal = "the vrrp process is away";
  EXPECT_EQ(client.ask(R"({"command":"failover"})")["error"],
            json::parse(R"({"code":"unavailable","message":"the vrrp process is away"})"));
}

TEST(ControlServerCommands, AFailoverMayTakeItsTimeAndItsClientMayLeave) {
  RunningServer server(quick_limits());
  server.commands.state = with_instances();
  server.commands.keeps_instances_waiting = true;
  const auto is_waiting = [&](int failovers) {
    return eventually([&] {
      int count = 0;
      server.on_thread([&] { count = server.commands.failovers; });
      return count == failovers;
    });
  };
  {
    Client client(server.path());
    client.send("{\"command\":\"failover\"}\n");
    ASSERT_TRUE(is_waiting(1));
    std::this_thread::sleep_for(500ms);  // longer than every limit
    server.on_thread([&] { server.commands.finish_instances(); });
    EXPECT_EQ(client.answer()["exit_code"], 1);  // nothing was Master
    client.send("{\"command\":\"failover\"}\n");
    ASSERT_TRUE(is_waiting(2));
  }
  server.on_thread([&] { server.commands.finish_instances(); });
  EXPECT_EQ(Client(server.path()).ask(kStatus)["ok"], true);
}

TEST(ControlServerCommands, ResumeNamesThoseThatPreemptAgain) {
  RunningServer server;
  auto state = std::make_shared<Snapshot>(*with_instances());
  for (InstanceSnapshot& each : state->instances) each.status.is_held = each.config.name != "web";
  server.commands.state = state;
  Client client(server.path());
  EXPECT_EQ(client.ask(R"({"command":"resume","instances":["inside"]})"),
            json::parse(R"({"ok":true,"instances":[{"name":"web","outcome":"not_held"},
                {"name":"inside","outcome":"resumed"}],"exit_code":0,"more":false})"));
  EXPECT_EQ(server.commands.instances, (std::vector<std::string>{"web", "inside"}));
  EXPECT_EQ(client.ask(R"({"command":"resume"})")["instances"].size(), 3U);
  EXPECT_EQ(server.commands.instances, std::vector<std::string>{});
  EXPECT_EQ(server.commands.resumes, 2);
}

TEST(ControlServerCommands, TheStatusSocketWritesNothing) {
  RunningServer server;
  Client client(server.path("status.sock"));
  EXPECT_EQ(client.ask(kReload)["error"]["code"], "read_only");
  EXPECT_EQ(client.ask(R"({"command":"failover"})")["error"]["code"], "read_only");
  EXPECT_EQ(client.ask(R"({"command":"resume"})")["error"]["code"], "read_only");
  EXPECT_EQ(server.commands.failovers + server.commands.resumes, 0);
  EXPECT_EQ(client.ask(kStatus)["ok"], true);
  EXPECT_EQ(server.commands.reloads, 0);
}

}  // namespace
}  // namespace evenkeel::daemon
