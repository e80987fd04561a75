// What changes around a running instance: its interface, its configuration.
#include <gtest/gtest.h>

#include "driven_instance.h"

namespace evenkeel::vrrp {
namespace {

const InterfaceChanged kUsable{std::nullopt, boost::asio::ip::make_address("192.0.2.5")};
const InterfaceChanged kDown{Reason::InterfaceDown, {}};

// The interface.

TEST(Interface, AMasterThatLosesItRemovesAtOnce) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(4s).on(kDown), "remove");
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::InterfaceDown);
  EXPECT_EQ(router.deadline(), std::nullopt);
}

TEST(Interface, AMasterWithoutRealTimeSaysThatItGoes) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(4s).on(InterfaceChanged{Reason::NotRealTime, {}}), "advertise 0, remove");
}

TEST(Interface, ComesBackAndListensForAWholeDownInterval) {
  DrivenInstance router = DrivenInstance::master();
  router.at(4s).on(kDown);
  EXPECT_EQ(router.at(4100ms).on(kUsable), "");
  EXPECT_EQ(router.state(), State::Backup);
  EXPECT_EQ(router.reason(), Reason::Started);
  router.waits();
  EXPECT_EQ(router.deadline(), 7709375us);
}

TEST(Interface, ABackupThatLosesItWaits) {
  DrivenInstance router = DrivenInstance::backup();
  EXPECT_EQ(router.on(kDown), "");
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.deadline(), std::nullopt);
}

TEST(Interface, AnotherProblemIsAnotherReason) {
  DrivenInstance router = DrivenInstance::backup();
  router.on(kDown);
  router.on(InterfaceChanged{Reason::InterfaceMissing, {}});
  EXPECT_EQ(router.reason(), Reason::InterfaceMissing);
  EXPECT_TRUE(router.reported());
  router.on(InterfaceChanged{Reason::InterfaceMissing, {}});
  EXPECT_FALSE(router.reported());
}

TEST(Interface, ANewSourceAddressMovesNothing) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.on(InterfaceChanged{std::nullopt, boost::asio::ip::make_address("192.0.2.20")}),
            "");
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_EQ(router.instance().source(), boost::asio::ip::make_address("192.0.2.20"));
  router.at(4s).hears(kHighAddress, 100);  // it was greater than the old one
  EXPECT_EQ(router.state(), State::Master);
}

TEST(Interface, DuringAWaitAfterGivingUpItBeginsAnew) {
  DrivenInstance router = DrivenInstance::master();
  router.on(AddressesInstalled{Installed::None});
  router.on(kDown);
  EXPECT_EQ(router.deadline(), std::nullopt);
  EXPECT_EQ(router.reason(), Reason::InterfaceDown);
  router.on(kUsable);
  EXPECT_EQ(router.state(), State::Backup);
}

TEST(Interface, OfAStoppedInstanceIsNoConcern) {
  DrivenInstance router = DrivenInstance::backup();
  router.on(Leave{});
  router.on(kDown);
  router.on(kUsable);
  EXPECT_EQ(router.reason(), Reason::Stopped);
}

TEST(Interface, OfAnOwnerThatComesBackMakesItMasterAtOnce) {
  InstanceConfig config = some_config();
  config.priority = 255;
  DrivenInstance router = DrivenInstance::master(config);
  router.on(kDown);
  EXPECT_EQ(router.on(kUsable), "install");
  EXPECT_EQ(router.reason(), Reason::AddressOwner);
}

// The configuration.

std::string reconfigure(DrivenInstance& router, void (*change)(InstanceConfig&)) {
  InstanceConfig config = router.instance().config();
  change(config);
  return router.on(Reconfigured{config});
}

TEST(Reconfigured, ToTheSameChangesNothing) {
  DrivenInstance master = DrivenInstance::master();
  EXPECT_EQ(reconfigure(master, [](InstanceConfig&) {}), "");
  EXPECT_FALSE(master.reported());
  DrivenInstance backup = DrivenInstance::backup();
  backup.at(2s);
  reconfigure(backup, [](InstanceConfig&) {});
  EXPECT_EQ(backup.deadline(), 2609375us);
}

TEST(Reconfigured, MasterInstallsOtherAddresses) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(
      reconfigure(router,
                  [](InstanceConfig& config) {
                    config.extra_addresses = {{boost::asio::ip::make_address("198.51.100.1"), 32}};
                  }),
      "install");
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_EQ(router.installed(), "announce");
  EXPECT_EQ(router.deadline(), 4609375us);
}

TEST(Reconfigured, MasterAdvertisesSoonAtAShorterInterval) {
  DrivenInstance router = DrivenInstance::master();
  reconfigure(router, [](InstanceConfig& c) { c.advertisement_interval = 100ms; });
  EXPECT_EQ(router.waits(), "advertise 100");
  EXPECT_EQ(router.now(), 3709375us);
  EXPECT_EQ(router.waits(), "advertise 100");
  EXPECT_EQ(router.now(), 3809375us);
}

