#include "vrrp/track_board.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using enum TrackState;

NamedTrackResult result(const char* name, TrackState state, const char* reason = "") {
  return {TrackKind::Check, name, {.state = state, .reason = reason}};
}

TrackConfig check(const char* name) {
  return {.kind = TrackKind::Check, .name = name};
}

Config following(std::vector<TrackConfig> instance, std::vector<TrackConfig> group = {}) {
  Config config;
  config.instances.emplace_back().tracks = std::move(instance);
  config.sync_groups.emplace_back().tracks = std::move(group);
  return config;
}

struct Text {
  std::string text;
  explicit Text(const std::vector<TrackNews>& news) {
    for (const TrackNews& each : news) {
      text += std::to_string(each.id) + ":";
      for (const NamedTrackResult& of_it : each.results) {
        text += " " + of_it.name + " " + std::string(name(of_it.result.state));
      }
      text += ";";
    }
  }
};

std::string text(const std::vector<TrackNews>& news) {
  return Text(news).text;
}

TEST(TrackBoard, TellsEachFollowerOnceOfWhatIsNew) {
  const std::vector<TrackConfig> a = {check("nginx"), check("mysql")};
  const std::vector<TrackConfig> b = {check("nginx")};
  TrackBoard board;
  const TrackFollower followers[] = {{1, &a, &b}, {2, &b, &b}};
  board.set_followers(followers, {});
  EXPECT_EQ(text(board.set(std::vector{result("nginx", Fails), result("mysql", Holds),
                                       result("other", Fails)})),
            "1: nginx fails mysql holds;2: nginx fails;");
  EXPECT_EQ(text(board.set(std::vector{result("nginx", Fails), result("mysql", Fails)})),
            "1: mysql fails;");
  EXPECT_EQ(text(board.set(std::vector{NamedTrackResult{TrackKind::Unit, "nginx", {Holds}}})), "");
}

TEST(TrackBoard, KeepsWhatAnInstanceThatIsStillToComeFollows) {
  const Config config = following({check("nginx")}, {check("cable")});
  TrackBoard board;
  board.set_followers({}, config);
  EXPECT_EQ(text(board.set(std::vector{result("nginx", Fails), result("cable", Holds)})), "");
  EXPECT_EQ(board.known(config.instances[0].tracks, config.sync_groups[0].tracks),
            (std::vector{result("nginx", Fails), result("cable", Holds)}));
}

TEST(TrackBoard, ForgetsWhatNobodyFollowsAnyMore) {
  const std::vector<TrackConfig> tracks = {check("nginx")};
  TrackBoard board;
  board.set_followers({}, following(tracks));
  (void)board.set(std::vector{result("nginx", Fails)});
  board.set_followers({}, {});
  board.set_followers({}, following(tracks));
  EXPECT_TRUE(board.known(tracks, {}).empty());
}

TEST(TrackBoard, OfWhatCannotRunTheLastVerdictIsKnownToo) {
  const std::vector<TrackConfig> tracks = {check("nginx")};
  TrackBoard board;
  board.set_followers({}, following(tracks));
  (void)board.set(std::vector{result("nginx", Holds)});
  (void)board.set(std::vector{result("nginx", Fails)});
  (void)board.set(std::vector{result("nginx", CannotRun)});
  (void)board.set(std::vector{result("nginx", CannotRun, "no such file")});
  EXPECT_EQ(board.known(tracks, {}),
            (std::vector{result("nginx", Fails), result("nginx", CannotRun, "no such file")}));
  (void)board.set(std::vector{result("nginx", Holds)});
  EXPECT_EQ(board.known(tracks, {}), (std::vector{result("nginx", Holds)}));
}

TEST(TrackBoard, NamesAreOfOneKind) {
  TrackBoard board;
  board.set_followers({},
                      following({check("nginx"), {TrackKind::Interface, "eth1"}},
                                {{TrackKind::Interface, "eth0"}, {TrackKind::Interface, "eth1"}}));
  EXPECT_EQ(board.names(TrackKind::Interface), (std::vector<std::string>{"eth0", "eth1"}));
}

}  // namespace
}  // namespace evenkeel::vrrp
