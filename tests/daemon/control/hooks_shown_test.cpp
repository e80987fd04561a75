// Hooks, as `evenkeel vrrp` and `evenkeel status` show them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/control/instance_table.h"
#include "daemon/control/status_summary.h"
#include "daemon/control/vrrp_text.h"
#include "daemon/fields/json_out.h"
#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

HookSnapshot ended(const std::string& result, const std::string& last_line, bool has_failed) {
  HookSnapshot hook;
  hook.owner = "instance web";
  hook.key = "on_master";
  hook.file = "/etc/notify";
  hook.has_failed = has_failed;
  hook.result = result;
  hook.last_line = last_line;
  hook.since = healthy_snapshot().now - 3s;
  return hook;
}

std::string vrrp_text(const InstanceSnapshot& instance) {
  std::string out;
  append_instance_text(out, instance, healthy_snapshot().now, false);
  return out;
}

TEST(HooksShown, OneThatHasFailedIsInEveryView) {
  Snapshot snapshot = healthy_snapshot();
  InstanceSnapshot web = master_instance();
  ASSERT_EQ(exit_code(web), 0);
  web.hooks = {ended("exit status 1", "no route\x1b[31m", true)};
  EXPECT_EQ(exit_code(web), 1);
  EXPECT_THAT(
      vrrp_text(web),
      HasSubstr("\n  hook on_master   /etc/notify: exit status 1, 3s ago: no route?[31m\n"));
  std::string state;
  append_instance_state(state, web);
  EXPECT_EQ(state, "MASTER hook failed");

  snapshot.instances.clear();
  snapshot.services.clear();
  ASSERT_EQ(exit_code(snapshot), 0);
  snapshot.failed_hooks = web.hooks;
  EXPECT_EQ(exit_code(snapshot), 1);
  std::string problems;
  append_problems(problems, snapshot, false);
  EXPECT_THAT(problems, HasSubstr("hook: instance web: on_master, /etc/notify: exit status 1, 3s "
                                  "ago: no route"));
}

TEST(HooksShown, OneThatRunsAndOneOfTheGroup) {
  InstanceSnapshot web = master_instance();
  HookSnapshot running = ended("", "", false);
  running.is_running = true;
  running.pid = 4711;
  running.waiting = 2;
  HookSnapshot group = ended("exit status 0", "", false);
  group.is_of_group = true;
  group.key = "on_change";
  web.hooks = {running, group};
  EXPECT_EQ(exit_code(web), 0);
  EXPECT_THAT(
      vrrp_text(web),
      HasSubstr("\n  hook on_master   /etc/notify: running for 3s, process 4711, 2 states wait\n"
                "  group on_change  /etc/notify: exit status 0, 3s ago\n"));
  web.hooks.at(0).waiting = 1;
  EXPECT_THAT(vrrp_text(web), HasSubstr(" running for 3s, process 4711, 1 state waits\n"));
  web.hooks.at(0).pid = 0;
  EXPECT_THAT(vrrp_text(web), HasSubstr(" waits to begin for 3s, 1 state waits\n"));
}

TEST(HooksShown, AUnitThatIsNotAsWantedIsInEveryView) {
  InstanceSnapshot web = master_instance();
  web.units = {{.unit = "a.service",
                .is_of_group = false,
                .is_wanted = true,
                .state = "active",
                .since = healthy_snapshot().now - 3s,
                .has_failed = false,
                .problem = ""}};
  EXPECT_EQ(exit_code(web), 0);
  EXPECT_THAT(vrrp_text(web), HasSubstr("\n  unit             a.service active since 3s\n"));
  UnitSnapshot& unit = web.units[0];
  unit.is_of_group = true;
  unit.state = "inactive";
  unit.has_failed = true;
  unit.problem = "start: exit status 5: not found";
  EXPECT_EQ(exit_code(web), 1);
  EXPECT_THAT(vrrp_text(web),
              HasSubstr("\n  group unit       a.service inactive since 3s, is to be active: "
                        "start: exit status 5: not found\n"));
  std::string state;
  append_instance_state(state, web);
  EXPECT_EQ(state, "MASTER a unit is not as wanted");
  Snapshot snapshot = healthy_snapshot();
  snapshot.services.clear();
  snapshot.instances = {web};
  EXPECT_EQ(exit_code(snapshot), 1);
  unit.is_wanted = false;
  unit.state = "active";
  EXPECT_THAT(vrrp_text(web), HasSubstr("active since 3s, is to be inactive: "));
  std::string out;
  fields::append_json(out, web);
  const auto json = nlohmann::json::parse(out).at("units").at(0);
  EXPECT_EQ(json.at("unit"), "a.service");
  EXPECT_EQ(json.at("wanted"), false);
  EXPECT_EQ(json.at("failed"), true);
}

TEST(HooksShown, AsJson) {
  InstanceSnapshot web = master_instance();
  web.hooks = {ended("exit status 1", "no route", true)};
  std::string out;
  fields::append_json(out, web);
  const auto hook = nlohmann::json::parse(out).at("hooks").at(0);
  EXPECT_EQ(hook.at("hook"), "on_master");
  EXPECT_EQ(hook.at("failed"), true);
  EXPECT_EQ(hook.at("result"), "exit status 1");
  EXPECT_EQ(hook.at("last_line"), "no route");
}

}  // namespace
}  // namespace evenkeel::daemon
