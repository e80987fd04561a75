#include "daemon/tracking/track_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using vrrp::NamedTrackResult;
using vrrp::TrackKind;
using vrrp::TrackResult;
using vrrp::TrackState;

NamedTrackResult one(TrackKind kind, std::string name, TrackState state, std::string reason = "",
                     std::int32_t number = 0) {
  return {.kind = kind,
          .name = std::move(name),
          .result = {.state = state, .is_stale = false, .number = number, .reason = reason}};
}
NamedTrackResult nginx(TrackState state, std::string reason = "") {
  return one(TrackKind::Check, "nginx", state, std::move(reason));
}

class Results : public testing::Test {
 protected:
  Results() {
    config_.services.resize(1);
    config_.services[0].name = "web";
    config_.tracked = {.checks = {{.name = "nginx", .check = {}}},
                       .services = {{.service = 0, .counts_servers = true}},
                       .files = {{.path = "/run/weight", .is_number = true}},
                       .units = {"nginx.service"},
                       .processes = {{.track = "haproxy", .name = "haproxy"}}};
    follow();
    static_cast<void>(results_.take_changes());
  }
  void follow() { results_.follow(config_); }
  std::vector<Notice> put(const NamedTrackResult& result) { return results_.put({result}); }
  TrackResult now(TrackKind kind) const {
    for (const NamedTrackResult& each : results_.all()) {
      if (each.kind == kind) return each.result;
    }
    return {.state = TrackState::Unknown, .reason = "not followed"};
  }

  Config config_;
  TrackResults results_;
};

TEST_F(Results, AreUnknownAtFirst) {
  EXPECT_THAT(
      results_.all(),
      ElementsAre(nginx(TrackState::Unknown), one(TrackKind::Service, "web", TrackState::Unknown),
                  one(TrackKind::File, "/run/weight", TrackState::Unknown),
                  one(TrackKind::Unit, "nginx.service", TrackState::Unknown),
                  one(TrackKind::Process, "haproxy", TrackState::Unknown)));
  EXPECT_THAT(results_.take_changes(), IsEmpty());
}

TEST_F(Results, AChangeHasOneLine) {
  EXPECT_THAT(put(nginx(TrackState::Holds)),
              ElementsAre(Notice{Severity::Debug, "track check nginx: holds"}));
  EXPECT_THAT(put(nginx(TrackState::Fails, "connect refused")),
              ElementsAre(Notice{Severity::Warning, "track check nginx: fails: connect refused"}));
  EXPECT_THAT(put(nginx(TrackState::Fails, "connect refused")), IsEmpty());
  EXPECT_THAT(put(nginx(TrackState::CannotRun, "local error")),
              ElementsAre(Notice{Severity::Error, "track check nginx: cannot run: local error"}));
  EXPECT_THAT(put(nginx(TrackState::Holds)),
              ElementsAre(Notice{Severity::Info, "track check nginx: holds"}));
}

TEST_F(Results, AnotherReasonIsToldAndNotLogged) {
  static_cast<void>(put(nginx(TrackState::Fails, "connect refused")));
  EXPECT_THAT(results_.take_changes(), SizeIs(1));
  EXPECT_THAT(put(nginx(TrackState::Fails, "connect timeout")), IsEmpty());
  EXPECT_THAT(results_.take_changes(), SizeIs(1));
  EXPECT_THAT(put(nginx(TrackState::Fails, "connect timeout")), IsEmpty());
  EXPECT_THAT(results_.take_changes(), IsEmpty());
}

TEST_F(Results, NumbersHaveLinesToo) {
  EXPECT_THAT(put(one(TrackKind::File, "/run/weight", TrackState::Holds, "", -20)),
              ElementsAre(Notice{Severity::Info, "track file /run/weight: -20"}));
  EXPECT_THAT(put(one(TrackKind::File, "/run/weight", TrackState::CannotRun, "empty", -20)),
              ElementsAre(Notice{Severity::Error, "track file /run/weight: cannot run: empty"}));
  EXPECT_THAT(put(one(TrackKind::Service, "web", TrackState::Holds, "", 1)),
              ElementsAre(Notice{Severity::Info, "track service web: holds, 1 real server down"}));
  EXPECT_THAT(put(one(TrackKind::Service, "web", TrackState::Fails, "quorum lost (0 of 1)", 2)),
              ElementsAre(Notice{Severity::Warning,
                                 "track service web: fails: quorum lost (0 of 1), 2 real servers "
                                 "down"}));
}

TEST_F(Results, OfWhatNobodyFollowsAreIgnored) {
  EXPECT_THAT(put(one(TrackKind::Check, "other", TrackState::Fails)), IsEmpty());
  EXPECT_THAT(results_.take_changes(), IsEmpty());
}

TEST_F(Results, StayOverAReload) {
  static_cast<void>(put(nginx(TrackState::Fails, "connect refused")));
  static_cast<void>(results_.take_changes());
  follow();
  EXPECT_THAT(results_.take_changes(), IsEmpty());
  EXPECT_EQ(now(TrackKind::Check).state, TrackState::Fails);
  config_.tracked.checks.clear();
  follow();
  EXPECT_THAT(results_.take_changes(), IsEmpty()) << "what is not followed is not told";
  config_.tracked.checks = {{.name = "nginx", .check = {}}};
  follow();
  EXPECT_EQ(now(TrackKind::Check).state, TrackState::Unknown) << "as if never seen";
}

TEST_F(Results, OfAFileThatIsFollowedInAnotherWayAreForgotten) {
  static_cast<void>(put(one(TrackKind::File, "/run/weight", TrackState::Holds, "", -20)));
  config_.tracked.files[0].is_number = false;
  follow();
  EXPECT_EQ(now(TrackKind::File).state, TrackState::Unknown);
}

TEST_F(Results, OfLooksAreStaleWhileALookDoesNotEnd) {
  static_cast<void>(put(nginx(TrackState::Holds)));
  static_cast<void>(put(one(TrackKind::Process, "haproxy", TrackState::Holds)));
  results_.set_looks_stale(true);
  EXPECT_TRUE(now(TrackKind::Process).is_stale);
  EXPECT_FALSE(now(TrackKind::Check).is_stale);
  EXPECT_FALSE(now(TrackKind::File).is_stale) << "nothing is known of it";
  static_cast<void>(results_.take_changes());
  results_.set_looks_stale(false);
  EXPECT_FALSE(now(TrackKind::Process).is_stale);
  EXPECT_THAT(results_.take_changes(), SizeIs(1));
}

}  // namespace
}  // namespace evenkeel::daemon
