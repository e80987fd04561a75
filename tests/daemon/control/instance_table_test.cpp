#include "daemon/control/instance_table.h"

#include <gtest/gtest.h>

#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

std::string state_of(const InstanceSnapshot& instance) {
  std::string out;
  append_instance_state(out, instance);
  return out;
}

std::string table_of(const std::vector<InstanceSnapshot>& instances, bool color = false) {
  const InstanceTable table(instances);
  std::string out;
  table.append_titles(out);
  for (const InstanceSnapshot& instance : instances) {
    table.append_row(out, instance, healthy_snapshot().now, color);
  }
  return out;
}

TEST(InstanceTable, IsWhatTheManualShows) {
  EXPECT_EQ(table_of({master_instance()}),
            "INSTANCE  INTERFACE  VRID  STATE   PRIORITY        SINCE  VIRTUAL ADDRESSES\n"
            "web       eth0         61  MASTER  150             12d    192.0.2.10/24\n");
}

TEST(InstanceTable, ColumnsAreAsWideAsTheyMustBe) {
  InstanceSnapshot inside = failed_instance();
  inside.config.name = "inside-web";
  inside.config.interface = "bond0.4000";
  inside.config.virtual_router_id = 7;
  inside.since = {};
  inside.config.virtual_addresses.assign(7, inside.config.virtual_addresses[0]);
  InstanceSnapshot lowered = backup_instance();
  lowered.status.priority = 50;
  EXPECT_EQ(table_of({master_instance(), inside, lowered}),
            "INSTANCE    INTERFACE   VRID  STATE                            PRIORITY        SINCE  "
            "VIRTUAL ADDRESSES\n"
            "web         eth0          61  MASTER                           150             12d    "
            "192.0.2.10/24\n"
            "inside-web  bond0.4000     7  INITIALIZE interface is missing  100             -      "
            "192.0.2.10/24, 192.0.2.10/24, 192.0.2.10/24, 192.0.2.10/24 and 3 more\n"
            "web         eth0          61  BACKUP of 192.0.2.2              50 of 100       12d    "
            "192.0.2.10/24\n");
}

TEST(InstanceTable, AnAlternativeNameIsShownWithTheKernels) {
  InstanceSnapshot instance = master_instance();
  instance.config.interface = "enp3s0f0";
  instance.status.kernel.interface_name = "eth0";
  EXPECT_EQ(table_of({instance}),
            "INSTANCE  INTERFACE        VRID  STATE   PRIORITY        SINCE  VIRTUAL ADDRESSES\n"
            "web       enp3s0f0 (eth0)    61  MASTER  150             12d    192.0.2.10/24\n");
}

TEST(InstanceTable, OneLongReasonDoesNotWidenTheOthers) {
  InstanceSnapshot slow = failed_instance();
  slow.status.reason = vrrp::Reason::NotRealTime;
  const std::string table = table_of({master_instance(), slow});
  EXPECT_NE(table.find("web       eth0         61  MASTER  150 "), std::string::npos);
  EXPECT_NE(table.find("which intervals under 100 ms need  100 "), std::string::npos);
}

TEST(InstanceTable, TheStateSaysWhatIsOdd) {
  InstanceSnapshot master = master_instance();
  EXPECT_EQ(state_of(master), "MASTER");
  master.status.is_leaving = true;
  EXPECT_EQ(state_of(master), "MASTER leaving");
  master.is_stale = true;
  EXPECT_EQ(state_of(master), "MASTER leaving, stale");
  master.status.is_leaving = false;
  EXPECT_EQ(state_of(master), "MASTER stale");

  InstanceSnapshot backup = backup_instance();
  EXPECT_EQ(state_of(backup), "BACKUP of 192.0.2.2");
  backup.status.is_held = true;
  EXPECT_EQ(state_of(backup), "BACKUP of 192.0.2.2, held");
  backup.status.is_held = false;
  backup.status.has_conflict = true;
  backup.status.master.reset();
  EXPECT_EQ(state_of(backup), "BACKUP no master heard, address claimed by another");
  backup.status.has_conflict = false;
  backup.status.rivals.resize(1);
  EXPECT_EQ(state_of(backup), "BACKUP no master heard, a peer differs");
  backup.status.rivals[0].is_owner = true;
  EXPECT_EQ(state_of(backup), "BACKUP no master heard, address claimed by another");
  backup.status.rivals.clear();
  backup.status.kernel.has_foreign_address = true;
  EXPECT_EQ(state_of(backup), "BACKUP no master heard, address put there by another");

  backup.status.kernel.has_foreign_address = false;
  master.is_stale = false;
  master.status.kernel.has_refused_address = true;
  EXPECT_EQ(state_of(master), "MASTER address refused");
  master.status.kernel.is_polling = true;
  EXPECT_EQ(state_of(master), "MASTER address refused, cannot wait for packets");
  EXPECT_EQ(state_of(failed_instance()), "INITIALIZE interface is missing");
}

TEST(InstanceTable, ColoursSurroundTheState) {
  EXPECT_NE(table_of({master_instance()}, true).find("61  \x1b[32mMASTER\x1b[0m  150"),
            std::string::npos);
  EXPECT_NE(table_of({backup_instance()}, true).find("\x1b[32mBACKUP of 192.0.2.2\x1b[0m  100"),
            std::string::npos);
  EXPECT_NE(table_of({failed_instance()}, true).find("\x1b[31mINITIALIZE"), std::string::npos);
  InstanceSnapshot held = backup_instance();
  held.status.is_held = true;
  EXPECT_NE(table_of({held}, true).find("\x1b[33mBACKUP"), std::string::npos);
}

}  // namespace
}  // namespace evenkeel::daemon
