#include <gtest/gtest.h>

#include "loopback_server.h"

namespace evenkeel::checks {
namespace {

using namespace std::chrono_literals;

class HttpCheckTest : public testing::Test {
 protected:
  /// Probes a server that does `script`.
  Probed run(Script script, HttpCheck probe_kind = {}, Duration timeout = 5s, bool is_v6 = false) {
    const LoopbackServer server(context_, std::move(script), is_v6);
    Probed probed = probe(context_, check_of(server, std::move(probe_kind), timeout));
    requests_ = server.requests();
    return probed;
  }
  /// How the connection ended for such a server.
  std::vector<std::string> ends(Script script, HttpCheck probe_kind = {}) {
    const LoopbackServer server(context_, std::move(script));
    static_cast<void>(probe_to_the_end(context_, check_of(server, std::move(probe_kind), 5s)));
    while (server.ends().empty()) context_.run_one();
    return server.ends();
  }
  static Check check_of(const LoopbackServer& server, HttpCheck probe_kind, Duration timeout) {
    Check check;
    check.probe = std::move(probe_kind);
    check.address = server.address();
    check.port = server.port();
    check.timeout = timeout;
    return check;
  }
  ProbeResult answer(std::string text, HttpCheck probe_kind = {}) {
    return run({true, std::move(text)}, std::move(probe_kind)).result;
  }

