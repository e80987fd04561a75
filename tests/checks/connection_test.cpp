// One connection after another in one probe: what a single one does is shown by the checks' tests.
#include "checks/connection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <gtest/gtest.h>
#include <memory>

#include "loopback_server.h"

namespace evenkeel::checks {
namespace {

using Begun = Awaitable<std::optional<ProbeResult>>;

class ConnectionTest : public testing::Test {
 protected:
  Begun begin(std::uint16_t port, Conversation conversation, std::string text = "") {
    return connection_.begin(boost::asio::ip::address_v4::loopback(), port, conversation,
                             std::move(text));
  }
  /// What the coroutine returns; it may not wait for ever.
  std::optional<ProbeResult> result_of(Begun begun) {
    std::optional<std::optional<ProbeResult>> result;
    boost::asio::co_spawn(context_.get_executor(), std::move(begun),
                          [&](const std::exception_ptr& error, std::optional<ProbeResult> one) {
                            if (error) std::rethrow_exception(error);
                            result = std::move(one);
                          });
    context_.restart();
    while (!result) context_.run_one();
    return *result;
  }

  boost::asio::io_context context_{1};
  Connection connection_{context_.get_executor()};
};

TEST_F(ConnectionTest, AProbeThatIsOutOfTimeBeginsNoOtherConnection) {
  const LoopbackServer server(context_, {});
  ASSERT_EQ(result_of(begin(server.port(), Conversation::None)), std::nullopt);
  connection_.expire();
  for (const auto conversation :
       {Conversation::None, Conversation::WeSpeakFirst, Conversation::TheySpeakFirst}) {
    EXPECT_EQ(result_of(begin(server.port(), conversation, "PING")),
              (ProbeResult{Reason::Deadline, ""}));
  }
  EXPECT_FALSE(connection_.has_news());
  connection_.close();
  EXPECT_EQ(result_of(begin(server.port(), Conversation::None)), std::nullopt)
      << "the next probe has a deadline of its own";
}

TEST_F(ConnectionTest, AProbeThatRanOutOfTimeWhileItConnectedSaysSoAgain) {
  const SilentPort silent(context_);
  auto first = begin(silent.port(), Conversation::None);
  boost::asio::steady_timer deadline(context_, std::chrono::milliseconds(10));
  deadline.async_wait([this](boost::system::error_code) { connection_.expire(); });
  EXPECT_EQ(result_of(std::move(first)), (ProbeResult{Reason::ConnectTimeout, ""}));
  const LoopbackServer server(context_, {});
  EXPECT_EQ(result_of(begin(server.port(), Conversation::None)),
            (ProbeResult{Reason::ConnectTimeout, ""}));
}

TEST_F(ConnectionTest, AProbeThatHasTimeBeginsAnother) {
  const RefusedPort refused(context_);
  const LoopbackServer server(context_, {});
  EXPECT_EQ(result_of(begin(refused.port(), Conversation::None))->reason, Reason::ConnectRefused);
  EXPECT_EQ(result_of(begin(server.port(), Conversation::None)), std::nullopt);
  EXPECT_EQ(result_of(begin(server.port(), Conversation::WeSpeakFirst, "PING")), std::nullopt);
}

TEST_F(ConnectionTest, WhatIsSentMayBeGoneBeforeTheCoroutineStarts) {
  const LoopbackServer server(context_, {});
  auto text = std::make_unique<std::string>(2000, 'x');
  auto begun =
      connection_.begin(server.address(), server.port(), Conversation::WeSpeakFirst, *text);
  text.reset();
  EXPECT_EQ(result_of(std::move(begun)), std::nullopt);
  while (server.requests().empty()) context_.run_one();
  EXPECT_EQ(server.requests(), std::vector<std::string>{std::string(2000, 'x')});
}

}  // namespace
}  // namespace evenkeel::checks