TEST(Reconfigured, MasterAdvertisesInTimeAtALongerInterval) {
  DrivenInstance router = DrivenInstance::master();
  reconfigure(router, [](InstanceConfig& c) { c.advertisement_interval = 10s; });
  EXPECT_EQ(router.waits(), "advertise 100, announce");  // the peers learn it from this one
  EXPECT_EQ(router.now(), 4609375us);
  EXPECT_EQ(router.waits(), "advertise 100");
  EXPECT_EQ(router.now(), 14609375us);
}

TEST(Reconfigured, ToAShorterIntervalMakesNoMasterLate) {
  InstanceConfig config = some_config();
  config.advertisement_interval = 10s;
  DrivenInstance router = DrivenInstance::master(config);  // at 36093750us
  router.at(45s);
  reconfigure(router, [](InstanceConfig& c) { c.advertisement_interval = 1s; });
  EXPECT_EQ(router.on(AddressLost{}), "install");
  EXPECT_EQ(router.hears(kLowAddress, 50), "advertise 100, announce");
  EXPECT_EQ(router.state(), State::Master);
}

// It was late by the old interval, and is not by the new one.
TEST(Reconfigured, ToALongerIntervalALateMasterPutsBackWhatItHasLost) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(8s).on(AddressLost{}), "");
  reconfigure(router, [](InstanceConfig& c) { c.advertisement_interval = 10s; });
  EXPECT_EQ(router.expires(), "advertise 100, install, announce");
}

TEST(Reconfigured, MasterAnnouncesByANewSchedule) {
  DrivenInstance router = DrivenInstance::master();
  reconfigure(router, [](InstanceConfig& c) { c.announcements.at = {0s, 300ms}; });
  EXPECT_EQ(router.expires(), "announce");
  EXPECT_EQ(router.waits(), "announce");
  EXPECT_EQ(router.now(), 3909375us);
}

// The nodes of a pair are reloaded one after the other.
TEST(Reconfigured, BackupDoesNotForgetTheMastersInterval) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kHighAddress, 200);
  router.at(1100ms);
  reconfigure(router, [](InstanceConfig& c) { c.advertisement_interval = 100ms; });
  EXPECT_EQ(router.status().master_down_interval, 3609375us);
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.deadline(), 4609375us);
}

TEST(Reconfigured, BackupThatKnowsNoMasterListensAtTheNewInterval) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s);
  reconfigure(router, [](InstanceConfig& c) { c.advertisement_interval = 100ms; });
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.now(), 1260937500ns);
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.now(), 1360937500ns);
}

TEST(Reconfigured, BackupOfVersion2UsesItsOwnInterval) {
  InstanceConfig config = some_config();
  config.version = Version::V2;
  DrivenInstance router = DrivenInstance::backup(config);
  router.at(1s).hears(kHighAddress, 200);
  router.at(2s);
  reconfigure(router, [](InstanceConfig& c) { c.advertisement_interval = 2s; });
  EXPECT_EQ(router.status().master_down_interval, 6609375us);
  router.waits();
  EXPECT_EQ(router.deadline(), 8609375us);
}

TEST(Reconfigured, BackupKeepsATakeoverThatWasAnnounced) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kHighAddress, 200);
  router.at(1500ms).hears(kHighAddress, 0);
  reconfigure(router, [](InstanceConfig& c) { c.priority = 50; });
  EXPECT_EQ(router.deadline(), 2109375us);
  EXPECT_EQ(router.status().priority, 50);
}

TEST(Reconfigured, AShorterPreemptDelayCountsFromWhereItBegan) {
  InstanceConfig config = some_config();
  config.preempt_delay = 1h;
  DrivenInstance router = DrivenInstance::backup(config);
  router.on(ReadinessChanged{true});
  router.at(1s).hears(kLowAddress, 50);
  router.at(2s);
  reconfigure(router, [](InstanceConfig& c) { c.preempt_delay = 2s; });
  router.at(2900ms).hears(kLowAddress, 50);  // accepted
  router.at(3000ms).hears(kLowAddress, 50);  // discarded
  EXPECT_EQ(router.deadline(), 6509375us);
}

TEST(Reconfigured, EndsAWaitAfterGivingUp) {
  DrivenInstance router = DrivenInstance::master();
  router.on(AddressesInstalled{Installed::None});
  reconfigure(router, [](InstanceConfig& c) { c.priority = 50; });
  EXPECT_EQ(router.state(), State::Backup);
}

TEST(Reconfigured, WithoutAnInterfaceChangesTheConfigurationOnly) {
  DrivenInstance router = DrivenInstance::backup();
  router.on(kDown);
  reconfigure(router, [](InstanceConfig& c) { c.priority = 50; });
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.status().priority, 50);
  EXPECT_EQ(router.deadline(), std::nullopt);
}

TEST(Reconfigured, WhileLeavingChangesNothingOfIt) {
  DrivenInstance router = DrivenInstance::master();
  router.at(4s).on(Leave{LeaveFor::Failover});
  EXPECT_EQ(reconfigure(router, [](InstanceConfig& c) { c.virtual_addresses.clear(); }), "");
  EXPECT_EQ(router.deadline(), 5196093750ns);
  EXPECT_EQ(router.waits(), "advertise 100, install");
}

}  // namespace
}  // namespace evenkeel::vrrp
