// A gateway that is asked: when, and what becomes of its track.
#include "vrrp/gateway.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using enum TrackState;

constexpr TimePoint kStart{1h};

/// Asked each second, 300 ms to answer, fall 3, rise 2.
class Asked {
 public:
  Asked() : gateway_({.name = "192.0.2.1 on eth0", .interval = 1s, .timeout = 300ms}, kStart) {}

  /// Everything that is due until then. How many questions were sent.
  int wait_until(Duration time) {
    int questions = 0;
    while (gateway_.deadline() && *gateway_.deadline() <= kStart + time) {
      now_ = *gateway_.deadline();
      if (gateway_.expire(now_)) ++questions;
    }
    now_ = kStart + time;
    return questions;
  }
  /// The next questions are answered after so long; a null: they are not.
  void ask(int count, std::optional<Duration> after) {
    for (int i = 0; i < count; ++i) {
      wait_until(next_);
      if (after) gateway_.answered(kStart + next_ + *after);
      wait_until(next_ + 999ms);
      next_ += 1s;
    }
  }
  [[nodiscard]] TrackState state() const { return gateway_.result().state; }
  [[nodiscard]] std::string reason() const { return gateway_.result().reason; }
  Gateway& gateway() { return gateway_; }
  [[nodiscard]] TimePoint now() const { return now_; }

 private:
  Gateway gateway_;
  TimePoint now_ = kStart;
  Duration next_{};
};

TEST(Gateway, IsAskedAtOnceAndThenOnceAnInterval) {
  Asked asked;
  EXPECT_EQ(asked.gateway().deadline(), kStart);
  EXPECT_EQ(asked.wait_until(0s), 1);
  EXPECT_EQ(asked.gateway().deadline(), kStart + 300ms);
  EXPECT_EQ(asked.wait_until(999ms), 0);
  EXPECT_EQ(asked.wait_until(10s), 10);
}

TEST(Gateway, IsUnknownUntilTheFirstResult) {
  Asked asked;
  EXPECT_EQ(asked.state(), Unknown);
  asked.ask(2, std::nullopt);
  EXPECT_EQ(asked.state(), Unknown);
  EXPECT_EQ(asked.reason(), "no answer (2 of 3)");
  asked.ask(1, std::nullopt);
  EXPECT_EQ(asked.state(), Fails);
  EXPECT_EQ(asked.reason(), "no answer");
  Asked other;
  other.ask(2, std::nullopt);
  other.ask(1, 1ms);
  EXPECT_EQ(other.state(), Holds);
}

TEST(Gateway, FallsAndRisesByResultsInARow) {
  Asked asked;
  asked.ask(1, 1ms);
  asked.ask(2, std::nullopt);
  EXPECT_EQ(asked.state(), Holds);
  EXPECT_EQ(asked.reason(), "no answer (2 of 3)");
  asked.ask(1, 1ms);
  EXPECT_EQ(asked.reason(), "");
  asked.ask(2, std::nullopt);
  EXPECT_EQ(asked.state(), Holds);
  asked.ask(1, std::nullopt);
  EXPECT_EQ(asked.state(), Fails);
  asked.ask(1, 1ms);
  EXPECT_EQ(asked.state(), Fails);
  EXPECT_EQ(asked.reason(), "answers again (1 of 2)");
  asked.ask(1, std::nullopt);
  asked.ask(1, 1ms);
  EXPECT_EQ(asked.state(), Fails);
  asked.ask(1, 1ms);
  EXPECT_EQ(asked.state(), Holds);
}

TEST(Gateway, AnAnswerIsInTimeByWhenItCame) {
  Asked asked;
  asked.ask(1, 300ms);
  EXPECT_EQ(asked.state(), Holds);
  asked.ask(3, 301ms);
  EXPECT_EQ(asked.state(), Fails);
}

