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

/// A gateway at the other end of a second cable: the kernel there answers for its address.
class GatewayTest : public WriterTracksTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    WriterTracksTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    add_cable("leftgate", "rightgate");
    run(Host::Left, "ip address add 198.51.100.2/24 dev leftgate");
    answer(true);
  }
  void answer(bool is_there) {
    const std::string prefix = make_address(GetParam()).is_v4() ? "/24" : "/64 nodad";
    const std::string place = GetParam() + (is_there ? prefix : prefix.substr(0, 3));
    run(Host::Right, (is_there ? "ip address add " : "ip address del ") + place + " dev rightgate");
  }
  void follow(std::int16_t weight) {
    InstanceConfig config = instance("left", 150);
    config.tracks = {{.kind = TrackKind::Gateway,
                      .name = "gate",
                      .effect = weight == 0 ? TrackEffect::Fault : TrackEffect::Weight,
                      .weight = weight}};
    Config all = config_of({config});
    all.gateways = {{.name = "gate",
                     .address = make_address(GetParam()),
                     .interface = "leftgate",
                     .interval = 100ms,
                     .timeout = 100ms}};
    start(all);
  }
  bool track_comes(TrackState state) {
    return comes([&] {
      const auto& tracks = left_->statuses["web"].tracks;
      return tracks.size() == 1 && tracks[0].state == state;
    });
  }
};
INSTANTIATE_TEST_SUITE_P(Families, GatewayTest, testing::Values("198.51.100.1", "2001:db8:1::1"),
                         [](const auto& given) {
                           return make_address(given.param).is_v4() ? "IPv4" : "IPv6";
                         });

TEST_P(GatewayTest, ThatFallsSilentMovesTheAddress) {
  follow(-100);
  ASSERT_TRUE(is_left_master());
  ASSERT_TRUE(track_comes(Holds));
  answer(false);
  ASSERT_TRUE(is_right_master());
  EXPECT_EQ(left_->statuses["web"].priority, 50);
  EXPECT_EQ(left_->statuses["web"].tracks[0].reason, "no answer");
  EXPECT_GE(notes_with("gateway gate fails (no answer): -100, priority 50"), 1U);
  answer(true);
  EXPECT_TRUE(is_left_master());
}

TEST_P(GatewayTest, WithoutAWeightIsAFault) {
  follow(0);
  ASSERT_TRUE(is_left_master());
  answer(false);
  ASSERT_TRUE(is_right_master());
  EXPECT_TRUE(comes([&] { return left_->state() == State::Initialize; }));
  EXPECT_EQ(left_->reason(), Reason::TrackFailed);
  answer(true);
  EXPECT_TRUE(is_left_master());
}

TEST_P(GatewayTest, WithoutItsCableFailsAtOnce) {
  follow(-100);
  ASSERT_TRUE(track_comes(Holds));
  run(Host::Left, "ip link set leftgate down");
  ASSERT_TRUE(track_comes(Fails));
  EXPECT_EQ(left_->statuses["web"].tracks[0].reason, "leftgate is down");
  run(Host::Left, "ip link set leftgate up");
  EXPECT_TRUE(track_comes(Holds));
}

/// A stranger says that it has the gateway's address, and answers a question that nobody here has
/// asked.
TEST_P(GatewayTest, IsNotWhoSpeaksUnasked) {
  follow(-100);
  ASSERT_TRUE(track_comes(Holds));
  answer(false);
  ASSERT_TRUE(track_comes(Fails));
  const MacAddress stranger{2, 0, 0, 0, 0, 9};
  on(Host::Right, [&] {
    auto frames = FrameSocket::open().value();
    for (int i = 0; i < 20; ++i) {
      (void)frames.send(index_of("rightgate"), announcement(make_address(GetParam()), stranger));
      std::this_thread::sleep_for(20ms);
    }
  });
  EXPECT_FALSE(
      comes([&] { return left_->statuses["web"].tracks[0].reason != "no answer"; }, 300ms));
}

}  // namespace
}  // namespace evenkeel::vrrp
