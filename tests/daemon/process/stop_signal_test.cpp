#include "daemon/process/stop_signal.h"

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace evenkeel::daemon {
namespace {

using testing::StartsWith;

class StopSignalTest : public testing::Test {
 protected:
  StopSignalTest() { ::sigprocmask(SIG_SETMASK, nullptr, &before_); }
  ~StopSignalTest() override {
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
    ::unsetenv("INVOCATION_ID");
  }

  /// Who is told to have sent what `send` sends.
  static std::string told(const std::function<void()>& send) {
    boost::asio::io_context loop;
    StopSignal signal(loop);
    send();  // also one that comes before it is waited for
    std::string from;
    EXPECT_EQ(signal.wait([&](const std::string& sender) {
      from = sender;
      loop.stop();
    }),
              "");
    loop.run();
    return from;
  }

 private:
  sigset_t before_{};
};

TEST_F(StopSignalTest, SaysWhoSentIt) {
  EXPECT_THAT(told([] { ::kill(::getpid(), SIGTERM); }),
              StartsWith("SIGTERM from process " + std::to_string(::getpid()) + " ("));
  EXPECT_THAT(told([] { ::kill(::getpid(), SIGINT); }), StartsWith("SIGINT from process "));
}

TEST_F(StopSignalTest, AServiceManagerIsTheParentOfWhatItStarts) {
  ::setenv("INVOCATION_ID", "0123", 1);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string from = told([] { ::raise(SIGSTOP); });
    ::_exit(from == "SIGTERM from the service manager" ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, WUNTRACED), child);
  ASSERT_TRUE(WIFSTOPPED(status));
  ::kill(child, SIGTERM);
  ::kill(child, SIGCONT);
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(StopSignalTest, ASenderThatIsGoneIsSaidToBe) {
  const auto from = told([] {
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) ::_exit(::kill(parent, SIGTERM));
    ::waitpid(child, nullptr, 0);
  });
  EXPECT_THAT(from, testing::HasSubstr(" (gone), user "));
}

}  // namespace
}  // namespace evenkeel::daemon