TEST(Gateway, OneQuestionHasOneAnswer) {
  Asked asked;
  asked.ask(1, 1ms);
  asked.ask(3, std::nullopt);
  asked.wait_until(4s);
  for (int i = 0; i < 5; ++i) asked.gateway().answered(asked.now());
  EXPECT_EQ(asked.reason(), "answers again (1 of 2)");
  asked.wait_until(4900ms);
  asked.gateway().answered(asked.now());
  EXPECT_EQ(asked.reason(), "answers again (1 of 2)") << "nobody has asked";
}

TEST(Gateway, ADelayOfOursIsNoBurstOfQuestions) {
  Asked asked;
  asked.wait_until(999ms);
  EXPECT_TRUE(asked.gateway().expire(kStart + 10s));
  EXPECT_FALSE(asked.gateway().expire(kStart + 10s));
  EXPECT_EQ(asked.gateway().deadline(), kStart + 10s + 300ms);
  EXPECT_TRUE(asked.gateway().expire(kStart + 10s + 300ms));
  EXPECT_EQ(asked.reason(), "no answer (2 of 3)") << "each question was judged";
}

TEST(Gateway, WithoutItsLinkItFailsAtOnceAndIsNotAsked) {
  Asked asked;
  asked.ask(1, 1ms);
  asked.gateway().set_link_problem("eth0 is down", asked.now());
  EXPECT_EQ(asked.state(), Fails);
  EXPECT_EQ(asked.reason(), "eth0 is down");
  EXPECT_EQ(asked.gateway().deadline(), std::nullopt);
  asked.gateway().set_link_problem("", kStart + 5s);
  EXPECT_EQ(asked.gateway().deadline(), kStart + 5s);
  EXPECT_EQ(asked.reason(), "no answer");
  for (const Duration at : {5s, 6s}) {
    EXPECT_EQ(asked.state(), Fails);
    asked.wait_until(at);
    asked.gateway().answered(asked.now());
  }
  EXPECT_EQ(asked.state(), Holds);
}

TEST(Gateway, WhatThisNodeCannotAskSaysNothingOfIt) {
  Asked asked;
  asked.ask(1, 1ms);
  asked.gateway().set_refusal("cannot ask: Operation not permitted");
  asked.ask(10, std::nullopt);
  EXPECT_EQ(asked.state(), CannotRun);
  EXPECT_EQ(asked.reason(), "cannot ask: Operation not permitted");
  asked.gateway().set_refusal("");
  EXPECT_EQ(asked.state(), Holds);
  EXPECT_EQ(asked.reason(), "");
}

TEST(Gateway, AQuestionThatWasNotSentIsNotAwaitedWhenTheNextOneCanBe) {
  Asked asked;
  asked.ask(1, 1ms);
  asked.wait_until(1s);
  EXPECT_TRUE(asked.gateway().asked());
  asked.gateway().set_refusal("cannot ask: Operation not permitted");
  asked.gateway().set_refusal("");
  EXPECT_FALSE(asked.gateway().asked());
}

TEST(Gateway, AskedFromAnotherAddressTheLastQuestionIsForgotten) {
  Asked asked;
  asked.wait_until(100ms);
  asked.gateway().forget_question(asked.now());
  asked.gateway().answered(asked.now());
  EXPECT_EQ(asked.state(), Unknown);
  EXPECT_EQ(asked.gateway().deadline(), asked.now());
}

TEST(Gateway, AReloadKeepsWhatIsKnown) {
  Asked asked;
  asked.ask(1, 1ms);
  GatewayConfig config = asked.gateway().config();
  config.interval = 100ms;
  config.timeout = 50ms;
  config.fall = 1;
  asked.gateway().reconfigure(config, asked.now());
  EXPECT_EQ(asked.state(), Holds);
  EXPECT_LE(asked.gateway().deadline(), asked.now() + 100ms);
  asked.wait_until(1100ms);
  EXPECT_EQ(asked.state(), Fails);
}

}  // namespace
}  // namespace evenkeel::vrrp
