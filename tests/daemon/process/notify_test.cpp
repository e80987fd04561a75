#include "daemon/process/notify.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::MatchesRegex;

/// A service manager's end of the conversation.
class NotifyTest : public testing::Test {
 protected:
  NotifyTest() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const std::string name = "@evenkeel-notify-test-" + std::to_string(::getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data() + 1, name.size() - 1);
    const auto size = offsetof(sockaddr_un, sun_path) + name.size();
    EXPECT_EQ(
        ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), static_cast<socklen_t>(size)),
        0);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~NotifyTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }

  std::string heard() {
    std::array<char, 4096> buffer{};
    const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  }

 private:
  UniqueFd socket_;
};

TEST_F(NotifyTest, AServiceManagerThatDoesNotReadStopsNobody) {
  for (int i = 0; i < 10'000; ++i) notify_watchdog();
  EXPECT_FALSE(notify_ready("")) << "to be told again";
  EXPECT_EQ(heard(), "WATCHDOG=1");
}

TEST_F(NotifyTest, TellsTheServiceManager) {
  EXPECT_TRUE(notify_ready("3 services"));
  EXPECT_EQ(heard(), "READY=1\nSTATUS=3 services");
  notify_reloading();
  EXPECT_THAT(heard(), MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
  notify_stopping("leaving");
  EXPECT_EQ(heard(), "STOPPING=1\nSTATUS=leaving");
  notify_stopping("two\nlines");
  EXPECT_EQ(heard(), "STOPPING=1\nSTATUS=two lines");
  notify_watchdog();
  EXPECT_EQ(heard(), "WATCHDOG=1");
}

TEST_F(NotifyTest, KnowsTheWatchdog) {
  EXPECT_EQ(watchdog_interval(), std::nullopt);
  ::setenv("WATCHDOG_USEC", "10000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(watchdog_interval(), 10s);
  ::setenv("WATCHDOG_PID", "1", 1);  // meant for another process
  EXPECT_EQ(watchdog_interval(), std::nullopt);
}

TEST(Notify, NothingHappensWithoutAServiceManager) {
  ::unsetenv("NOTIFY_SOCKET");
  EXPECT_TRUE(notify_ready(""));
  EXPECT_EQ(watchdog_interval(), std::nullopt);
}

}  // namespace
}  // namespace evenkeel::daemon
