// What the instances follow, from the writer to the other node: main's results, and interfaces.
#include "two_nodes.h"

namespace evenkeel::vrrp {
namespace {

using enum TrackState;

std::vector<NamedTrackResult> nginx(TrackState state) {
  return {{TrackKind::Check, "nginx", {.state = state, .reason = "told"}}};
}

TrackConfig nginx_track(std::int16_t weight = 0) {
  return {.kind = TrackKind::Check,
          .name = "nginx",
          .effect = weight == 0 ? TrackEffect::Fault : TrackEffect::Weight,
          .weight = weight};
}

class WriterTracksTest : public TwoNodes {
 protected:
  void start(const Config& left) {
    left_->writer().configure(left, true);
    left_->writer().set_ready();
    on(Host::Right, [&] {
      right_->writer().configure(config_of({instance("right", 100)}), true);
      right_->writer().set_ready();
    });
  }
  void start(std::vector<TrackConfig> tracks) {
    InstanceConfig config = instance("left", 150);
    config.tracks = std::move(tracks);
    start(config_of({config}));
  }
  bool is_left_master() {
    return comes([&] {
      return left_->state() == State::Master && right_->state() == State::Backup &&
             is_installed("192.0.2.10");
    });
  }
  bool is_right_master() {
    return comes([&] {
      return right_->state() == State::Master && right_has("192.0.2.10") &&
             left_->state() != State::Master && !is_installed("192.0.2.10");
    });
  }
};

TEST_F(WriterTracksTest, MainsResultsDecideWhoIsMaster) {
  start({nginx_track(-100)});
  left_->writer().set_tracks(nginx(Holds));
  ASSERT_TRUE(is_left_master());
  left_->writer().set_tracks(nginx(Fails));
  ASSERT_TRUE(is_right_master());
  EXPECT_EQ(right_->reason(), Reason::Preempting);
  EXPECT_EQ(left_->statuses["web"].priority, 50);
  ASSERT_EQ(left_->statuses["web"].tracks.size(), 1U);
  EXPECT_EQ(left_->statuses["web"].tracks[0].reason, "told");
  EXPECT_EQ(notes_with("check nginx fails (told): -100, priority 50"), 1U);
  left_->writer().set_tracks(nginx(Holds));
  EXPECT_TRUE(is_left_master());
}

TEST_F(WriterTracksTest, AFaultIsAPlannedHandOver) {
  start({nginx_track()});
  left_->writer().set_tracks(nginx(Holds));
  ASSERT_TRUE(is_left_master());
  left_->writer().set_tracks(nginx(Fails));
  ASSERT_TRUE(is_right_master());
  EXPECT_EQ(right_->reason(), Reason::MasterReleased);
  EXPECT_TRUE(comes([&] { return left_->reason() == Reason::TrackFailed; }));
  EXPECT_TRUE(comes([&] { return left_->state() == State::Initialize; }));
}

TEST_F(WriterTracksTest, AnInstanceThatComesLaterKnowsWhatMainHasToldBefore) {
  InstanceConfig first = instance("left", 150);
  first.tracks = {nginx_track()};
  left_->writer().configure(config_of({first}), true);
  left_->writer().set_tracks(nginx(Fails));
  ASSERT_TRUE(comes([&] { return left_->reason() == Reason::TrackFailed; }));
  InstanceConfig second = instance("left", 150);
  second.name = "second";
  second.virtual_router_id = 62;
  second.virtual_addresses = {host_address("192.0.2.20")};
  second.tracks = {nginx_track(-100)};
  left_->writer().configure(config_of({first, second}), true);
  EXPECT_TRUE(comes([&] { return left_->statuses["second"].priority == 50; }));
}

TEST_F(WriterTracksTest, TracksOfASyncGroupCountForItsMembers) {
  InstanceConfig second = instance("left", 150);
  second.name = "second";
  second.virtual_router_id = 62;
  second.virtual_addresses = {host_address("192.0.2.20")};
  Config config = config_of({instance("left", 150), second});
  config.sync_groups = {
      {.name = "both", .instances = {"web", "second"}, .tracks = {nginx_track(-30)}}};
  left_->writer().configure(config, true);
  left_->writer().set_tracks(nginx(Fails));
  const auto have = [&](std::uint8_t priority) {
    return comes([&, priority] {
      return left_->statuses["web"].priority == priority &&
             left_->statuses["second"].priority == priority;
    });
  };
  EXPECT_TRUE(have(120));
  config.sync_groups[0].tracks = {nginx_track(-50)};
  left_->writer().configure(config, true);
  EXPECT_TRUE(have(100));
  config.sync_groups[0].tracks.clear();
  left_->writer().configure(config, true);
  EXPECT_TRUE(have(150));
}

TEST_F(WriterTracksTest, AnInterfaceIsFollowedByTheWriter) {
  add_cable("leftsync", "rightsync");
  start({{.kind = TrackKind::Interface, .name = "leftsync"},
         {.kind = TrackKind::Interface,
          .name = "elsewhere",
          .effect = TrackEffect::Weight,
          .weight = -10}});
  ASSERT_TRUE(is_left_master());
  EXPECT_EQ(left_->statuses["web"].priority, 140);
  ASSERT_EQ(left_->statuses["web"].tracks.size(), 2U);
  EXPECT_EQ(left_->statuses["web"].tracks[0].state, Holds);
  EXPECT_EQ(left_->statuses["web"].tracks[1].reason, "missing");
  run(Host::Left, "ip link set leftsync down");
  ASSERT_TRUE(is_right_master());
  EXPECT_TRUE(comes([&] { return left_->state() == State::Initialize; }));
  EXPECT_EQ(left_->statuses["web"].tracks[0].reason, "down");
  // An alternative name is a name.
  run(Host::Left, "ip link property add dev left altname elsewhere");
  run(Host::Left, "ip link set leftsync up");
  ASSERT_TRUE(is_left_master());
  EXPECT_EQ(left_->statuses["web"].priority, 150);
}

}  // namespace
}  // namespace evenkeel::vrrp
