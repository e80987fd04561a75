#include "vrrp/predecessor.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

const InterfaceAddress kVirtual{make_address("192.0.2.10"), 32};
const TimePoint kNow{1000s};

InstanceConfig web() {
  InstanceConfig config;
  config.interface = "eth0";
  config.virtual_addresses = {kVirtual};
  return config;
}

Interface eth0(bool has_virtual) {
  Interface found{.index = 3, .name = "eth0", .is_up = true};
  if (has_virtual) found.addresses = {{.interface_index = 3, .address = kVirtual}};
  return found;
}

PageRecord record(PageState state) {
  return {.state = state, .last_advertisement = kNow - 500ms};
}

/// "resume", "resume, hand over", "startup", "startup, release".
std::string text(const std::vector<Event>& events) {
  std::string result;
  for (const Event& event : events) {
    if (std::holds_alternative<Resume>(event)) result += "resume";
    if (const auto* startup = std::get_if<Startup>(&event)) {
      result += startup->release ? "startup, release" : "startup";
    }
    if (const auto* leave = std::get_if<Leave>(&event)) {
      result += leave->purpose == LeaveFor::Failover ? ", hand over" : ", stop";
    }
  }
  return result;
}

std::string start(const std::optional<PageRecord>& record, const Interface* interface,
                  bool may_stay = true, const InstanceConfig& config = web()) {
  return text(start_events(record, interface, config, may_stay, kNow));
}

TEST(Predecessor, ThereWasNone) {
  const Interface interface = eth0(true);
  EXPECT_EQ(start(std::nullopt, &interface), "startup");
}

TEST(Predecessor, AMasterIsResumed) {
  const Interface interface = eth0(true);
  EXPECT_EQ(start(record(PageState::Master), &interface), "resume");
  EXPECT_EQ(start(record(PageState::LeftUnanswered), &interface), "resume");
}

TEST(Predecessor, WhoMayNotStayHandsOver) {
  const Interface interface = eth0(true);
  EXPECT_EQ(start(record(PageState::Master), &interface, false), "resume, hand over");
  EXPECT_EQ(start(record(PageState::NotMaster), &interface, false), "startup");
  InstanceConfig owner = web();
  owner.priority = kOwnerPriority;
  EXPECT_EQ(start(record(PageState::Master), &interface, false, owner), "resume");
}

TEST(Predecessor, WhoIsTooLateReleasesFirst) {
  const Interface interface = eth0(true);
  for (const bool may_stay : {true, false}) {
    PageRecord old = record(PageState::Master);
    old.last_advertisement = kNow - 10s;
    EXPECT_EQ(start(old, &interface, may_stay), "startup, release")
        << "a peer may still take us for the Master";
    EXPECT_EQ(start(record(PageState::Leaving), &interface, may_stay), "startup, release");
  }
}

TEST(Predecessor, WithoutItsAddressesThereIsNothingToResumeOrRelease) {
  const Interface interface = eth0(false);
  EXPECT_EQ(start(record(PageState::Master), &interface), "startup");
  EXPECT_EQ(start(record(PageState::Master), nullptr), "startup");
}

TEST(Predecessor, ABackupHadNothingToRelease) {
  const Interface interface = eth0(true);
  EXPECT_EQ(start(record(PageState::NotMaster), &interface), "startup");
}

TEST(Predecessor, OnlyWhatAMasterHeldIsTakenUp) {
  const Interface interface = eth0(true);
  const InstalledAddress leftover{.interface_index = 3, .address = kVirtual, .is_ours = true};
  EXPECT_TRUE(is_taken_up(leftover, record(PageState::Master), &interface, web()));
  EXPECT_TRUE(is_taken_up(leftover, record(PageState::LeftUnanswered), &interface, web()));
  EXPECT_FALSE(is_taken_up(leftover, record(PageState::NotMaster), &interface, web()));
  EXPECT_FALSE(is_taken_up(leftover, std::nullopt, &interface, web()));
  EXPECT_FALSE(is_taken_up(leftover, record(PageState::Master), nullptr, web()));
}

TEST(Predecessor, AnotherAddressOrInterfaceIsNobodys) {
  const Interface interface = eth0(true);
  const InstalledAddress elsewhere{.interface_index = 4, .address = kVirtual, .is_ours = true};
  EXPECT_FALSE(is_taken_up(elsewhere, record(PageState::Master), &interface, web()));
  const InstalledAddress other{
      .interface_index = 3, .address = {make_address("192.0.2.11"), 32}, .is_ours = true};
  EXPECT_FALSE(is_taken_up(other, record(PageState::Master), &interface, web()));
}

}  // namespace
}  // namespace evenkeel::vrrp
