#include "daemon/balancer/refusals.h"

#include <cerrno>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const Refusals::TimePoint kStart{1h};

ipvs::ServiceKey web(std::uint16_t port = 80) {
  return {.protocol = ipvs::Protocol::Tcp,
          .address = boost::asio::ip::make_address("192.0.2.10"),
          .port = port};
}

ipvs::Operation operation(ipvs::OperationKind kind, std::uint16_t port = 80) {
  ipvs::Operation result;
  result.kind = kind;
  result.service.key = web(port);
  return result;
}

/// What refused() says of an operation of a plan that has no other.
std::optional<std::string> refuse(Refusals& refusals, int errno_value, Refusals::TimePoint now,
                                  const std::string& message = "refused",
                                  ipvs::OperationKind kind = ipvs::OperationKind::AddService) {
  refusals.trying(web(), now);
  auto news =
      refusals.refused(operation(kind), {.errno_value = errno_value, .message = message}, now);
  refusals.plan_done();
  return news;
}

TEST(Refusals, ThereIsNone) {
  const Refusals refusals;
  EXPECT_EQ(refusals.next_due(), Refusals::TimePoint::max());
  EXPECT_FALSE(refusals.contains(web()));
  EXPECT_FALSE(refusals.is_waiting(operation(ipvs::OperationKind::AddService), kStart));
  EXPECT_EQ(refusals.message(web()), "");
}

TEST(Refusals, AreNewsOnce) {
  Refusals refusals;
  EXPECT_EQ(refuse(refusals, EINVAL, kStart, "no address"), "no address");
  EXPECT_EQ(refuse(refusals, EINVAL, kStart + 1s, "no address"), std::nullopt);
  EXPECT_EQ(refuse(refusals, ENOMEM, kStart + 3s, "no memory"), "no memory");
  EXPECT_EQ(refusals.message(web()), "no memory");
  EXPECT_THAT(refusals.messages(), ElementsAre("no memory"));
}

TEST(Refusals, AreTriedAgainLaterAndLater) {
  Refusals refusals;
  Refusals::TimePoint now = kStart;
  for (const auto wait : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
    (void)refuse(refusals, EINVAL, now);
    EXPECT_EQ(refusals.next_due(), now + wait);
    EXPECT_TRUE(refusals.is_waiting(operation(ipvs::OperationKind::AddService), now + wait - 1ns));
    EXPECT_FALSE(refusals.is_waiting(operation(ipvs::OperationKind::AddService), now + wait));
    now += wait;
  }
}

TEST(Refusals, OnlyTheLikeOfItWaits) {
  Refusals refusals;
  (void)refuse(refusals, EINVAL, kStart, "refused", ipvs::OperationKind::SetDestination);
  ipvs::Operation set = operation(ipvs::OperationKind::SetDestination);
  EXPECT_TRUE(refusals.is_waiting(set, kStart));
  EXPECT_FALSE(refusals.is_waiting(operation(ipvs::OperationKind::RemoveDestination), kStart));
  EXPECT_FALSE(refusals.is_waiting(operation(ipvs::OperationKind::SetService), kStart));
  set.destination.weight = 0;
  EXPECT_FALSE(refusals.is_waiting(set, kStart)) << "who is down takes nothing new";
}

TEST(Refusals, AnUnknownSchedulerIsTriedSeldom) {
  Refusals refusals;
  (void)refuse(refusals, ENOENT, kStart);
  EXPECT_EQ(refusals.next_due(), kStart + 30s);
}

TEST(Refusals, WhatAFreshReadingMayCureIsTriedAtOnceThreeTimes) {
  for (const int errno_value : {EEXIST, ESRCH, ENOENT}) {
    Refusals refusals;
    const auto kind = errno_value == ENOENT ? ipvs::OperationKind::SetDestination
                                            : ipvs::OperationKind::AddService;
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(refuse(refusals, errno_value, kStart, "gone", kind), std::nullopt);
      EXPECT_EQ(refusals.next_due(), kStart);
      EXPECT_EQ(refusals.message(web()), "gone");
    }
    EXPECT_EQ(refuse(refusals, errno_value, kStart, "gone", kind), "gone");
    EXPECT_EQ(refusals.next_due(), kStart + 1s);
  }
}

TEST(Refusals, TheFirstOfAServiceIsTheCause) {
  Refusals refusals;
  EXPECT_EQ(refusals.refused(operation(ipvs::OperationKind::AddService),
                             {.errno_value = EINVAL, .message = "the service"}, kStart),
            "the service");
  EXPECT_EQ(refusals.refused(operation(ipvs::OperationKind::AddDestination),
                             {.errno_value = ESRCH, .message = "its destination"}, kStart),
            std::nullopt);
  EXPECT_EQ(refusals.message(web()), "the service");
}

TEST(Refusals, WhatIsTakenIsForgotten) {
  Refusals refusals;
  (void)refuse(refusals, EINVAL, kStart);
  refusals.trying(web(), kStart);
  refusals.plan_done();
  EXPECT_TRUE(refusals.contains(web())) << "it was not due: nobody tried it";
  refusals.trying(web(), kStart + 1s);
  refusals.plan_done();
  EXPECT_FALSE(refusals.contains(web()));
}

TEST(Refusals, APlanThatIsDroppedProvesNothing) {
  Refusals refusals;
  (void)refuse(refusals, EINVAL, kStart);
  refusals.trying(web(), kStart + 1s);
  refusals.plan_dropped();
  refusals.plan_done();
  EXPECT_TRUE(refusals.contains(web()));
}

TEST(Refusals, OneServiceSaysNothingOfAnother) {
  Refusals refusals;
  (void)refuse(refusals, EINVAL, kStart);
  refusals.trying(web(443), kStart + 1s);
  refusals.plan_done();
  EXPECT_TRUE(refusals.contains(web()));
  EXPECT_FALSE(refusals.contains(web(443)));
}

TEST(Refusals, AnotherConfigurationForgetsThem) {
  Refusals refusals;
  (void)refuse(refusals, EINVAL, kStart);
  refusals.forget();
  EXPECT_THAT(refusals.messages(), IsEmpty());
  EXPECT_EQ(refuse(refusals, EINVAL, kStart), "refused") << "news again";
  EXPECT_EQ(refusals.next_due(), kStart + 1s);
}

}  // namespace
}  // namespace evenkeel::daemon
