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
  return beginning_of(past_of(record, has_addresses), 1s, kNow);
}

TEST(Predecessor, AMasterIsResumed) {
  EXPECT_EQ(beginning(record(PageState::Master)), Beginning::Resume);
  EXPECT_EQ(beginning(record(PageState::LeftUnanswered, 9s)), Beginning::Resume);
}

TEST(Predecessor, WhoIsTooLateHandsOver) {
  EXPECT_EQ(beginning(record(PageState::Master, 2500ms)), Beginning::HandOver);
  EXPECT_EQ(beginning(record(PageState::Master, 1h)), Beginning::HandOver);
  EXPECT_EQ(beginning(record(PageState::Leaving)), Beginning::HandOver);
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
  for (const Beginning other : {Beginning::HandOver, Beginning::Fresh}) {
    std::array<Beginning, 2> some{Beginning::Resume, other};
    agree(some);
    EXPECT_EQ(some, (std::array{Beginning::HandOver, Beginning::HandOver}));
  }
  std::array<Beginning, 2> late{Beginning::Fresh, Beginning::HandOver};
  agree(late);
  EXPECT_EQ(late, (std::array{Beginning::HandOver, Beginning::HandOver}));
  std::array<Beginning, 2> none{Beginning::Fresh, Beginning::Fresh};
  agree(none);
  EXPECT_EQ(none, (std::array{Beginning::Fresh, Beginning::Fresh}));
}

/// "resume", "resume, fail over", "startup", "hand over", "hand over, held".
std::string text(const std::vector<Event>& events) {
  std::string result;
  for (const Event& event : events) {
    if (!result.empty()) result += ", ";
    if (std::holds_alternative<Resume>(event)) result += "resume";
    if (std::holds_alternative<Startup>(event)) result += "startup";
    if (const auto* leaving = std::get_if<ResumeLeaving>(&event)) {
      result += leaving->purpose == LeaveFor::Failover ? "hand over, held" : "hand over";
      if (!leaving->has_addresses) result += ", without addresses";
    }
    if (const auto* leave = std::get_if<Leave>(&event)) {
      result += leave->purpose == LeaveFor::Failover ? "fail over" : "stop";
    }
  }
  return result;
}

const Past kPast{.was_master = true, .last_advertisement = kNow - 3s, .has_addresses = true};

TEST(Predecessor, WhoMayStayBeginsAsItIs) {
  EXPECT_EQ(text(start_events(Beginning::Fresh, {}, true, false)), "startup");
  EXPECT_EQ(text(start_events(Beginning::HandOver, kPast, true, false)), "hand over");
  EXPECT_EQ(text(start_events(Beginning::HandOver, {}, true, false)),
            "hand over, without addresses");
  EXPECT_EQ(text(start_events(Beginning::Resume, kPast, true, false)), "resume");
}

TEST(Predecessor, WhoMayNotStayHandsOverAndDoesNotPreempt) {
  EXPECT_EQ(text(start_events(Beginning::Fresh, {}, false, false)), "startup");
  EXPECT_EQ(text(start_events(Beginning::HandOver, kPast, false, false)), "hand over, held");
  EXPECT_EQ(text(start_events(Beginning::Resume, kPast, false, false)), "resume, fail over");
}

TEST(Predecessor, AnOwnerHasNothingToHandOver) {
  EXPECT_EQ(text(start_events(Beginning::HandOver, kPast, false, true)), "startup");
  EXPECT_EQ(text(start_events(Beginning::Resume, kPast, false, true)), "resume");
}

}  // namespace
}  // namespace evenkeel::vrrp
