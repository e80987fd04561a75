#include "vrrp/checksum_dialect.h"

#include <gtest/gtest.h>
#include <vector>

#include "tests/vrrp/packet.h"

namespace evenkeel::vrrp {

void PrintTo(const ChecksumDialect::Forms& forms, std::ostream* out) {
  *out << (forms.message ? "message " : "") << (forms.pseudo_header ? "pseudo_header" : "");
}

namespace {

using namespace std::chrono_literals;
using Forms = ChecksumDialect::Forms;

constexpr Forms kMessage{.message = true};
constexpr Forms kPseudoHeader{.pseudo_header = true};
constexpr Forms kBoth{.message = true, .pseudo_header = true};

TimePoint at(Duration since_start) {
  return TimePoint(1h) + since_start;
}

class ChecksumDialectAuto : public ::testing::Test {
 protected:
  void hear_message(Duration when) { dialect_.heard(ChecksumForm::Message, at(when)); }
  void hear_pseudo_header(Duration when) { dialect_.heard(ChecksumForm::PseudoHeader, at(when)); }
  [[nodiscard]] Forms forms(Duration when) const { return dialect_.forms(at(when)); }

  ChecksumDialect dialect_{ChecksumPolicy::Auto};
};

TEST_F(ChecksumDialectAuto, BeginsWithThePseudoHeader) {
  EXPECT_EQ(forms(0s), kPseudoHeader);
  EXPECT_EQ(forms(24h), kPseudoHeader);
}

TEST_F(ChecksumDialectAuto, MirrorsTheFirstPeerAtOnceAndForGood) {
  hear_message(0s);
  EXPECT_EQ(forms(0s), kMessage);
  EXPECT_EQ(forms(24h), kMessage);
}

TEST_F(ChecksumDialectAuto, SendsBothWhileBothAreAbout) {
  hear_message(0s);
  hear_pseudo_header(1s);
  EXPECT_EQ(forms(1s), kBoth);
  EXPECT_EQ(forms(59s), kBoth);
  EXPECT_EQ(forms(60s), kMessage);  // the other one is older than a minute, and the change damped
}

TEST_F(ChecksumDialectAuto, FollowsAPeerThatHasChanged) {
  for (int second = 0; second < 5; ++second) hear_message(second * 1s);
  for (int second = 20; second < 90; ++second) {
    hear_pseudo_header(second * 1s);
    EXPECT_EQ(forms(second * 1s), second < 64 ? kBoth : kPseudoHeader) << second;
  }
}

TEST_F(ChecksumDialectAuto, IsDampedToOneChangeInTenSeconds) {
  hear_message(0s);
  hear_pseudo_header(9999ms);
  EXPECT_EQ(forms(70s), kMessage);
  hear_pseudo_header(70s);
  EXPECT_EQ(forms(70s), kPseudoHeader);
  hear_message(79999ms);
  EXPECT_EQ(forms(140s), kPseudoHeader);
}

TEST_F(ChecksumDialectAuto, SendsBothForAMinuteAtMostAndThenStays) {
  std::vector<Forms> after;
  for (int second = 0; second < 600; second += 2) {
    hear_message(second * 1s);
    hear_pseudo_header(second * 1s + 1s);
    const Forms sent = forms(second * 1s + 1s);
    if (second < 60) {
      EXPECT_EQ(sent, kBoth) << second;
    } else {
      after.push_back(sent);
    }
  }
  EXPECT_NE(after.front(), kBoth);
  EXPECT_EQ(after, std::vector<Forms>(270, after.front()));
}

TEST_F(ChecksumDialectAuto, LeavesTheFormThatFellSilentAfterALongMix) {
  for (int second = 0; second < 120; second += 2) {
    hear_message(second * 1s);
    hear_pseudo_header(second * 1s + 1s);
  }
  const bool was_message = forms(120s) == kMessage;
  for (int second = 121; second < 200; ++second) {
    if (was_message) hear_pseudo_header(second * 1s);
    if (!was_message) hear_message(second * 1s);
  }
  EXPECT_EQ(forms(200s), was_message ? kPseudoHeader : kMessage);
}

TEST_F(ChecksumDialectAuto, BothAreSentAgainWhenAnotherMixBegins) {
  hear_message(0s);
  hear_pseudo_header(1s);
  hear_message(200s);
  EXPECT_EQ(forms(200s), kMessage);
  hear_pseudo_header(201s);
  EXPECT_EQ(forms(201s), kBoth);
  EXPECT_EQ(forms(259s), kBoth);
}

TEST(ChecksumDialect, WhatTheOperatorChoseIsSentWhateverIsHeard) {
  ChecksumDialect message(ChecksumPolicy::Message);
  ChecksumDialect pseudo_header(ChecksumPolicy::PseudoHeader);
  for (ChecksumDialect* dialect : {&message, &pseudo_header}) {
    dialect->heard(ChecksumForm::Message, at(0s));
    dialect->heard(ChecksumForm::PseudoHeader, at(1s));
  }
  EXPECT_EQ(message.forms(at(1s)), kMessage);
  EXPECT_EQ(pseudo_header.forms(at(1s)), kPseudoHeader);
}

}  // namespace
}  // namespace evenkeel::vrrp
