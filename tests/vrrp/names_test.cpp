#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "vrrp/config.h"
#include "vrrp/failover.h"
#include "vrrp/status.h"

namespace evenkeel::vrrp {
namespace {

/// Each of its own, and fit for a key.
template <typename Enum>
void expect_names(std::size_t count) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view text = name(static_cast<Enum>(i));
    EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) {
      return c == '_' || (c >= 'a' && c <= 'z');
    })) << text;
    EXPECT_TRUE(names.insert(text).second) << text;
  }
}

TEST(VrrpNames, EveryEnumeratorHasItsOwn) {
  expect_names<State>(3);
  expect_names<Reason>(kReasons);
  expect_names<DecodeError>(kDecodeErrors);
  expect_names<ChecksumPolicy>(3);
  expect_names<FailoverOutcome>(4);
}

TEST(VrrpNames, TheyAreTheEnumeratorsInSnakeCase) {
  EXPECT_EQ(name(State::Initialize), "initialize");
  EXPECT_EQ(name(Reason::MasterDownTimerExpired), "master_down_timer_expired");
  EXPECT_EQ(name(Reason::Leaving), "leaving");
  EXPECT_EQ(name(DecodeError::VirtualRouterId), "virtual_router_id");
  EXPECT_EQ(name(ChecksumPolicy::PseudoHeader), "pseudo_header");
  EXPECT_EQ(name(FailoverOutcome::NobodyAnswered), "nobody_answered");
}

}  // namespace
}  // namespace evenkeel::vrrp
