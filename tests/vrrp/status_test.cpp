#include "vrrp/status.h"

#include <gtest/gtest.h>
#include <set>

namespace evenkeel::vrrp {
namespace {

TEST(Status, EveryReasonHasAPhraseOfItsOwn) {
  std::set<std::string_view> phrases;
  for (std::size_t number = 0; number < kReasons; ++number) {
    const std::string_view phrase = to_string(static_cast<Reason>(number));
    EXPECT_NE(phrase, "?") << number;
    EXPECT_TRUE(phrases.insert(phrase).second) << phrase;
  }
}

TEST(Status, PhrasesThatPeopleGrepFor) {
  EXPECT_EQ(to_string(Reason::MasterDownTimerExpired), "master down timer expired");
  EXPECT_EQ(to_string(Reason::InterfaceMissing), "interface is missing");
  EXPECT_EQ(to_string(Reason::LeftUnanswered), "left unanswered");
}

}  // namespace
}  // namespace evenkeel::vrrp
