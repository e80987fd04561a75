// What clients pass, and what their sockets still hold, keeps nobody waiting.
#include <csignal>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/control/control_server.h"
#include "daemon/os/descriptor_limit.h"
#include "tests/daemon/control/control_harness.h"
#include "tests/daemon/process/lingering_socket.h"
#include "tests/daemon/process/passing.h"

namespace evenkeel::daemon {
namespace {

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

TEST(ControlServerDescriptors, ADescriptorThatIsPassedEndsItsClientAndHoldsNobodyUp) {
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

TEST(ControlServerDescriptors, NorDoesOneOfAClientThatIsRefused) {
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

TEST(ControlServerDescriptors, NorOneThatNobodyHasReadWhenTheServerStops) {
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

/// While it lives nothing interrupts a close that lasts (closer.h): the closers are stuck.
class StuckClosers {
 public:
  StuckClosers() { std::signal(SIGRTMIN + 1, SIG_IGN); }
  ~StuckClosers() {
    std::signal(SIGRTMIN + 1, [](int) {});
  }
  StuckClosers(const StuckClosers&) = delete;
  StuckClosers& operator=(const StuckClosers&) = delete;
};

/// Clients that have passed 5,000 descriptors, and the first five of them were told that they may
/// not: what they have passed waits to be closed.
std::vector<std::unique_ptr<Client>> flood(RunningServer& server, const std::string& path,
                                           std::vector<LingeringSocket>& lingering) {
  constexpr std::size_t kOfOne = 250;
  std::vector<int> numbers;
  for (const LingeringSocket& each : lingering) {
    EXPECT_TRUE(each.is_made());
    numbers.push_back(each.get());
  }
  std::vector<std::unique_ptr<Client>> clients;
  server.on_thread([&] {
    for (std::size_t at = 0; at < numbers.size(); at += kOfOne) {
      clients.push_back(std::make_unique<Client>(path));
      EXPECT_TRUE(pass(clients.back()->descriptor(), "x", std::span(numbers).subspan(at, kOfOne)));
    }
    for (LingeringSocket& each : lingering) each.let_go();
  });
  for (int i = 0; i < 5; ++i) clients.at(i)->line();
  return clients;
}

TEST(ControlServerDescriptors, FiveThousandAtEitherSocketLeaveControlSockOpen) {
  raise_descriptor_limit();
  for (const char* socket : {"status.sock", "control.sock"}) {
    RunningServer server;
    hostile_client(server, server.path(socket))->answer();  // the first closer is at work
    std::vector<LingeringSocket> lingering(5000);
    auto stuck = std::make_optional<StuckClosers>();
    const auto hostile = flood(server, server.path(socket), lingering);
    for (int i = 0; i < 20; ++i) {
      ASSERT_EQ(Client(server.path("control.sock")).ask(kStatus)["ok"], true) << socket << i;
    }
    stuck.reset();
    EXPECT_EQ(Client(server.path("status.sock")).ask(kStatus)["ok"], true) << "later";
  }
}

}  // namespace
}  // namespace evenkeel::daemon
