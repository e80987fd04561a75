#include "vrrp/failover.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

InstanceStatus status(State state, bool is_leaving = false) {
  InstanceStatus out;
  out.state = state;
  out.is_leaving = is_leaving;
  return out;
}

TEST(Failover, IsOverWhenTheInstanceIsBackup) {
  FailoverWatch watch(status(State::Master));
  EXPECT_EQ(watch.see(status(State::Master, true)), std::nullopt);
  EXPECT_EQ(watch.see(status(State::Backup)), FailoverOutcome::HandedOver);
}

TEST(Failover, NobodyAnsweredWhenItStaysMaster) {
  FailoverWatch watch(status(State::Master));
  EXPECT_EQ(watch.see(status(State::Master, true)), std::nullopt);
  EXPECT_EQ(watch.see(status(State::Master, true)), std::nullopt);
  EXPECT_EQ(watch.see(status(State::Master)), FailoverOutcome::NobodyAnswered);
}

TEST(Failover, AStatusFromBeforeTheLeaveSaysNothing) {
  FailoverWatch watch(status(State::Master));
  EXPECT_EQ(watch.see(status(State::Master)), std::nullopt);
  EXPECT_EQ(watch.see(status(State::Backup)), FailoverOutcome::HandedOver)
      << "it went between two reports";
}

TEST(Failover, OfAnInstanceThatIsLeavingAlready) {
  FailoverWatch watch(status(State::Master, true));
  EXPECT_EQ(watch.see(status(State::Master)), FailoverOutcome::NobodyAnswered);
}

TEST(Failover, ItsInterfaceMayGoMeanwhile) {
  FailoverWatch watch(status(State::Master));
  EXPECT_EQ(watch.see(status(State::Initialize)), FailoverOutcome::NotMaster);
}

}  // namespace
}  // namespace evenkeel::vrrp
