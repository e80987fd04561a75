#include "daemon/control/control_server.h"

#include <cstring>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "tests/daemon/control/control_harness.h"
#include "tests/daemon/control/sample_snapshot.h"
#include "tests/daemon/process/lingering_socket.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr const char* kStatus = R"({"command":"status"})";
constexpr const char* kReload = R"({"command":"reload"})";

ControlLimits quick_limits() {
  ControlLimits limits;
  limits.request_time = 150ms;
  limits.write_progress = 300ms;
  limits.idle = 300ms;
  return limits;
}

/// Waits for what another thread brings about.
template <typename Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

TEST(ControlServer, AnswersStatusLineByLine) {
  RunningServer server;
  Client client(server.path());
  EXPECT_EQ(client.ask(kStatus)["node_name"], "lb1");
  EXPECT_EQ(client.answer()["services"][0]["name"], "web");
  const json end = client.answer();
  EXPECT_EQ(end["exit_code"], 1);  // one server is down
  EXPECT_EQ(end["more"], false);
  EXPECT_FALSE(server.commands.had_statistics);
}

TEST(ControlServer, AsksForStatisticsWhereTheyAreShown) {
  RunningServer server;
  Client client(server.path("status.sock"));
  EXPECT_EQ(client.ask(R"({"command":"status","view":"rate"})")["ok"], true);
  client.answer();
  client.answer();
  EXPECT_TRUE(server.commands.had_statistics);
}

TEST(ControlServer, TheExitCodeIsThatOfWhatWasSelected) {
  RunningServer server;
  auto snapshot = std::make_shared<Snapshot>(healthy_snapshot());
  snapshot->services.push_back(tcp_service("fine", "192.0.2.11", 80));
  server.commands.state = snapshot;
  Client client(server.path());
  client.ask(R"({"command":"status","services":["fine"]})");
  client.answer();
  EXPECT_EQ(client.answer()["exit_code"], 0);
  EXPECT_EQ(client.ask(R"({"command":"status","services":["x"]})")["error"]["code"],
            "unknown_service");
}

TEST(ControlServer, RequestsInOneGoAreAnsweredInOrder) {
  RunningServer server;
  Client client(server.path());
  client.send(std::string(kReload) + "\n" + "x\r\n" + kStatus + "\n" + kReload + "\n");
  EXPECT_TRUE(client.answer().contains("operations"));
  EXPECT_EQ(client.answer()["error"]["code"], "malformed_request");
  EXPECT_EQ(client.answer()["node_name"], "lb1");
  client.answer();
  client.answer();
  EXPECT_TRUE(client.answer().contains("operations"));
}

TEST(ControlServer, AnErrorEndsNothingButTheRequest) {
  RunningServer server;
  Client client(server.path());
  EXPECT_EQ(client.ask(R"({"command":"frobnicate"})")["error"]["code"], "unknown_command");
  EXPECT_EQ(client.ask("")["error"]["code"], "malformed_request");
  EXPECT_EQ(client.ask(kStatus)["ok"], true);
  EXPECT_EQ(server.counters().malformed_requests, 2U);
}

