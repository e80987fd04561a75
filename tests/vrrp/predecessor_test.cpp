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

StartMode start_mode(const std::optional<PageRecord>& record, bool has_addresses = true) {
  return start_mode_of(previous_run_of(record, has_addresses), 1s, kNow);
}

TEST(Predecessor, AMasterIsResumed) {
  EXPECT_EQ(start_mode(record(PageState::Master)), StartMode::Resume);
  EXPECT_EQ(start_mode(record(PageState::LeftUnanswered, 9s)), StartMode::Resume);
}

TEST(Predecessor, WhoIsTooLateHandsOver) {
  EXPECT_EQ(start_mode(record(PageState::Master, 2500ms)), StartMode::HandOver);
  EXPECT_EQ(start_mode(record(PageState::Master, 1h)), StartMode::HandOver);
  EXPECT_EQ(start_mode(record(PageState::Leaving)), StartMode::HandOver);
}

TEST(Predecessor, WhoHasNothingBeginsAfresh) {
  EXPECT_EQ(start_mode(std::nullopt), StartMode::Fresh);
  EXPECT_EQ(start_mode(record(PageState::NotMaster)), StartMode::Fresh);
  EXPECT_EQ(start_mode(record(PageState::Master), false), StartMode::Fresh);
}

TEST(Predecessor, AGroupResumesAsOne) {
  std::array<StartMode, 2> all{StartMode::Resume, StartMode::Resume};
  agree(all);
  EXPECT_EQ(all, (std::array{StartMode::Resume, StartMode::Resume}));
  for (const StartMode other : {StartMode::HandOver, StartMode::Fresh}) {
    std::array<StartMode, 2> some{StartMode::Resume, other};
    agree(some);
    EXPECT_EQ(some, (std::array{StartMode::HandOver, StartMode::HandOver}));
  }
  std::array<StartMode, 2> late{StartMode::Fresh, StartMode::HandOver};
  agree(late);
  EXPECT_EQ(late, (std::array{StartMode::HandOver, StartMode::HandOver}));
  std::array<StartMode, 2> none{StartMode::Fresh, StartMode::Fresh};
  agree(none);
  EXPECT_EQ(none, (std::array{StartMode::Fresh, StartMode::Fresh}));
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

const PreviousRun kPreviousRun{
    .was_master = true, .last_advertisement = kNow - 3s, .has_addresses = true};

TEST(Predecessor, WhoMayStayBeginsAsItIs) {
  EXPECT_EQ(text(start_events(StartMode::Fresh, {}, true, false)), "startup");
  EXPECT_EQ(text(start_events(StartMode::HandOver, kPreviousRun, true, false)), "hand over");
  EXPECT_EQ(text(start_events(StartMode::HandOver, {}, true, false)),
            "hand over, without addresses");
  EXPECT_EQ(text(start_events(StartMode::Resume, kPreviousRun, true, false)), "resume");
}

TEST(Predecessor, WhoMayNotStayHandsOverAndDoesNotPreempt) {
  EXPECT_EQ(text(start_events(StartMode::Fresh, {}, false, false)), "startup");
  EXPECT_EQ(text(start_events(StartMode::HandOver, kPreviousRun, false, false)), "hand over, held");
  EXPECT_EQ(text(start_events(StartMode::Resume, kPreviousRun, false, false)), "resume, fail over");
}

TEST(Predecessor, AnOwnerHasNothingToHandOver) {
  EXPECT_EQ(text(start_events(StartMode::HandOver, kPreviousRun, false, true)), "startup");
  EXPECT_EQ(text(start_events(StartMode::Resume, kPreviousRun, false, true)), "resume");
}

}  // namespace
}  // namespace evenkeel::vrrp
