// Main's side as a whole: the balancer, the thread that looks, and what is told.
#include "daemon/tracking/tracking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <pthread.h>

#include "tests/daemon/balancer/sample.h"
#include "tests/daemon/run_until.h"
#include "tests/daemon/tracking/temporary_folder.h"

namespace evenkeel::daemon {
namespace {

using vrrp::TrackKind;
using vrrp::TrackResult;
using vrrp::TrackState;

/// No thread can start, as long as the object lives: there is no room for its stack.
class NoThreads {
 public:
  NoThreads() {
    ::pthread_getattr_default_np(&before_);
    pthread_attr_t huge = before_;
    constexpr std::size_t kHuge = std::size_t{1} << 46U;
    EXPECT_EQ(::pthread_attr_setstacksize(&huge, kHuge), 0);
    EXPECT_EQ(::pthread_setattr_default_np(&huge), 0);
  }
  ~NoThreads() { ::pthread_setattr_default_np(&before_); }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  pthread_attr_t before_{};
};

class TrackingAll : public testing::Test {
 protected:
  void follow(Tracked tracked) {
    auto config = std::make_shared<Config>();
    config->tracked = std::move(tracked);
    static_cast<void>(balancer_.configure(config, {}));
    tracking_.configure();
  }
  TrackResult now(TrackKind kind, const std::string& name) const {
    const auto found = told_.find({kind, name});
    if (found != told_.end()) return found->second;
    return {.state = TrackState::Unknown, .reason = "not told"};
  }
  bool comes(TrackKind kind, const std::string& name, TrackState state) {
    return run_until(loop_, [&] { return now(kind, name).state == state; });
  }

  TemporaryFolder folder_;
  boost::asio::io_context loop_;
  Balancer balancer_;
  std::map<std::pair<TrackKind, std::string>, TrackResult> told_;  ///< last
  std::vector<Notice> log_;
  int tellings_ = 0;
  Tracking tracking_{loop_,
                     balancer_,
                     {.on_change =
                          [this](auto results) {
                            for (auto& each : results) told_[{each.kind, each.name}] = each.result;
                            ++tellings_;
                          },
                      .log =
                          [this](const std::vector<Notice>& notices) {
                            log_.insert(log_.end(), notices.begin(), notices.end());
                          }}};
};

TEST_F(TrackingAll, NothingIsToldWhereNothingIsFollowed) {
  follow({});
  tracking_.judge();
  EXPECT_EQ(tellings_, 0);
}

TEST_F(TrackingAll, ChecksFilesAndProcessesAreToldTogether) {
  const std::string path = folder_ / "weight";
  write(path, "-3");
  ServerCheck check = sample::tcp_check();
  check.name = "nginx";
  follow({.checks = {check},
          .files = {{.path = path, .is_number = true}},
          .processes = {{.track = "none", .name = "no-such-proc"}}});
  EXPECT_EQ(now(TrackKind::Check, "nginx").state, TrackState::Unknown);
  ASSERT_TRUE(comes(TrackKind::File, path, TrackState::Holds));
  EXPECT_EQ(now(TrackKind::File, path).number, -3);
  ASSERT_TRUE(comes(TrackKind::Process, "none", TrackState::Fails));

  const checks::CheckId id = balancer_.check_list()[0].id;
  const std::vector<checks::CheckOutcome> refused = {
      sample::outcome(id, checks::Reason::ConnectRefused)};
  static_cast<void>(balancer_.record(refused, {}));
  tracking_.judge();
  EXPECT_EQ(now(TrackKind::Check, "nginx").state, TrackState::Fails);
  EXPECT_EQ(now(TrackKind::File, path).number, -3);
  EXPECT_THAT(log_, ::testing::Contains(
                        Notice{Severity::Warning, "track check nginx: fails: connect refused"}));
  const int before = tellings_;
  static_cast<void>(balancer_.record(refused, {}));
  tracking_.judge();
  EXPECT_EQ(tellings_, before) << "nothing has changed";
}

TEST_F(TrackingAll, AThreadThatCannotStartIsTriedAgain) {
  const std::string path = folder_ / "there";
  write(path, "");
  {
    const NoThreads none;
    follow({.files = {{.path = path, .is_number = false}}});
  }
  ASSERT_EQ(log_.size(), 1U);
  EXPECT_THAT(log_[0].text, ::testing::StartsWith("cannot follow files and processes"));
  EXPECT_TRUE(comes(TrackKind::File, path, TrackState::Holds));
}

TEST_F(TrackingAll, AResultOfWhatWasFollowedBeforeIsNotTold) {
  const std::string path = folder_ / "weight";
  write(path, "7");
  follow({.files = {{.path = path, .is_number = false}}});
  follow({.files = {{.path = path, .is_number = true}}});
  ASSERT_TRUE(run_until(loop_, [&] { return now(TrackKind::File, path).number == 7; }));
  EXPECT_THAT(log_, ::testing::ElementsAre(Notice{Severity::Info, "track file " + path + ": 7"}))
      << "its presence would be the number 0";
}

TEST_F(TrackingAll, WhatIsKnownIsKnownAfterAReload) {
  const std::string path = folder_ / "weight";
  write(path, "7");
  follow({.files = {{.path = path, .is_number = true}},
          .processes = {{.track = "none", .name = "no-such-proc"}}});
  ASSERT_TRUE(comes(TrackKind::Process, "none", TrackState::Fails));
  follow({.files = {{.path = path, .is_number = true}}});
  follow({.files = {{.path = path, .is_number = true}},
          .processes = {{.track = "none", .name = "no-such-proc"}}});
  EXPECT_TRUE(comes(TrackKind::Process, "none", TrackState::Fails));
  EXPECT_EQ(now(TrackKind::File, path).number, 7);
}

TEST_F(TrackingAll, AReloadMayTakeEverythingAway) {
  const std::string path = folder_ / "weight";
  follow({.files = {{.path = path, .is_number = false}}});
  ASSERT_TRUE(comes(TrackKind::File, path, TrackState::Fails));
  follow({});
  told_.clear();
  follow({.files = {{.path = path, .is_number = false}}});
  EXPECT_TRUE(comes(TrackKind::File, path, TrackState::Fails));
}

}  // namespace
}  // namespace evenkeel::daemon
