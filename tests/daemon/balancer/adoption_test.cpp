// A restart on a table of 10,000 real servers, the worker's probes and the balancer together: each
// server is an address of 127.64.0.0/16. Who loses one SYN stays; who is dead goes by `fall`
// failures. No time is judged here (tests/lab/scenarios/test_adopted.py does, on a real table).

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <set>
#include <sys/socket.h>
#include <utility>

#include "checks/worker.h"
#include "daemon/balancer/balancer.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using checks::Health;

/// Listens on every local address, and drops every packet that comes for it while it is deaf.
class Listener {
 public:
  explicit Listener(boost::asio::io_context& context, bool is_deaf)
      : acceptor_(context, tcp::endpoint(tcp::v4(), 0)), is_deaf_(is_deaf) {
    if (!is_deaf) return;
    sock_filter nothing{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0};
    const sock_fprog program{.len = 1, .filter = &nothing};
    EXPECT_EQ(::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_ATTACH_FILTER, &program,
                           sizeof program),
              0);
  }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void hear() {
    if (!std::exchange(is_deaf_, false)) return;
    const int unused = 0;
    EXPECT_EQ(::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_DETACH_FILTER, &unused,
                           sizeof unused),
              0);
  }

 private:
  tcp::acceptor acceptor_;
  bool is_deaf_;
};

constexpr std::size_t kServers = 10'000;
constexpr std::size_t kFirstChosen = 5'000;
constexpr std::size_t kChosen = 100;
constexpr std::size_t kDeadEvery = 1'000;

bool is_chosen(std::size_t index) {
  return index >= kFirstChosen && index < kFirstChosen + kChosen;
}
bool is_dead(std::size_t index) {
  return index % kDeadEvery == kDeadEvery / 2 + 55;
}

class AdoptionTest : public testing::Test {
 protected:
  AdoptionTest() {
    auto config = std::make_shared<Config>();
    ServiceConfig& service = config->services.emplace_back();
    service.name = "web";
    service.service.key.address = boost::asio::ip::make_address("192.0.2.10");
    service.service.key.port = 80;
    for (std::size_t i = 0; i < kServers; ++i) service.real_servers.push_back(server(i));
    ipvs::Table held;
    ipvs::ServiceEntry& entry = held[service.service.key];
    entry.service = service.service;
    for (const RealServerConfig& each : service.real_servers) {
      entry.destinations.emplace(each.destination.key, each.destination);
    }
    static_cast<void>(balancer_.configure(config, {}));
    balancer_.adopt(held, {});
    EXPECT_EQ(balancer_.wanted(), held);
  }

  RealServerConfig server(std::size_t index) {
    const Listener& listener = is_dead(index) ? dead_ : is_chosen(index) ? chosen_ : healthy_;
    RealServerConfig result;
    result.destination.key = {
        boost::asio::ip::make_address_v4(0x7f400001U + static_cast<std::uint32_t>(index)),
        listener.port()};
    result.name = ipvs::to_string(result.destination.key);
    ServerCheck& check = result.checks.emplace_back();
    check.check.address = result.destination.key.address;
    check.check.port = listener.port();
    check.check.interval = check.check.fast_interval = check.check.down_interval = 20s;
    check.check.timeout = 500ms;
    return result;
  }

  void report(const checks::Report& report) {
    for (const checks::CheckOutcome& outcome : report.outcomes) {
      if (is_chosen(outcome.id) && outcome.reason != checks::Reason::Passed) {
        lost_.insert(outcome.id);
      }
    }
    static_cast<void>(balancer_.record(report.outcomes, {}));
    if (report.is_first_round_done) static_cast<void>(balancer_.first_round_done({}));
    if (lost_.size() == kChosen) chosen_.hear();
  }

  [[nodiscard]] std::size_t used() const { return balancer_.wanted_service(0).destinations.size(); }

  boost::asio::io_context context_{1};
  Listener healthy_{context_, false};
  Listener chosen_{context_, true};
  Listener dead_{context_, true};
  Balancer balancer_;
  std::set<checks::CheckId> lost_;
};

TEST_F(AdoptionTest, ALostSynTakesNobodyOutAndTheDeadGo) {
  checks::Worker worker(context_, [this](const checks::Report& each) {
    report(each);
    return true;
  });
  worker.configure(balancer_.check_list());
  const auto deadline = std::chrono::steady_clock::now() + 100s;
  const auto is_decided = [this] {
    const auto servers = balancer_.snapshot({})[0].real_servers;
    return std::none_of(servers.begin(), servers.end(), [](const RealServerSnapshot& each) {
      return each.health == Health::Unknown;
    });
  };
  while (!is_decided() && std::chrono::steady_clock::now() < deadline) {
    context_.run_for(200ms);
    EXPECT_GE(used(), kServers - kServers / kDeadEvery);
  }
  EXPECT_EQ(lost_.size(), kChosen);
  const auto servers = balancer_.snapshot({})[0].real_servers;
  for (std::size_t i = 0; i < kServers; ++i) {
    ASSERT_EQ(servers[i].health, is_dead(i) ? Health::Down : Health::Up)
        << i << ": " << servers[i].explanation;
    ASSERT_EQ(servers[i].usage, is_dead(i) ? Usage::Absent : Usage::Used) << i;
  }
}

}  // namespace
}  // namespace evenkeel::daemon
