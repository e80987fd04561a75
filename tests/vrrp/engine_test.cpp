// The engine alone, on its own thread.
#include "vrrp/engine.h"

#include <future>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <thread>

#include "broken_epoll.h"
#include "namespaces.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

class EngineTest : public TwoHosts {
 protected:
  void SetUp() override {
    TwoHosts::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    engine_.emplace(FrameSocket::open().value(), ConflictSocket::open().value(),
                    AdvertisementTap::open().value(), nullptr);
  }
  /// Until an Echo has come back.
  void await_echo() {
    ASSERT_TRUE(wait_until(
        [&] {
          for (const Notice& each : engine_->take()) {
            if (std::holds_alternative<Echo>(each)) return true;
          }
          return false;
        },
        60s));
  }

  std::optional<Engine> engine_;
};

/// It says so, once, and goes on.
TEST_F(EngineTest, WhereTheKernelTellsOfNoPacketsTheyAreLookedFor) {
  break_epoll();
  std::thread thread([&] { engine_->run(); });
  int told = 0;
  for (std::uint64_t sequence = 1; sequence < 4; ++sequence) {
    engine_->post({Echo{sequence}});
    bool has_come_back = false;
    EXPECT_TRUE(wait_until(
        [&] {
          for (const Notice& each : engine_->take()) {
            if (std::holds_alternative<CannotWait>(each)) ++told;
            if (std::holds_alternative<Echo>(each)) has_come_back = true;
          }
          return has_come_back;
        },
        60s));
  }
  EXPECT_EQ(told, 1);
  engine_->stop();
  thread.join();
}

/// A thread with real-time priority that serves thousands of requests pauses after each batch:
/// other threads of its core run, and its time limit (RLIMIT_RTTIME) begins anew.
TEST_F(EngineTest, ABacklogOfRequestsIsServedWithPauses) {
  InstanceConfig config;
  config.name = "web";
  config.virtual_router_id = 61;
  config.virtual_addresses = {{make_address("192.0.2.10"), 32}};
  for (std::uint32_t i = 0; i < 2000; ++i) {
    config.extra_addresses.push_back({boost::asio::ip::address_v4(0x0A000000 + i), 32});
  }
  constexpr int kRequests = 200;
  std::vector<Request> requests{AddRouter{.id = 1, .config = config}};
  for (int i = 0; i < kRequests; ++i) {
    config.priority = static_cast<std::uint8_t>(1 + i);
    requests.emplace_back(Deliver{.id = 1, .event = Reconfigured{config}});
  }
  requests.emplace_back(Echo{1});
  engine_->post(std::move(requests));
  std::promise<long> pauses;
  std::thread thread([&] {
    engine_->run();
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    pauses.set_value(usage.ru_nvcsw);
  });
  await_echo();
  engine_->stop();
  thread.join();
  EXPECT_GT(pauses.get_future().get(), 8) << "a batch lasts 2 ms";
}

}  // namespace
}  // namespace evenkeel::vrrp
