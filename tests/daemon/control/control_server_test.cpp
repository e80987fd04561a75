#include "daemon/control/control_server.h"

#include <cstring>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "tests/daemon/control/control_harness.h"
#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

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
