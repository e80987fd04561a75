// The real role in its real sandbox, against servers on loopback.
#include "daemon/process/checks_process.h"

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "daemon/config/checks_codec.h"
#include "daemon/process/channel.h"
#include "daemon/process/sandbox.h"
#include "daemon/process/sealed_file.h"
#include "daemon/process/spawn.h"
#include "daemon/process/supervisor.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using checks::Check;
using checks::Reason;
using testing::HasSubstr;

/// Answers every connection with one HTTP response. A port of its own.
class HttpServer {
 public:
  HttpServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_.get(), 100), 0);
    EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~HttpServer() {
    stop_ = true;
    thread_.join();
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port = 0;

 private:
  void serve() {
    while (!stop_) {
      pollfd wanted{.fd = socket_.get(), .events = POLLIN, .revents = 0};
      if (::poll(&wanted, 1, 20) != 1) continue;
      const UniqueFd client(::accept(socket_.get(), nullptr, nullptr));
      constexpr std::string_view kAnswer = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
      std::array<char, 1000> request{};
      (void)::recv(client.get(), request.data(), request.size(), 0);
      (void)::send(client.get(), kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
    }
  }

  UniqueFd socket_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

class ChecksProcessTest : public testing::Test {
 protected:
  ChecksProcessTest() {
    auto ends = channel_ends();
    child =
        spawn(CHECKS_PROGRAM, {"evenkeel: checks"}, ends->second.get(), kChannelDescriptor).value();
    channel.emplace(loop, std::move(ends->first));
    ends->second.reset();
    channel->start(
        {.on_message = [this](const Message& message, const auto&) { messages.push_back(message); },
         .on_gone = [this] { gone = true; },
         .on_writable = {}});
  }

  ~ChecksProcessTest() override {
    channel->finish();
    EXPECT_TRUE(run_until([&] { return gone; }));
    EXPECT_EQ(reap(child), "exit status 0");
  }

  template <typename Condition>
  bool run_until(Condition condition) {
    const auto limit = std::chrono::steady_clock::now() + 20s;
    while (!condition() && std::chrono::steady_clock::now() < limit) {
      loop.restart();
      loop.run_for(5ms);
    }
    return condition();
  }

  template <typename Kind>
  std::vector<Kind> received() const {
    std::vector<Kind> result;
    for (const auto& message : messages) {
      if (const auto* one = std::get_if<Kind>(&message)) result.push_back(*one);
    }
    return result;
  }

  /// Their ids are their places.
  void configure(Generation generation, const std::vector<Check>& checks) {
    std::vector<checks::ListedCheck> list;
    for (const Check& each : checks) list.push_back({list.size(), each, {}, {}});
    configure(generation, list);
  }
  void configure(Generation generation, const std::vector<checks::ListedCheck>& list) {
    const auto file = seal("checks", encode_checks(list));
    ASSERT_TRUE(file.has_value());
    ASSERT_TRUE(channel->send(Configure{.generation = generation}, {file->get()}));
  }

  /// What the last answer to a Configure says.
  std::string problem_after(std::size_t answers) {
    EXPECT_TRUE(run_until([&] { return received<Configured>().size() >= answers; }));
    return received<Configured>().back().problem;
  }

  std::string process_field(const std::string& name) const {
    std::ifstream file("/proc/" + std::to_string(child.pid) + "/status");
    for (std::string line; std::getline(file, line);) {
      if (line.rfind(name + ":\t", 0) == 0) return line.substr(name.size() + 2);
    }
    return "";
  }

  void ping() {
    const std::size_t before = received<Pong>().size();
    channel->send(Ping{.sequence = before + 1});
    ASSERT_TRUE(run_until([&] { return received<Pong>().size() > before; }));
    EXPECT_EQ(received<Pong>().back().sequence, before + 1);
  }

  boost::asio::io_context loop;
  ChildProcess child;
  std::optional<Channel> channel;
  std::vector<Message> messages;
  bool gone = false;
};

Check check_of(std::uint16_t port) {
  Check check;
  check.address = boost::asio::ip::make_address("127.0.0.1");
  check.port = port;
  check.interval = check.fast_interval = check.down_interval = 200ms;
  check.timeout = 200ms;
  return check;
}

TEST_F(ChecksProcessTest, ProbesAndReports) {
  const HttpServer server;
  Check http = check_of(server.port);
  http.probe = checks::HttpCheck{};
  configure(7, {check_of(server.port), http, check_of(1)});

  ASSERT_TRUE(run_until([&] {
    const auto reports = received<CheckReport>();
    return !reports.empty() && reports.back().first_round_done;
  }));
  std::array<std::vector<Reason>, 3> reasons;
  for (const auto& report : received<CheckReport>()) {
    EXPECT_EQ(report.generation, 7U);
    for (const auto& outcome : report.outcomes) reasons.at(outcome.id).push_back(outcome.reason);
  }
  EXPECT_THAT(reasons[0], testing::Contains(Reason::Passed));
  EXPECT_THAT(reasons[1], testing::Contains(Reason::HttpStatus));
  EXPECT_THAT(reasons[2], testing::Contains(Reason::ConnectRefused));
  EXPECT_EQ(received<Configured>(), (std::vector<Configured>{{.generation = 7, .problem = {}}}));

  ping();
  for (const auto& record : received<LogRecord>()) {
    EXPECT_THAT(record.text, testing::Not(HasSubstr("refused by the sandbox")));
  }
}

TEST_F(ChecksProcessTest, ReportsCarryTheLatestGeneration) {
  const HttpServer server;
  configure(1, {check_of(server.port)});
  ASSERT_TRUE(run_until([&] { return !received<CheckReport>().empty(); }));
  configure(2, {check_of(server.port), check_of(1)});
  ASSERT_TRUE(run_until([&] { return received<CheckReport>().back().generation == 2; }));

  // After "generation 2 is in force" nothing about an older one comes.
  bool is_second = false;
  for (const auto& message : messages) {
    if (const auto* configured = std::get_if<Configured>(&message)) {
      is_second = configured->generation == 2;
    }
    const auto* report = std::get_if<CheckReport>(&message);
    if (report != nullptr && is_second) {
      EXPECT_EQ(report->generation, 2U);
    }
  }
}

TEST_F(ChecksProcessTest, GoesOnFromTheHealthAndCountOfItsList) {
  const HttpServer server;
  Check down = check_of(1);
  down.down_interval = 1min;
  const checks::Standing known{checks::Health::Down, 0};
  Check up = check_of(server.port);
  const std::vector<checks::ListedCheck> list = {{5, down, known, known}, {8, up, {}, {}}};
  configure(1, list);
  std::map<checks::CheckId, int> outcomes;
  std::size_t looked_at = 0;
  ASSERT_TRUE(run_until([&] {
    const auto reports = received<CheckReport>();
    for (; looked_at < reports.size(); ++looked_at) {
      for (const auto& outcome : reports[looked_at].outcomes) ++outcomes[outcome.id];
    }
    return outcomes[8] >= 10;
  }));
  EXPECT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[5], 1) << "down, and known to be: not looked at again so soon";
}

TEST_F(ChecksProcessTest, AListThatCannotBeReadChangesNothing) {
  const HttpServer server;
  configure(1, {check_of(server.port)});
  EXPECT_EQ(problem_after(1), "");

  channel->send(Configure{.generation = 2});
  EXPECT_EQ(problem_after(2), "0 files came instead of 1");

  const UniqueFd open_memfd(::memfd_create("test", MFD_ALLOW_SEALING | MFD_CLOEXEC));
  channel->send(Configure{.generation = 3}, {open_memfd.get()});
  EXPECT_EQ(problem_after(3), "list of checks: not sealed");

  const auto nonsense = seal("test", std::vector<std::byte>(10, std::byte{0xff}));
  channel->send(Configure{.generation = 4}, {nonsense->get()});
  EXPECT_THAT(problem_after(4), HasSubstr("list of checks: "));

  const std::vector<checks::ListedCheck> twice(2, {3, check_of(1), {}, {}});
  configure(5, twice);
  EXPECT_THAT(problem_after(5), HasSubstr("list of checks: "));

  const std::size_t before = received<CheckReport>().size();
  ASSERT_TRUE(run_until([&] { return received<CheckReport>().size() > before + 1; }));
  EXPECT_EQ(received<CheckReport>().back().generation, 1U);
}

TEST_F(ChecksProcessTest, TellsThatItIsLateForThreeIntervalsAndThatItIsNoLonger) {
  const HttpServer server;
  configure(1, {check_of(server.port)});
  ASSERT_TRUE(run_until([&] { return received<CheckReport>().size() >= 2; }));
  ASSERT_EQ(::kill(child.pid, SIGSTOP), 0);
  std::this_thread::sleep_for(1s);  // five intervals, and what it takes to be stopped
  channel->send(Ping{.sequence = 1});
  ASSERT_EQ(::kill(child.pid, SIGCONT), 0);
  ASSERT_TRUE(run_until([&] { return !received<Pong>().empty(); }));
  EXPECT_EQ(received<Pong>().back().behind, 1U);
  EXPECT_TRUE(run_until([&] {
    ping();
    return received<Pong>().back().behind == 0;
  }));
}

TEST_F(ChecksProcessTest, HoldsNoPrivilege) {
  ping();  // it has done its first acts
  EXPECT_EQ(process_field("Name"), "evenkeel-checks");
  EXPECT_EQ(process_field("NoNewPrivs"), "1");
  EXPECT_EQ(process_field("Seccomp"), "2");
  EXPECT_EQ(process_field("CapPrm"), "0000000000000000");
  EXPECT_EQ(process_field("CapEff"), "0000000000000000");
  EXPECT_EQ(process_field("Threads"), "1");
  if (::geteuid() == 0 && ::getpwnam(kChecksUser) == nullptr) {
    EXPECT_EQ(process_field("Uid"), "65534\t65534\t65534\t65534");
    ASSERT_FALSE(received<LogRecord>().empty());
    EXPECT_EQ(received<LogRecord>().front().text,
              "there is no user \"evenkeel-checks\": running as uid 65534");
  }
}

TEST_F(ChecksProcessTest, ObeysTheChannelAndNoSignal) {
  ping();
  for (const int signal : {SIGTERM, SIGINT, SIGABRT}) ASSERT_EQ(::kill(child.pid, signal), 0);
  ping();
  ping();
}

}  // namespace
}  // namespace evenkeel::daemon
