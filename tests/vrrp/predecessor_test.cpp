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

bool resumes(const Event& event) {
  return std::holds_alternative<Resume>(event);
}

/// Of a start that is none of Resume.
bool releases(const Event& event) {
  return std::get<Startup>(event).release;
}

TEST(Predecessor, ThereWasNone) {
  const Interface interface = eth0(true);
  const Event start = start_event(std::nullopt, &interface, web(), true, kNow);
  ASSERT_FALSE(resumes(start));
  EXPECT_FALSE(releases(start));
}

TEST(Predecessor, AMasterIsResumed) {
  const Interface interface = eth0(true);
  EXPECT_TRUE(resumes(start_event(record(PageState::Master), &interface, web(), true, kNow)));
}

TEST(Predecessor, WhoMayNotResumeReleasesFirst) {
  const Interface interface = eth0(true);
  const Event start = start_event(record(PageState::Master), &interface, web(), false, kNow);
  ASSERT_FALSE(resumes(start));
  EXPECT_TRUE(releases(start)) << "a peer still takes us for the Master";
}

TEST(Predecessor, WithoutItsAddressesThereIsNothingToResumeOrRelease) {
  const Interface interface = eth0(false);
  for (const Interface* each : {&interface, static_cast<const Interface*>(nullptr)}) {
    const Event start = start_event(record(PageState::Master), each, web(), true, kNow);
    ASSERT_FALSE(resumes(start));
    EXPECT_FALSE(releases(start));
  }
}

TEST(Predecessor, ABackupHadNothingToRelease) {
  const Interface interface = eth0(true);
  const Event start = start_event(record(PageState::NotMaster), &interface, web(), true, kNow);
  ASSERT_FALSE(resumes(start));
  EXPECT_FALSE(releases(start));
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
