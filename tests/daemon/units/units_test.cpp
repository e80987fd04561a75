// From a state of an owner to the runs that the spawner is asked for.
#include "daemon/units/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

class UnitsTest : public testing::Test {
 protected:
  UnitsTest()
      : units_({.run =
                    [this](ProgramId program) {
                      runs_.push_back(program);
                      return runs_.size();
                    },
                .log = [](const std::vector<Notice>&) {},
                .wake = [this](auto time) { wake_at_ = time; },
                .on_results =
                    [this](const std::vector<vrrp::NamedTrackResult>& results) {
                      results_.insert(results_.end(), results.begin(), results.end());
                    },
                .watch = [this](const std::string& unit,
                                const std::string& group) { watched_[unit] = group; },
                .ignore = [this](const std::string& unit) { watched_.erase(unit); }}) {
    config_.instance_hooks["web"].units = {"a.service"};
    units_.configure(config_, ids_);
  }
  void end(const std::string& line) {
    RunEnded ended;
    ended.run = runs_.size();
    ended.last_line = line;
    units_.has_ended(ended);
  }
  /// Of the run that was asked for last.
  [[nodiscard]] std::vector<std::string> asked() const {
    for (const Program& each : ids_.list()) {
      if (each.id == runs_.back()) return each.arguments;
    }
    return {};
  }

  Config config_;
  ProgramIds ids_;
  std::vector<ProgramId> runs_;
  std::optional<std::chrono::steady_clock::time_point> wake_at_;
  std::vector<vrrp::NamedTrackResult> results_;
  std::map<std::string, std::string> watched_;
  Units units_;
};

TEST_F(UnitsTest, AStateBecomesALookAndAStart) {
  units_.want(instance_owner("web"), true);
  ASSERT_THAT(runs_, SizeIs(1));
  EXPECT_THAT(asked(), Contains("show"));
  RunEnded other;
  other.run = 4711;
  units_.has_ended(other);
  EXPECT_THAT(runs_, SizeIs(1));
  end("inactive");
  ASSERT_THAT(runs_, SizeIs(2));
  EXPECT_THAT(asked(), Contains("start"));
  EXPECT_FALSE(units_.is_settled());
  end("");
  EXPECT_TRUE(units_.is_settled());
  EXPECT_TRUE(wake_at_);
  EXPECT_THAT(units_.status(instance_owner("web")), SizeIs(1));
}

TEST_F(UnitsTest, AUnitThatIsFollowedIsLookedAtAndItsControlGroupWatched) {
  config_ = {};
  config_.tracked.units = {"b.service"};
  units_.configure(config_, ids_);
  EXPECT_THAT(runs_, IsEmpty());
  ASSERT_TRUE(wake_at_);
  units_.tick();
  ASSERT_THAT(asked(), Contains("--property=ActiveState"));
  end("active");
  ASSERT_THAT(results_, SizeIs(1));
  EXPECT_EQ(results_[0].result.state, vrrp::TrackState::Holds);
  ASSERT_THAT(asked(), Contains("--property=ControlGroup"));
  end("/system.slice/b.service");
  EXPECT_THAT(watched_, ElementsAre(Pair("b.service", "/system.slice/b.service")));
  units_.has_changed("b.service");
  units_.has_changed("other.service");
  config_ = {};
  ids_.begin();
  units_.configure(config_, ids_);
  EXPECT_THAT(watched_, IsEmpty());
}

}  // namespace
}  // namespace evenkeel::daemon
