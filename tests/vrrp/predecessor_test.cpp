#include "vrrp/predecessor.h"

#include <array>
#include <gtest/gtest.h>
#include <string>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

const TimePoint kNow{1000s};

PageRecord record(PageState state, Duration age = 500ms) {
  return {.state = state, .last_advertisement = kNow - age};
}

Beginning beginning(const std::optional<PageRecord>& record, bool has_addresses = true) {
  return beginning_of(record, has_addresses, 1s, kNow);
}

TEST(Predecessor, AMasterIsResumed) {
  EXPECT_EQ(beginning(record(PageState::Master)), Beginning::Resume);
  EXPECT_EQ(beginning(record(PageState::LeftUnanswered, 9s)), Beginning::Resume);
}

TEST(Predecessor, WhoIsTooLateReleases) {
  EXPECT_EQ(beginning(record(PageState::Master, 2500ms)), Beginning::Release);
  EXPECT_EQ(beginning(record(PageState::Leaving)), Beginning::Release);
}

TEST(Predecessor, WhoHasNothingBeginsAfresh) {
  EXPECT_EQ(beginning(std::nullopt), Beginning::Fresh);
  EXPECT_EQ(beginning(record(PageState::NotMaster)), Beginning::Fresh);
  EXPECT_EQ(beginning(record(PageState::Master), false), Beginning::Fresh);
}

TEST(Predecessor, AGroupResumesAsOne) {
  std::array<Beginning, 2> all{Beginning::Resume, Beginning::Resume};
  agree(all);
  EXPECT_EQ(all, (std::array{Beginning::Resume, Beginning::Resume}));
  std::array<Beginning, 3> some{Beginning::Resume, Beginning::Release, Beginning::Fresh};
  agree(some);
  EXPECT_EQ(some, (std::array{Beginning::Release, Beginning::Release, Beginning::Fresh}));
}

/// "resume", "resume, hand over", "startup", "release", "release, held".
std::string text(const std::vector<Event>& events) {
  std::string result;
  for (const Event& event : events) {
    if (!result.empty()) result += ", ";
    if (std::holds_alternative<Resume>(event)) result += "resume";
    if (const auto* startup = std::get_if<Startup>(&event)) {
      result += startup->release ? "release" : "startup";
    }
    if (const auto* leave = std::get_if<Leave>(&event)) {
      result += leave->purpose == LeaveFor::Failover ? "hand over" : "stop";
    }
    if (const auto* hold = std::get_if<HoldChanged>(&event)) {
      result += hold->is_held ? "held" : "not held";
    }
  }
  return result;
}

TEST(Predecessor, WhoMayStayBeginsAsItIs) {
  EXPECT_EQ(text(start_events(Beginning::Fresh, true, false)), "startup");
  EXPECT_EQ(text(start_events(Beginning::Release, true, false)), "release");
  EXPECT_EQ(text(start_events(Beginning::Resume, true, false)), "resume");
}

TEST(Predecessor, WhoMayNotStayHandsOverAndDoesNotPreempt) {
  EXPECT_EQ(text(start_events(Beginning::Fresh, false, false)), "startup");
  EXPECT_EQ(text(start_events(Beginning::Release, false, false)), "release, held");
  EXPECT_EQ(text(start_events(Beginning::Resume, false, false)), "resume, hand over");
}

TEST(Predecessor, AnOwnerHasNothingToHandOver) {
  EXPECT_EQ(text(start_events(Beginning::Release, false, true)), "release");
  EXPECT_EQ(text(start_events(Beginning::Resume, false, true)), "resume");
}

}  // namespace
}  // namespace evenkeel::vrrp
