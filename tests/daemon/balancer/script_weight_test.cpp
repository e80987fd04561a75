// Checks that are scripts: who makes them, and the weights that they give.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/balancer/balancer_fixture.h"

namespace evenkeel::daemon {
namespace {

using checks::Reason;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ScriptWeights : public BalancerTest {
 protected:
  ScriptWeights() {
    ServiceConfig service = sample::service(80, 2);
    service.quorum = 2;
    ServerCheck script = service.real_servers[0].checks[0];
    script.check.probe = checks::ScriptCheck{.command = {"/bin/a"}, .dynamic_weight = true};
    service.real_servers[0].checks = {script};
    configure(service);
  }
  void configure(const ServiceConfig& service) {
    static_cast<void>(balancer_.configure(sample::config({service}), kNow));
  }
  void pass() {
    std::vector<checks::CheckOutcome> outcomes;
    for (const auto& list : {balancer_.check_list(), balancer_.script_list()}) {
      for (const auto& each : list) outcomes.push_back(sample::outcome(each.id, Reason::Passed));
    }
    static_cast<void>(balancer_.record(outcomes, kNow));
  }
  void weigh(std::optional<std::uint32_t> weight) {
    const checks::CheckId id = balancer_.script_list().at(0).id;
    weighed_ = balancer_.weigh(id, weight);
    const std::vector outcomes = {sample::outcome(id, Reason::Passed)};
    notices_ = balancer_.record(outcomes, kNow);
  }
  std::uint32_t wanted_weight() const {
    const auto entry = balancer_.wanted_service(0);
    const auto& key = balancer_.config()->services[0].real_servers[0].destination.key;
    return entry.destinations.at(key).weight;
  }

  void take_out() {
    const checks::CheckId id = balancer_.script_list().at(0).id;
    const std::vector outcomes(3, sample::outcome(id, Reason::ScriptExit, "1"));
    static_cast<void>(balancer_.record(outcomes, kNow));
  }

  std::vector<Notice> notices_, weighed_;
};

TEST_F(ScriptWeights, TheChecksProcessMakesNoScript) {
  EXPECT_THAT(balancer_.check_list(), SizeIs(1));
  ASSERT_THAT(balancer_.script_list(), SizeIs(1));
  EXPECT_TRUE(is_script(balancer_.script_list()[0].check));
  pass();
  balancer_.checks_lost();
  EXPECT_FALSE(balancer_.servers_of(0)[0].is_stale()) << "nobody was lost who makes it";
  EXPECT_TRUE(balancer_.servers_of(0)[1].is_stale());
}

TEST_F(ScriptWeights, ItsOutcomesSayNothingOfTheChecksProcess) {
  balancer_.checks_lost();
  EXPECT_FALSE(balancer_.snapshot({})[0].is_starting) << "the process that would start it is lost";
  ServiceConfig service = balancer_.config()->services[0];
  service.real_servers[1].checks = service.real_servers[0].checks;
  configure(service);
  balancer_.checks_lost();
  EXPECT_TRUE(balancer_.snapshot({})[0].is_starting) << "it makes none of these";
}

TEST_F(ScriptWeights, AStepToOrFromNothingIsTold) {
  pass();
  weigh(50);
  ASSERT_THAT(weighed_, SizeIs(1));
  EXPECT_EQ(weighed_[0].level, Severity::Debug);
  weigh(0);
  ASSERT_THAT(weighed_, SizeIs(1));
  EXPECT_EQ(weighed_[0].level, Severity::Info);
  EXPECT_EQ(weighed_[0].text,
            "service web80: weight of 10.0.0.1:80 changes from 50 to 0: its script says so");
  weigh(0);
  EXPECT_THAT(weighed_, IsEmpty());
  weigh(std::nullopt);
  ASSERT_THAT(weighed_, SizeIs(1));
  take_out();
  weigh(7);
  EXPECT_THAT(weighed_, IsEmpty()) << "it is not used";
}

TEST_F(ScriptWeights, TheKernelKeepsItOverARestart) {
  ipvs::ServiceEntry held = balancer_.wanted_service(0);
  for (const RealServerConfig& server : balancer_.config()->services[0].real_servers) {
    ipvs::Destination destination = server.destination;
    destination.weight = 50;
    held.destinations.emplace(destination.key, destination);
  }
  balancer_.adopt({{held.service.key, held}}, kNow);
  EXPECT_THAT(weights(), testing::ElementsAre(50, 1)) << "the second one has no such script";
  weigh(std::nullopt);
  EXPECT_THAT(weights(), testing::ElementsAre(1, 1)) << "the script wins";
  balancer_.adopt({{held.service.key, held}}, kNow);
  EXPECT_THAT(weights(), testing::ElementsAre(1, 1)) << "it has said so";
}

TEST_F(ScriptWeights, AWeightIsThatOfTheTable) {
  pass();
  static_cast<void>(balancer_.take_dirty());
  EXPECT_EQ(wanted_weight(), 1U);
  weigh(50);
  EXPECT_EQ(wanted_weight(), 50U);
  EXPECT_THAT(balancer_.take_dirty(), SizeIs(1));
  weigh(50);
  EXPECT_THAT(balancer_.take_dirty(), IsEmpty());
  weigh(std::nullopt);
  EXPECT_EQ(wanted_weight(), 1U);
  EXPECT_EQ(balancer_.snapshot({})[0].real_servers[0].weight, 1U);
}

TEST_F(ScriptWeights, TheQuorumCountsIt) {
  pass();
  static_cast<void>(balancer_.first_round_done(kNow));
  weigh(0);
  ASSERT_THAT(notices_, SizeIs(1));
  EXPECT_EQ(notices_[0].text, "service web80: quorum lost (1 of 2)");
  weigh(9);
  EXPECT_EQ(notices_.at(0).text, "service web80: quorum gained (10 of 2)");
}

TEST_F(ScriptWeights, ItStaysOverAReload) {
  pass();
  weigh(50);
  ServiceConfig service = balancer_.config()->services[0];
  service.quorum = 1;
  configure(service);
  EXPECT_EQ(wanted_weight(), 50U);
}

}  // namespace
}  // namespace evenkeel::daemon
