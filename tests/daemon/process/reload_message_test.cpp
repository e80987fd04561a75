#include "daemon/process/reload_message.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

ReloadOutline outline(std::uint64_t operations) {
  return {.config_digest = "62cbb1", .generation = 2, .operations = operations};
}

TEST(ReloadMessage, SaysWhatIsInForce) {
  EXPECT_EQ(reload_message(outline(0)),
            "configuration 62cbb1 in force, generation 2: 0 operations");
  EXPECT_EQ(reload_message(outline(1)), "configuration 62cbb1 in force, generation 2: 1 operation");
}

TEST(ReloadMessage, AndWhatIsNot) {
  ReloadOutline some = outline(3);
  some.kernel_problem = "no IPVS";
  some.vrrp_problem = "instance web: interface is missing";
  some.refusals = {"add service TCP 192.0.2.10:80: No such file or directory"};
  EXPECT_EQ(
      reload_message(some),
      "configuration 62cbb1 in force, generation 2: 3 operations; not in the kernel: no IPVS; "
      "not in force: instance web: interface is missing; the kernel refused 1 service: add "
      "service TCP 192.0.2.10:80: No such file or directory");
}

TEST(ReloadMessage, CountsTheInstancesThatItTouches) {
  ReloadOutline some = outline(0);
  some.instances = {.changed = 1, .added = 0, .removed = 0};
  EXPECT_EQ(reload_message(some),
            "configuration 62cbb1 in force, generation 2: 1 instance changed");
  some.operations = 3;
  some.instances = {.changed = 2, .added = 1, .removed = 4};
  EXPECT_EQ(reload_message(some),
            "configuration 62cbb1 in force, generation 2: 3 operations, 2 instances changed, 1 "
            "added, 4 removed");
}

TEST(ReloadMessage, AnInstanceThatMovesHasChanged) {
  vrrp::InstanceConfig web, inside, other;
  web.name = "web";
  web.interface = "eth0";
  inside.name = "inside";
  other.name = "other";
  vrrp::InstanceConfig moved = web;
  moved.interface = "eth1";
  EXPECT_EQ(instance_changes({web, inside}, {inside, web}), InstanceChanges{});
  EXPECT_EQ(instance_changes({web, inside}, {other, moved}),
            (InstanceChanges{.changed = 1, .added = 1, .removed = 1}));
}

TEST(ReloadMessage, AnythingThatIsNotInForceIsAProblem) {
  EXPECT_FALSE(has_problems(outline(3)));
  ReloadOutline some = outline(0);
  some.vrrp_problem = "instance web: interface is missing";
  EXPECT_TRUE(has_problems(some));
  some = outline(0);
  some.kernel_problem = "no IPVS";
  EXPECT_TRUE(has_problems(some));
  some = outline(0);
  some.refusals = {"one"};
  EXPECT_TRUE(has_problems(some));
}

TEST(ReloadMessage, OfManyProblemsTheFirstTen) {
  EXPECT_EQ(first_of({}), "");
  EXPECT_EQ(first_of({"one", "two"}), "one; two");
  EXPECT_EQ(first_of(std::vector<std::string>(600, "x")),
            "x; x; x; x; x; x; x; x; x; x; and 590 more");
}

TEST(ReloadMessage, OfSeveralRefusalsTheFirst) {
  ReloadOutline some = outline(3);
  some.refusals = {"one", "two"};
  EXPECT_EQ(reload_message(some),
            "configuration 62cbb1 in force, generation 2: 3 operations; the kernel refused 2 "
            "services, the first: one");
}

}  // namespace
}  // namespace evenkeel::daemon
