#include <gtest/gtest.h>
#include <sys/resource.h>

#include "loopback_server.h"

namespace evenkeel::checks {
namespace {

using namespace std::chrono_literals;

class TcpCheckTest : public testing::Test {
 protected:
  Check check(std::uint16_t port, TcpCheck probe = {}, Duration timeout = 5s) {
    Check result;
    result.probe = std::move(probe);
    result.address = boost::asio::ip::address_v4::loopback();
    result.port = port;
    result.timeout = timeout;
    return result;
  }
  ProbeResult run(const Check& check) { return probe(context_, check).result; }

  boost::asio::io_context context_{1};
};

TEST_F(TcpCheckTest, PassesWhenTheConnectionIsThere) {
  const LoopbackServer server(context_, {});
  EXPECT_EQ(run(check(server.port())), ProbeResult{});
}

TEST_F(TcpCheckTest, PassesOverIpv6) {
  const LoopbackServer server(context_, {}, true);
  Check one = check(server.port());
  one.address = server.address();
  EXPECT_EQ(run(one), ProbeResult{});
}

TEST_F(TcpCheckTest, APlainCheckLeavesNothingToAccept) {
  // The listener never accepts in time, and its queue has one place: had each probe left a
  // connection in it, the third would not get an answer.
  boost::asio::ip::tcp::acceptor acceptor(context_, boost::asio::ip::tcp::v4());
  acceptor.bind({boost::asio::ip::address_v4::loopback(), 0});
  acceptor.listen(0);
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(run(check(acceptor.local_endpoint().port())), ProbeResult{}) << i;
  }
}

TEST_F(TcpCheckTest, Refused) {
  const RefusedPort refused(context_);
  EXPECT_EQ(run(check(refused.port())).reason, Reason::ConnectRefused);
}

TEST_F(TcpCheckTest, NoAnswerToTheSyn) {
  const SilentPort silent(context_);
  const Probed probed = probe(context_, check(silent.port(), {}, 100ms));
  EXPECT_EQ(probed.result.reason, Reason::ConnectTimeout);
  EXPECT_GE(probed.took, 100ms);
  EXPECT_LT(probed.took, 5s);
}

TEST_F(TcpCheckTest, NoRouteIsOurOwnFault) {
  Check one = check(80);
  one.address = boost::asio::ip::make_address("255.255.255.255");  // connect(2) refuses a broadcast
  const ProbeResult result = run(one);
  EXPECT_EQ(result.reason, Reason::LocalError);
  EXPECT_NE(result.detail, "");
}

TEST_F(TcpCheckTest, NoDescriptorIsOurOwnFault) {
  const LoopbackServer server(context_, {});
  const Check one = check(server.port());
  ASSERT_EQ(run(one), ProbeResult{});  // everything else that takes a descriptor has it
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{3, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const ProbeResult result = run(one);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(result, (ProbeResult{Reason::LocalError, "Too many open files"}));
}

TEST_F(TcpCheckTest, ExpectsABannerInPieces) {
  const LoopbackServer server(context_,
                              {false, "220 mail ESMTP\r\n", 1ms, false, Script::Then::Hold});
  EXPECT_EQ(run(check(server.port(), {"", "ESMTP"})), ProbeResult{});
}

TEST_F(TcpCheckTest, SendsAndExpects) {
  const LoopbackServer server(context_, {true, "+PONG\r\n"});
  EXPECT_EQ(run(check(server.port(), {"PING\r\n", "+PONG"})), ProbeResult{});
  EXPECT_EQ(server.requests(), std::vector<std::string>{"PING\r\n"});
}

TEST_F(TcpCheckTest, OnlySends) {
  const LoopbackServer server(context_, {});
  EXPECT_EQ(run(check(server.port(), {"QUIT\r\n", ""})), ProbeResult{});
  while (server.requests().empty()) context_.run_one();
  EXPECT_EQ(server.requests(), std::vector<std::string>{"QUIT\r\n"});
}

TEST_F(TcpCheckTest, AnotherAnswerIsAWrongAnswer) {
  const LoopbackServer server(context_, {true, "-ERR\r\n"});
  EXPECT_EQ(run(check(server.port(), {"PING\r\n", "+PONG"})),
            (ProbeResult{Reason::TcpExpect, "6 octets searched"}));
}

TEST_F(TcpCheckTest, OnlyTheFirst4KiBAreSearched) {
  const LoopbackServer server(
      context_, {false, std::string(4096, 'x') + "needle", {}, false, Script::Then::Hold});
  EXPECT_EQ(run(check(server.port(), {"", "needle"})),
            (ProbeResult{Reason::TcpExpect, "4096 octets searched"}));
}

TEST_F(TcpCheckTest, ClosedWithoutAnAnswer) {
  const LoopbackServer server(context_, {true, ""});
  EXPECT_EQ(run(check(server.port(), {"PING\r\n", "+PONG"})).reason, Reason::Reset);
}

TEST_F(TcpCheckTest, ResetInsteadOfAnAnswer) {
  const LoopbackServer server(context_, {true, "", {}, false, Script::Then::Reset});
  EXPECT_EQ(run(check(server.port(), {"PING\r\n", "+PONG"})).reason, Reason::Reset);
}

TEST_F(TcpCheckTest, WhatCameBeforeAResetIsRead) {
  const LoopbackServer banner(context_, {false, "220 mail\r\n", {}, false, Script::Then::Reset});
  EXPECT_EQ(run(check(banner.port(), {"", "220"})), ProbeResult{});
  EXPECT_EQ(run(check(banner.port(), {std::string(16U << 20U, 'x'), "220"})), ProbeResult{});
  EXPECT_EQ(run(check(banner.port(), {std::string(16U << 20U, 'x'), "250"})).reason, Reason::Reset);
}

TEST_F(TcpCheckTest, AConversationEndsInOrder) {
  const std::string page(60'000, 'x');
  for (const TcpCheck& probe_kind :
       {TcpCheck{"GET / HTTP/1.0\r\n\r\n", "200 OK"},
        TcpCheck{"GET / HTTP/1.0\r\n\r\n", "no such thing"}, TcpCheck{"GET / HTTP/1.0\r\n\r\n", ""},
        TcpCheck{"", "200 OK"}}) {
    const bool we_speak = !probe_kind.send.empty();
    const LoopbackServer server(context_, {we_speak, "HTTP/1.0 200 OK\r\n\r\n" + page});
    static_cast<void>(probe_to_the_end(context_, check(server.port(), probe_kind)));
    while (server.ends().empty()) context_.run_one();
    EXPECT_EQ(server.ends(), std::vector<std::string>{"closed"}) << probe_kind.expect;
  }
}

TEST_F(TcpCheckTest, SilenceAfterConnectingEndsAtTheDeadline) {
  const LoopbackServer server(context_, {true, "", {}, false, Script::Then::Hold});
  const Probed probed = probe(context_, check(server.port(), {"PING\r\n", "+PONG"}, 100ms));
  EXPECT_EQ(probed.result.reason, Reason::Deadline);
  EXPECT_GE(probed.took, 100ms);
}

TEST_F(TcpCheckTest, WhoListensFirstKnowsWhetherTheConnectionIsThere) {
  const LoopbackServer server(context_, {true, "", {}, false, Script::Then::Hold});
  EXPECT_EQ(run(check(server.port(), {"", "220"}, 100ms)).reason, Reason::Deadline);
  const SilentPort silent(context_);
  EXPECT_EQ(run(check(silent.port(), {"", "220"}, 100ms)).reason, Reason::ConnectTimeout);
  EXPECT_EQ(run(check(silent.port(), {"HELO", "220"}, 100ms)).reason, Reason::ConnectTimeout);
  const RefusedPort refused(context_);
  EXPECT_EQ(run(check(refused.port(), {"", "220"})).reason, Reason::ConnectRefused);
  EXPECT_EQ(run(check(refused.port(), {"HELO", "220"})).reason, Reason::ConnectRefused);
}

TEST_F(TcpCheckTest, DrippingDoesNotMoveTheDeadline) {
  const LoopbackServer server(context_,
                              {false, std::string(16, 'x'), 10ms, true, Script::Then::Hold});
  const Probed probed = probe(context_, check(server.port(), {"", "needle"}, 200ms));
  EXPECT_EQ(probed.result.reason, Reason::Deadline);
  EXPECT_GE(probed.took, 200ms);
  EXPECT_LT(probed.took, 5s);  // 4096 octets would take 40 s
}

TEST_F(TcpCheckTest, APeerThatReadsNothingEndsAtTheDeadline) {
  boost::asio::ip::tcp::acceptor acceptor(context_, {boost::asio::ip::address_v4::loopback(), 0});
  const Check one =
      check(acceptor.local_endpoint().port(), {std::string(64U << 20U, 'x'), ""}, 300ms);
  EXPECT_EQ(run(one).reason, Reason::Deadline);
}

}  // namespace
}  // namespace evenkeel::checks
