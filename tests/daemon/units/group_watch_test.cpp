// Control groups as a folder of the test's own, with the notifications that the kernel gives.
#include "daemon/units/group_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "tests/daemon/run_until.h"
#include "tests/daemon/tracking/temporary_folder.h"

namespace evenkeel::daemon {
namespace {

namespace fs = std::filesystem;

class GroupWatching : public testing::Test {
 protected:
  GroupWatching() { make("system.slice"); }
  void make(const std::string& directory) { fs::create_directory(folder_ / directory); }
  /// As mkdir(2) does there: the group comes with its files.
  void make_group(const std::string& group) {
    const std::string name = group.substr(group.rfind('/') + 1);
    make(name + ".new");
    write(folder_ / (name + ".new/cgroup.events"), "populated 0\n");
    fs::rename(folder_ / (name + ".new"), folder_ / group);
  }
  void populate(const std::string& group, bool is_populated) {
    write(folder_ / (group + "/cgroup.events"), is_populated ? "populated 1\n" : "populated 0\n");
  }
  /// A change of this unit is told.
  bool is_told(const std::string& unit) {
    const bool comes = run_until(loop_, [&] { return told_[unit] > 0; });
    // What belongs to the same change.
    const auto end = std::chrono::steady_clock::now() + 3 * GroupWatch::kPause;
    while (std::chrono::steady_clock::now() < end) {
      loop_.restart();
      loop_.run_one_for(GroupWatch::kPause);
    }
    others_ += static_cast<int>(told_.size()) - 1;
    told_.clear();
    return comes;
  }

  TemporaryFolder folder_;
  boost::asio::io_context loop_;
  std::map<std::string, int> told_;
  int others_ = 0;
  GroupWatch watch_{loop_, folder_.path(), [this](const std::string& unit) { ++told_[unit]; }};
};

TEST_F(GroupWatching, TellsWhenItComesIsPopulatedAndGoes) {
  watch_.watch("a.service", "/system.slice/a.service");
  watch_.watch("b.service", "/system.slice/b.service");
  make_group("system.slice/a.service");
  EXPECT_TRUE(is_told("a.service"));
  populate("system.slice/a.service", true);
  EXPECT_TRUE(is_told("a.service"));
  populate("system.slice/a.service", false);
  EXPECT_TRUE(is_told("a.service"));
  fs::remove_all(folder_ / "system.slice/a.service");
  EXPECT_TRUE(is_told("a.service"));
  make_group("system.slice/a.service");
  EXPECT_TRUE(is_told("a.service")) << "again";
  EXPECT_EQ(others_, 0) << "each alone";
}

TEST_F(GroupWatching, AGroupThatIsThereAlreadyIsWatched) {
  make_group("system.slice/a.service");
  watch_.watch("a.service", "/system.slice/a.service");
  populate("system.slice/a.service", false);
  EXPECT_TRUE(is_told("a.service"));
}

TEST_F(GroupWatching, ASliceThatIsNotThereYetIsAwaited) {
  watch_.watch("a@1.service", "/system.slice/system-a.slice/a@1.service");
  make("system.slice/system-a.slice");
  EXPECT_TRUE(is_told("a@1.service"));
  make_group("system.slice/system-a.slice/a@1.service");
  EXPECT_TRUE(is_told("a@1.service"));
  populate("system.slice/system-a.slice/a@1.service", true);
  EXPECT_TRUE(is_told("a@1.service"));
  fs::remove_all(folder_ / "system.slice/system-a.slice");
  EXPECT_TRUE(is_told("a@1.service"));
  make("system.slice/system-a.slice");
  EXPECT_TRUE(is_told("a@1.service"));
}

TEST_F(GroupWatching, AnotherPlaceIsWatchedInsteadAndWhatIsIgnoredIsNot) {
  make_group("system.slice/a.service");
  make_group("system.slice/b.service");
  make("other.slice");
  watch_.watch("a.service", "/system.slice/a.service");
  watch_.watch("b.service", "/system.slice/b.service");
  watch_.watch("a.service", "/other.slice/a.service");
  watch_.ignore("c.service");
  populate("system.slice/a.service", false);
  make_group("other.slice/a.service");
  EXPECT_TRUE(is_told("a.service"));
  watch_.ignore("a.service");
  populate("other.slice/a.service", false);
  populate("system.slice/b.service", false);
  EXPECT_TRUE(is_told("b.service"));
  EXPECT_EQ(others_, 0);
}

TEST_F(GroupWatching, WithoutAMountNothingIsTold) {
  GroupWatch none(loop_, folder_ / "none", [this](const std::string& unit) { ++told_[unit]; });
  none.watch("a.service", "/system.slice/a.service");
  watch_.watch("b.service", "/system.slice/b.service");
  make_group("system.slice/b.service");
  EXPECT_TRUE(is_told("b.service"));
  EXPECT_EQ(others_, 0);
}

}  // namespace
}  // namespace evenkeel::daemon
