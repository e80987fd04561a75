#include "daemon/process/track_outbox.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

using enum vrrp::TrackState;

vrrp::NamedTrackResult result(const std::string& name, vrrp::TrackState state) {
  return {vrrp::TrackKind::Script, name, {.state = state}};
}

vrrp::Config following(const std::vector<std::string>& names) {
  vrrp::Config config;
  config.instances.emplace_back();
  for (const std::string& name : names) {
    config.instances[0].tracks.push_back({.kind = vrrp::TrackKind::Script, .name = name});
  }
  return config;
}

std::vector<vrrp::NamedTrackResult> take(TrackOutbox& outbox) {
  const TrackReport report = outbox.next();
  outbox.sent(report);
  return report.tracks;
}

TEST(TrackOutbox, OfATrackTheLatestWaits) {
  TrackOutbox outbox;
  outbox.set({result("a", Holds), result("b", Holds)});
  outbox.set({result("a", Fails)});
  outbox.set({result("a", Holds)});
  EXPECT_EQ(take(outbox), (std::vector{result("a", Holds), result("b", Holds)}));
  EXPECT_TRUE(take(outbox).empty());
  outbox.set({result("a", Holds)});
  EXPECT_TRUE(take(outbox).empty());
}

TEST(TrackOutbox, WhatWasNotSentWaits) {
  TrackOutbox outbox;
  outbox.set({result("a", Holds)});
  (void)outbox.next();
  EXPECT_EQ(take(outbox).size(), 1U);
}

TEST(TrackOutbox, AConfigurationIsToldAllThatItFollows) {
  TrackOutbox outbox;
  outbox.set({result("a", Holds), result("b", Fails), result("b", CannotRun)});
  (void)take(outbox);
  outbox.configure(following({"b", "c"}));
  EXPECT_EQ(take(outbox), (std::vector{result("b", Fails), result("b", CannotRun)}));
  outbox.configure(following({"a", "b"}));
  EXPECT_EQ(take(outbox), (std::vector{result("b", Fails), result("b", CannotRun)}));
}

TEST(TrackOutbox, MoreThanAMessageTakesGoOutOneAfterAnother) {
  TrackOutbox outbox;
  std::size_t total = 0;
  for (int i = 0; i < 300; ++i) outbox.set({result("t" + std::to_string(i), Holds)});
  for (auto part = take(outbox); !part.empty(); part = take(outbox)) {
    EXPECT_LE(part.size(), kMaxTracksReported);
    total += part.size();
  }
  EXPECT_EQ(total, 300U);
}

}  // namespace
}  // namespace evenkeel::daemon