TEST(ControlServer, ReloadTellsWhoAskedAndWhatCameOfIt) {
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

TEST(ControlServer, AReloadMayTakeItsTimeAndItsClientMayLeave) {
  RunningServer server(quick_limits());
  server.commands.keeps_reload_waiting = true;
  {
    Client client(server.path());
    client.send(std::string(kReload) + "\n");
    ASSERT_TRUE(eventually([&] {
      int reloads = 0;
      server.on_thread([&] { reloads = server.commands.reloads; });
      return reloads == 1;
    }));
    std::this_thread::sleep_for(500ms);  // longer than every limit
    server.on_thread([&] { server.commands.finish_reload(); });
    EXPECT_EQ(client.answer()["ok"], true);
    client.send(std::string(kReload) + "\n");
    ASSERT_TRUE(eventually([&] {
      int reloads = 0;
      server.on_thread([&] { reloads = server.commands.reloads; });
      return reloads == 2;
    }));
  }
  server.on_thread([&] { server.commands.finish_reload(); });
  server.commands.keeps_reload_waiting = false;
  EXPECT_EQ(Client(server.path()).ask(kReload)["ok"], true);
}

TEST(ControlServer, AReloadMayOutliveTheServer) {
  RunningServer server;
  server.commands.keeps_reload_waiting = true;
  Client client(server.path());
  client.send(std::string(kReload) + "\n");
  ASSERT_TRUE(eventually([&] {
    int reloads = 0;
    server.on_thread([&] { reloads = server.commands.reloads; });
    return reloads == 1;
  }));
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

TEST(ControlServer, VrrpShowsTheInstancesThatAreAskedFor) {
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

TEST(ControlServer, FailoverTakesTheSyncGroupAndSaysWhatCameOfIt) {
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

TEST(ControlServer, AFailoverMayTakeItsTimeAndItsClientMayLeave) {
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

TEST(ControlServer, ResumeNamesThoseThatPreemptAgain) {
  RunningServer server;
  server.commands.state = with_instances();
  Client client(server.path());
  EXPECT_EQ(client.ask(R"({"command":"resume","instances":["inside"]})"),
            json::parse(R"({"ok":true,"instances":[{"name":"web","outcome":"resumed"},
                {"name":"inside","outcome":"resumed"}],"exit_code":0,"more":false})"));
  EXPECT_EQ(server.commands.instances, (std::vector<std::string>{"web", "inside"}));
  EXPECT_EQ(client.ask(R"({"command":"resume"})")["instances"].size(), 3U);
  EXPECT_EQ(server.commands.instances, std::vector<std::string>{});
  EXPECT_EQ(server.commands.resumes, 2);
}

TEST(ControlServer, TheStatusSocketWritesNothing) {
  RunningServer server;
  Client client(server.path("status.sock"));
  EXPECT_EQ(client.ask(kReload)["error"]["code"], "read_only");
  EXPECT_EQ(client.ask(R"({"command":"failover"})")["error"]["code"], "read_only");
  EXPECT_EQ(client.ask(R"({"command":"resume"})")["error"]["code"], "read_only");
  EXPECT_EQ(server.commands.failovers + server.commands.resumes, 0);
  EXPECT_EQ(client.ask(kStatus)["ok"], true);
  EXPECT_EQ(server.commands.reloads, 0);
}

TEST(ControlServer, GarbageIsAnsweredAndCounted) {
  RunningServer server;
  {
    Client client(server.path());
    std::string garbage;
    for (int i = 0; i < 4096; ++i) garbage += static_cast<char>(i * 7);
    garbage += "\n";
    ASSERT_TRUE(client.send(garbage));
    EXPECT_EQ(client.answer()["error"]["code"], "malformed_request");
  }
  EXPECT_GE(server.counters().malformed_requests, 1U);
  EXPECT_EQ(Client(server.path()).ask(kStatus)["ok"], true);
}

TEST(ControlServer, ATwoMebibyteLineIsRefused) {
  RunningServer server;
  {
    Client client(server.path());
    client.send(std::string(2 * kMaxRequest, 'x') + "\n");  // fails when the server has gone
    EXPECT_EQ(client.answer()["error"]["code"], "request_too_large");
    EXPECT_EQ(client.rest(), "");
  }
  EXPECT_EQ(server.counters().malformed_requests, 1U);
  EXPECT_EQ(Client(server.path()).ask(kStatus)["ok"], true);
}

TEST(ControlServer, ALineOfJustOneMebibyteIsRead) {
  RunningServer server;
  Client client(server.path());
  EXPECT_EQ(client.ask(kStatus + std::string(kMaxRequest - std::strlen(kStatus), ' '))["ok"], true);
}

TEST(ControlServer, TwoHundredClients) {
  RunningServer server;
  std::vector<std::unique_ptr<Client>> clients;
  std::size_t served = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(std::make_unique<Client>(server.path()));
    const json answer = clients.back()->ask(kStatus);
    if (answer.is_object() && answer["ok"] == true) ++served;
    if (answer.is_object() && answer["ok"] == false) {
      EXPECT_EQ(answer["error"]["code"], "too_many_clients");
      ++refused;
    }
  }
  EXPECT_EQ(served, 64U);
  EXPECT_EQ(refused, 136U);
  EXPECT_EQ(server.counters().rejected_clients, 136U);
  // The other socket has places of its own, and these come back when their clients leave.
  EXPECT_EQ(Client(server.path("status.sock")).ask(kStatus)["ok"], true);
  clients.clear();
  EXPECT_TRUE(eventually([&] {
    const json answer = Client(server.path()).ask(kStatus);
    return answer.is_object() && answer["ok"] == true;
  }));
}

/// A client that has passed descriptors whose close lasts an hour, before the server looks at it;
/// the second one stays in its queue.
std::unique_ptr<Client> hostile_client(RunningServer& server, const std::string& path) {
  std::unique_ptr<Client> client;
  LingeringSocket lingering;
  EXPECT_TRUE(lingering.is_made());
  server.on_thread([&] {
    client = std::make_unique<Client>(path);
    EXPECT_TRUE(pass(client->descriptor(), std::string(kStatus) + "\n", lingering.get()));
    EXPECT_TRUE(pass(client->descriptor(), "x", lingering.get()));
    lingering.let_go();
  });
  return client;
}

TEST(ControlServer, ADescriptorThatIsPassedEndsItsClientAndHoldsNobodyUp) {
  RunningServer server;
  for (const char* socket : {"control.sock", "status.sock"}) {
    Client other(server.path(socket));
    EXPECT_EQ(other.ask(kStatus)["ok"], true);
    const auto hostile = hostile_client(server, server.path(socket));
    EXPECT_EQ(hostile->answer()["error"]["code"], "descriptor_passed");
    EXPECT_EQ(hostile->line(), "");
    // Without the closing elsewhere, in an hour.
    other.answer();
    other.answer();
    EXPECT_EQ(other.ask(kStatus)["ok"], true);
    EXPECT_EQ(Client(server.path(socket)).ask(kStatus)["ok"], true);
  }
  EXPECT_EQ(server.counters().malformed_requests, 2U);
}

TEST(ControlServer, NorDoesOneOfAClientThatIsRefused) {
  ControlLimits limits;
  limits.clients.all = 1;
  RunningServer server(limits);
  Client served(server.path());
  EXPECT_EQ(served.ask(kStatus)["ok"], true);
  const auto refused = hostile_client(server, server.path());
  EXPECT_EQ(refused->answer()["error"]["code"], "too_many_clients");
  served.answer();
  served.answer();
  EXPECT_EQ(served.ask(kStatus)["ok"], true);
}

TEST(ControlServer, NorOneThatNobodyHasReadWhenTheServerStops) {
  RunningServer server;
  std::unique_ptr<Client> unread;
  LingeringSocket lingering;
  server.on_thread([&] {
    unread = std::make_unique<Client>(server.path());
    EXPECT_TRUE(pass(unread->descriptor(), "x", lingering.get()));
    lingering.let_go();
  });
  server.stop();
}

TEST(ControlServer, AReaderThatStopsIsDropped) {
  RunningServer server(quick_limits());
  server.commands.state = large_snapshot(1000, 10);
  Client stopped(server.path());
  stopped.send(std::string(kStatus) + "\n");
  // It reads nothing; meanwhile others are served.
  EXPECT_EQ(Client(server.path()).ask(kStatus)["ok"], true);
  EXPECT_TRUE(eventually([&] { return server.commands.state.use_count() == 1; }));
  EXPECT_EQ(stopped.rest().find(R"("exit_code")"), std::string::npos);
}

TEST(ControlServer, AReaderThatIsSlowGetsEverything) {
  const ControlLimits limits = quick_limits();
  RunningServer server(limits);
  server.commands.state = large_snapshot(1000, 10);
  Client slow(server.path());
  slow.send(std::string(R"({"command":"status","format":"text"})") + "\n");
  slow.shut_down_sending();
  const auto start = std::chrono::steady_clock::now();
  std::string text;
  for (std::string part = slow.some(32 * 1024); !part.empty(); part = slow.some(32 * 1024)) {
    text += part;
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_GT(std::chrono::steady_clock::now() - start, limits.write_progress);
  EXPECT_TRUE(text.ends_with("{\"ok\":true,\"exit_code\":0,\"more\":false}\n"));
}

TEST(ControlServer, AWriterThatDripsIsServedOrDropped) {
  RunningServer patient;
  Client quick_enough(patient.path());
  const std::string request = std::string(kStatus) + "\n";
  for (const char c : request) {
    ASSERT_TRUE(quick_enough.send(std::string(1, c)));
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(quick_enough.answer()["ok"], true);

  RunningServer server(quick_limits());
  Client dripping(server.path());
  for (int i = 0; i < 40 && dripping.send("x"); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(dripping.answer()["error"]["code"], "request_timeout");
  EXPECT_EQ(dripping.rest(), "");
}

TEST(ControlServer, AnIdleClientIsLetGo) {
  RunningServer server(quick_limits());
  Client client(server.path());
  EXPECT_EQ(client.rest(), "");
}

TEST(ControlServer, AHalfClosedClientIsAnswered) {
  RunningServer server;
  Client client(server.path());
  client.send(kStatus);  // no newline: the end of file ends the request, too
  client.shut_down_sending();
  EXPECT_EQ(client.answer()["ok"], true);
  EXPECT_TRUE(client.rest().ends_with("\"more\":false}\n"));

  Client silent(server.path());
  silent.shut_down_sending();
  EXPECT_EQ(silent.rest(), "");
}

TEST(ControlServer, AClientThatVanishesHarmsNobody) {
  RunningServer server;
  server.commands.state = large_snapshot(1000, 10);
  for (int i = 0; i < 20; ++i) {
    Client client(server.path());
    client.send(std::string(kStatus) + "\n" + kStatus + "\n");
    if (i % 2 == 0) client.line();
  }
  EXPECT_EQ(Client(server.path()).ask(kStatus)["ok"], true);
  EXPECT_TRUE(eventually([&] { return server.commands.state.use_count() == 1; }));
}

TEST(ControlServer, StoppingDropsClientsAndRemovesTheSockets) {
  RunningServer server;
  server.commands.state = large_snapshot(1000, 10);
  Client busy(server.path());
  Client idle(server.path());
  busy.send(std::string(kStatus) + "\n");
  busy.line();
  EXPECT_EQ(idle.ask(kStatus)["ok"], true);
  server.stop();
  busy.rest();
  idle.rest();
  EXPECT_NE(::access(server.path().c_str(), F_OK), 0);
  EXPECT_NE(::access(server.path("status.sock").c_str(), F_OK), 0);
  EXPECT_EQ(server.commands.state.use_count(), 1);
}

/// A group, other than this process's own, that the machine has.
const group& other_group() {
  const group* found = ::getgrnam("daemon");
  return found != nullptr && found->gr_gid != ::getegid() ? *found : *::getgrgid(0);
}

TEST(ControlServer, TheStatusSocketHasAGroupOfItsOwn) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  RunningServer server({}, other_group().gr_name);
  struct stat control {};
  struct stat status {};
  ASSERT_EQ(::stat(server.path("control.sock").c_str(), &control), 0);
  ASSERT_EQ(::stat(server.path("status.sock").c_str(), &status), 0);
  EXPECT_EQ(control.st_gid, ::getegid());
  EXPECT_EQ(status.st_gid, other_group().gr_gid);
  EXPECT_EQ(status.st_mode & 07777U, 0660U);
}

TEST(ControlServer, TheSocketsAreForTheGroup) {
  RunningServer server;
  for (const char* name : {"control.sock", "status.sock"}) {
    struct stat status {};
    ASSERT_EQ(::stat(server.path(name).c_str(), &status), 0);
    EXPECT_TRUE(S_ISSOCK(status.st_mode));
    EXPECT_EQ(status.st_mode & 07777U, 0660U);
    EXPECT_EQ(status.st_gid, ::getegid());
  }
}

}  // namespace
}  // namespace evenkeel::daemon