  boost::asio::io_context context_{1};
  std::vector<std::string> requests_;
};

HttpCheck wants(std::string body) {
  HttpCheck check;
  check.body = std::move(body);
  return check;
}

TEST_F(HttpCheckTest, PassesWithTheStatusAsDetail) {
  EXPECT_EQ(answer("HTTP/1.1 204 No Content\r\n\r\n"), (ProbeResult{Reason::Passed, "204"}));
  ASSERT_EQ(requests_.size(), 1U);
  EXPECT_EQ(requests_[0].substr(0, 16), "GET / HTTP/1.1\r\n");
  EXPECT_EQ(requests_[0].substr(requests_[0].size() - 4), "\r\n\r\n");
}

TEST_F(HttpCheckTest, PassesOverIpv6) {
  const Probed probed = run({true, "HTTP/1.0 200 OK\r\n\r\n"}, {}, 5s, true);
  EXPECT_EQ(probed.result, (ProbeResult{Reason::Passed, "200"}));
  EXPECT_NE(requests_.at(0).find("Host: [::1]:"), std::string::npos);
}

TEST_F(HttpCheckTest, PassesWithoutWaitingForTheBody) {
  const Script holds = {
      true, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", {}, false, Script::Then::Hold};
  EXPECT_EQ(run(holds).result, (ProbeResult{Reason::Passed, "200"}));
}

TEST_F(HttpCheckTest, ABadStatusIsNamedAndRedirectsAreNotFollowed) {
  EXPECT_EQ(answer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"),
            (ProbeResult{Reason::HttpStatus, "503"}));
  EXPECT_EQ(answer("HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n"),
            (ProbeResult{Reason::HttpStatus, "302"}));
  EXPECT_EQ(requests_.size(), 1U);
}

TEST_F(HttpCheckTest, FindsTheBodyInChunksThatDrip) {
  const Script drips = {true,
                        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
                        "chunked\r\n\r\n5\r\nall w\r\n3\r\nell\r\n0\r\n\r\n",
                        1ms, false, Script::Then::Hold};
  EXPECT_EQ(run(drips, wants("all well")).result, (ProbeResult{Reason::Passed, "200"}));
}

TEST_F(HttpCheckTest, FindsTheBodyThatEndsWithTheConnection) {
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\n\r\nall well", wants("all well")),
            (ProbeResult{Reason::Passed, "200"}));
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\n\r\nall bad", wants("all well")).reason, Reason::HttpBody);
}

TEST_F(HttpCheckTest, ABodyOverTheLimitIsNotReadToItsEnd) {
  HttpCheck check = wants("needle");
  check.body_limit = 100'000;
  const Script endless = {
      true, "HTTP/1.1 200 OK\r\n\r\n" + std::string(4096, 'x'), {}, true, Script::Then::Hold};
  EXPECT_EQ(run(endless, check).result,
            (ProbeResult{Reason::BodyTooLarge, "200, 100000 octets searched"}));
}

TEST_F(HttpCheckTest, GarbageAndOtherProtocols) {
  EXPECT_EQ(answer("SSH-2.0-OpenSSH_9.2\r\n").reason, Reason::HttpMalformed);
  EXPECT_EQ(answer(std::string(5000, '\0')).reason, Reason::HttpMalformed);
}

TEST_F(HttpCheckTest, EndlessHeadersEnd) {
  const Script endless = {
      true, "HTTP/1.1 200 OK\r\nA: 0123456789\r\nAB: 0123456789\r\n", {}, true, Script::Then::Hold};
  EXPECT_EQ(run(endless).result.reason, Reason::HeaderTooLarge);
}

TEST_F(HttpCheckTest, EndsBeforeTheAnswerDoes) {
  EXPECT_EQ(answer("").reason, Reason::Reset);
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\nServ").reason, Reason::HttpIncomplete);
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", wants("x")).reason,
            Reason::HttpIncomplete);
  EXPECT_EQ(run({true, "HTTP/1.1 200 OK\r\n", {}, false, Script::Then::Reset}).result.reason,
            Reason::Reset);
}

TEST_F(HttpCheckTest, AnAnswerBeforeTheRequestOrBeforeAResetIsRead) {
  const std::string busy = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
  for (const bool reads_request : {false, true}) {
    for (const Script::Then then : {Script::Then::Close, Script::Then::Reset}) {
      EXPECT_EQ(run({reads_request, busy, {}, false, then}).result,
                (ProbeResult{Reason::HttpStatus, "503"}));
    }
  }
  // A request that is too long for the server's patience.
  HttpCheck wordy;
  wordy.headers = {{"A", std::string(16U << 20U, 'x')}};
  EXPECT_EQ(run({false, busy, {}, false, Script::Then::Reset}, wordy).result,
            (ProbeResult{Reason::HttpStatus, "503"}));
  EXPECT_EQ(run({false, "", {}, false, Script::Then::Reset}, wordy).result.reason, Reason::Reset);
  EXPECT_EQ(run({false, "", {}, false, Script::Then::Reset}).result.reason, Reason::Reset);
  EXPECT_EQ(run({false, "HTTP/1.1 503", {}, false, Script::Then::Reset}).result.reason,
            Reason::Reset);
}

TEST_F(HttpCheckTest, TheServerSeesItsAnswerTaken) {
  const std::string page(300'000, 'x');
  const std::string length = "Content-Length: " + std::to_string(page.size()) + "\r\n\r\n";
  for (const std::string& answer :
       {"HTTP/1.1 200 OK\r\n" + length + page, "HTTP/1.1 503 No\r\n" + length + page,
        "HTTP/1.1 200 OK\r\n\r\n" + page,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n493e0\r\n" + page +
            "\r\n0\r\n\r\n"}) {
    EXPECT_EQ(ends({true, answer}), std::vector<std::string>{"closed"});
  }
  EXPECT_EQ(ends({true, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow", 1ms}),
            std::vector<std::string>{"closed"});
  // More than the limit is not read, nor waited for.
  HttpCheck part;
  part.body_limit = 200'000;
  EXPECT_EQ(ends({true, "HTTP/1.1 200 OK\r\n" + length + page}, part),
            std::vector<std::string>{"reset"});
  EXPECT_EQ(ends({true, "HTTP/1.1 200 OK\r\n\r\n" + std::string(4096, 'x'), {}, true}),
            std::vector<std::string>{"reset"});
}

TEST_F(HttpCheckTest, TheVerdictDoesNotWaitForTheBody) {
  const Script holds = {
      true, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", {}, false, Script::Then::Hold};
  const LoopbackServer server(context_, holds);
  const TimePoint started = std::chrono::steady_clock::now();
  const Probed probed = probe_to_the_end(context_, check_of(server, {}, 300ms));
  EXPECT_EQ(probed.result.reason, Reason::Passed);
  EXPECT_LT(probed.took, 300ms);
  EXPECT_GE(std::chrono::steady_clock::now() - started, 300ms);
}

TEST_F(HttpCheckTest, OnlySoManyLingerAndNoneLongerThanItsOwner) {
  const LoopbackServer server(
      context_,
      {true, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", {}, false, Script::Then::Hold});
  {
    Lingering lingering(2);
    for (const std::size_t count : {1U, 2U, 2U}) {
      static_cast<void>(probe(context_, check_of(server, {}, 60s), lingering));
      EXPECT_EQ(lingering.count(), count);
    }
  }
  while (server.ends().size() < 3) context_.run_one();
  EXPECT_EQ(server.ends(), std::vector<std::string>(3, "closed"));
}

TEST_F(HttpCheckTest, SilenceAndDrippingEndAtTheOneDeadline) {
  const Probed silent = run({true, "", {}, false, Script::Then::Hold}, {}, 100ms);
  EXPECT_EQ(silent.result.reason, Reason::Deadline);
  EXPECT_GE(silent.took, 100ms);

  const Script drips = {true, "HTTP/1.1 200 OK\r\n" + std::string(4000, 'a') + ": b\r\n\r\n", 10ms,
                        false, Script::Then::Hold};
  const Probed dripping = run(drips, {}, 200ms);
  EXPECT_EQ(dripping.result.reason, Reason::Deadline);
  EXPECT_GE(dripping.took, 200ms);
  EXPECT_LT(dripping.took, 5s);
}

TEST_F(HttpCheckTest, Refused) {
  const RefusedPort refused(context_);
  Check check;
  check.probe = HttpCheck{};
  check.address = boost::asio::ip::address_v4::loopback();
  check.port = refused.port();
  EXPECT_EQ(probe(context_, check).result.reason, Reason::ConnectRefused);
}

}  // namespace
}  // namespace evenkeel::checks
