#include "vrrp/address_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::error_code kRefused = std::make_error_code(std::errc::permission_denied);

InterfaceAddress numbered(std::uint32_t number) {
  return {boost::asio::ip::address_v4(0x0A000000U + number), 32};
}

/// So many virtual ones first.
AddressTask task_of(std::uint32_t count, std::size_t virtual_ones) {
  AddressTask task;
  task.interface = "eth0";
  for (std::uint32_t i = 0; i < count; ++i) task.additions.push_back(numbered(i));
  task.virtual_ones = virtual_ones;
  return task;
}

TEST(AddressTask, IsDoneInPieces) {
  AddressTask task = task_of(101, 1);
  EXPECT_EQ(task.next_additions().size(), 1U) << "the virtual ones are on their own";
  task.add_done(1);
  EXPECT_EQ(task.next_additions().size(), 64U);
  task.add_done(64);
  EXPECT_EQ(task.next_additions().front(), numbered(65));
  EXPECT_FALSE(task.is_done());
  task.add_done(task.next_additions().size());
  EXPECT_TRUE(task.is_done());
  EXPECT_TRUE(task.next_additions().empty());
}

TEST(AddressTask, FewAreOnePiece) {
  AddressTask task = task_of(64, 1);
  EXPECT_EQ(task.next_additions().size(), 64U);
  EXPECT_TRUE(task.begins_virtual_ones());
  EXPECT_TRUE(task.begins_others());
  AddressTask extra = task_of(3, 0);
  EXPECT_FALSE(extra.begins_virtual_ones());
  EXPECT_TRUE(extra.begins_others());
}

TEST(AddressTask, ALeaseOutlastsTheWritingOfAll) {
  AddressTask few = task_of(100, 1);
  few.lease = 5s;
  EXPECT_EQ(few.lease_at(TimePoint(1s)), 5s);

  AddressTask many = task_of(16'000, 1);
  many.lease = 5s;
  many.began = TimePoint(1s);
  EXPECT_EQ(many.lease_at(TimePoint(1s)), 5s) << "the virtual one has its own renewal";
  EXPECT_TRUE(many.begins_virtual_ones());
  EXPECT_FALSE(many.begins_others());
  many.add_done(1);
  EXPECT_FALSE(many.begins_virtual_ones());
  EXPECT_TRUE(many.begins_others());
  const auto unmeasured = many.lease_at(TimePoint(1s));
  EXPECT_GT(unmeasured, 20s) << "the last time is not known";
  many.add_done(3'999);
  EXPECT_FALSE(many.begins_others());
  EXPECT_EQ(many.lease_at(TimePoint(4s)), 4 * 12s) << "a quarter took three seconds";
  many.took_before = 20s;
  EXPECT_EQ(many.lease_at(TimePoint(4s)), 4 * 20s);
  EXPECT_LT(many.lease_at(TimePoint(600s)), 2min) << "it was stopped meanwhile";
}

TEST(AddressTask, ALeaseThatEndsByItselfAndNoneStayWhatTheyAre) {
  AddressTask task = task_of(16'000, 1);
  EXPECT_FALSE(task.lease_at(TimePoint(1s)));
  task.lease = 10s;
  task.what = AddressTask::What::Abandon;
  EXPECT_EQ(task.lease_at(TimePoint(1s)), 10s);
}

TEST(AddressTask, RemovesFromOneInterfaceAtATime) {
  AddressTask task;
  task.removals = {{2, numbered(1)}, {2, numbered(2)}, {3, numbered(1)}};
  EXPECT_EQ(task.next_removals().size(), 2U);
  task.remove_done(2);
  EXPECT_EQ(task.next_removals().front().first, 3);
}

TEST(AddressTask, TellsOnceThatTheVirtualOnesAreThere) {
  AddressTask task = task_of(200, 70);
  task.add_done(64);
  EXPECT_FALSE(task.take_half_time());
  task.add_done(64);
  EXPECT_TRUE(task.take_half_time());
  EXPECT_FALSE(task.take_half_time());

  AddressTask refused = task_of(200, 1);
  refused.refuse(numbered(0), kRefused, false);
  refused.add_done(64);
  EXPECT_FALSE(refused.take_half_time());
  AddressTask renewal = task_of(200, 1);
  renewal.what = AddressTask::What::Renew;
  renewal.add_done(64);
  EXPECT_FALSE(renewal.take_half_time());
}

TEST(AddressTask, JudgesByTheVirtualOnes) {
  AddressTask task = task_of(3, 2);
  EXPECT_EQ(task.installed(), Installed::All);
  task.refuse(numbered(2), kRefused, false);
  EXPECT_EQ(task.installed(), Installed::Some);
  task.refuse(numbered(0), kRefused, false);
  EXPECT_EQ(task.installed(), Installed::Some);
  task.refuse(numbered(1), kRefused, false);
  EXPECT_EQ(task.installed(), Installed::None);
  task.had_some = true;
  EXPECT_EQ(task.installed(), Installed::AllButNew);
  task.refuse(numbered(1), kRefused, true);
  EXPECT_EQ(task.installed(), Installed::None) << "one that was there has gone";
}

TEST(AddressTask, ComplainsOncePerError) {
  AddressTask task = task_of(5, 1);
  for (std::uint32_t i = 0; i < 4; ++i) task.refuse(numbered(i), kRefused, false);
  task.refuse(numbered(4), std::make_error_code(std::errc::no_such_device), false);
  EXPECT_THAT(task.complaints({}),
              ElementsAre("cannot add 10.0.0.4/32 to eth0: No such device",
                          "cannot add 10.0.0.0/32 and 3 more to eth0: Permission denied"));
  EXPECT_THAT(task.complaints({numbered(0), numbered(2), numbered(4)}),
              ElementsAre("cannot add 10.0.0.1/32 and 1 more to eth0: Permission denied"));
  EXPECT_THAT(task.complaints({numbered(0), numbered(1), numbered(2), numbered(3), numbered(4)}),
              IsEmpty());
}

}  // namespace
}  // namespace evenkeel::vrrp
