#include "daemon/tracking/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/balancer/sample.h"

namespace evenkeel::daemon {
namespace {

using checks::Reason;
using vrrp::TrackKind;
using vrrp::TrackResult;
using vrrp::TrackState;

class Judged : public testing::Test {
 protected:
  Judged() {
    auto config = std::make_shared<Config>();
    config->services = {sample::service(80, 1), sample::service(81, 3)};
    ServerCheck check = sample::tcp_check();
    check.name = "nginx";
    check.check.address = sample::ip("127.0.0.1");
    config->tracked.checks = {check};
    config->tracked.services = {{.service = 1, .counts_servers = true}};
    static_cast<void>(balancer_.configure(config, {}));
  }
  void tell(const checks::Check& check, Reason reason, int times = 1) {
    for (const checks::ListedCheck& listed : balancer_.check_list()) {
      if (!(listed.check == check)) continue;
      const std::vector<checks::CheckOutcome> outcomes = {sample::outcome(listed.id, reason)};
      for (int i = 0; i < times; ++i) static_cast<void>(balancer_.record(outcomes, {}));
    }
  }
  void tell(Reason reason, int times = 1) {
    tell(balancer_.config()->tracked.checks[0].check, reason, times);
  }
  void tell_server(std::size_t server, Reason reason, int times = 1) {
    tell(balancer_.config()->services[1].real_servers[server].checks[0].check, reason, times);
  }
  TrackResult check() const { return judge(balancer_)[0].result; }
  TrackResult service() const { return judge(balancer_)[1].result; }

  Balancer balancer_;
};

TrackResult result(TrackState state, std::string reason = "", std::int32_t number = 0,
                   bool is_stale = false) {
  return {.state = state, .is_stale = is_stale, .number = number, .reason = std::move(reason)};
}

TEST_F(Judged, NamesWhatIsFollowed) {
  const auto all = judge(balancer_);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].kind, TrackKind::Check);
  EXPECT_EQ(all[0].name, "nginx");
  EXPECT_EQ(all[1].kind, TrackKind::Service);
  EXPECT_EQ(all[1].name, "web81");
}

TEST_F(Judged, ACheckIsUnknownUntilItsVerdict) {
  EXPECT_EQ(check(), result(TrackState::Unknown));
  tell(Reason::Passed);
  EXPECT_EQ(check(), result(TrackState::Holds));
}

TEST_F(Judged, ACheckFailsInTheWordsOfItsReason) {
  tell(Reason::Passed);
  tell(Reason::ConnectRefused, 2);
  EXPECT_EQ(check(), result(TrackState::Holds, "connect refused (2 of 3)"));
  tell(Reason::ConnectRefused);
  EXPECT_EQ(check(), result(TrackState::Fails, "connect refused"));
  tell(Reason::Passed);
  EXPECT_EQ(check(), result(TrackState::Fails, "passes again (1 of 2)"));
  tell(Reason::Passed);
  EXPECT_EQ(check(), result(TrackState::Holds));
}

TEST_F(Judged, ACheckThatCannotBeMadeCannotRun) {
  tell(Reason::LocalError, 2);
  EXPECT_EQ(check(), result(TrackState::Unknown));
  tell(Reason::LocalError);
  EXPECT_EQ(check(), result(TrackState::CannotRun, "local error"));
  tell(Reason::ConnectRefused);
  EXPECT_EQ(check(), result(TrackState::Fails, "connect refused"));
}

TEST_F(Judged, AProbeThatCouldNotBeMadeIsNotWhatIsCounted) {
  tell(Reason::Passed);
  tell(Reason::ConnectRefused, 2);
  tell(Reason::LocalError);
  EXPECT_EQ(check(), result(TrackState::Holds, "local error"));
  tell(Reason::ConnectRefused);
  EXPECT_EQ(check(), result(TrackState::Fails, "connect refused"));
  tell(Reason::LocalError);
  EXPECT_EQ(check(), result(TrackState::Fails, "local error; its last verdict stands"));
}

TEST_F(Judged, ACheckIsStaleWithoutItsProcess) {
  balancer_.checks_lost();
  EXPECT_EQ(check(), result(TrackState::Unknown));
  tell(Reason::Passed);
  balancer_.checks_lost();
  EXPECT_EQ(check(), result(TrackState::Holds, "", 0, true));
}

TEST_F(Judged, AServiceFailsWithItsQuorum) {
  EXPECT_EQ(service(), result(TrackState::Unknown, "starting"));
  for (const std::size_t server : {0U, 1U, 2U}) tell_server(server, Reason::Passed);
  static_cast<void>(balancer_.first_round_done({}));
  EXPECT_EQ(service(), result(TrackState::Holds));
  tell_server(0, Reason::ConnectRefused, 3);
  EXPECT_EQ(service(), result(TrackState::Holds, "", 1));
  tell_server(1, Reason::ConnectRefused, 3);
  tell_server(2, Reason::ConnectRefused, 3);
  EXPECT_EQ(service(), result(TrackState::Fails, "quorum lost (0 of 1)", 3));
}

TEST_F(Judged, AServiceOfWhichNothingCanBeCheckedCannotRun) {
  for (const std::size_t server : {0U, 1U, 2U}) tell_server(server, Reason::Passed);
  static_cast<void>(balancer_.first_round_done({}));
  for (const std::size_t server : {0U, 1U, 2U}) tell_server(server, Reason::LocalError, 3);
  EXPECT_EQ(service(), result(TrackState::CannotRun, "no real server can be checked"));
}

TEST(JudgedService, CountsServersOnlyForWhoWantsToKnow) {
  const ServiceHealth health{.is_known = true, .has_quorum = true, .down = 2};
  EXPECT_EQ(judge(health, true).number, 2);
  EXPECT_EQ(judge(health, false).number, 0);
}

}  // namespace
}  // namespace evenkeel::daemon
