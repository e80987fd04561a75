#include "daemon/units/unit_programs.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/spawner/program_list.h"

namespace evenkeel::daemon {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(UnitPrograms, OneThatIsOnlyFollowedIsNeitherStartedNorStopped) {
  Config config;
  config.instance_hooks["web"].units = {"both.service"};
  config.tracked.units = {"a.service", "both.service"};
  ProgramIds ids;
  const UnitProgramTable table = unit_programs(config, ids);
  EXPECT_TRUE(table.uses.at("a.service").is_followed);
  EXPECT_EQ(table.uses.at("a.service").owner, std::nullopt);
  EXPECT_TRUE(table.uses.at("both.service").is_followed);
  EXPECT_EQ(table.uses.at("both.service").owner, instance_owner("web"));
  const auto list = ids.list();
  ASSERT_THAT(list, SizeIs(kProgramsOfTrackedUnit + kProgramsOfUnit + 1)) << "one look for both";
  for (const Program& each : list) {
    if (each.arguments.back() != "a.service") continue;
    EXPECT_EQ(each.arguments[3], "show");
  }
  const ProgramId place = table.programs.at("a.service")[static_cast<std::size_t>(UnitTask::Place)];
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Program& each) { return each.id == place; });
  ASSERT_NE(found, list.end());
  EXPECT_THAT(found->arguments, ElementsAre("/usr/bin/systemctl", "--no-pager", "--no-ask-password",
                                            "show", "--property=Slice", "--property=ControlGroup",
                                            "--value", "--", "a.service"));
}

TEST(UnitPrograms, SystemctlAsRoot) {
  Config config;
  config.instance_hooks["web"].units = {"-odd@1.service"};
  config.group_hooks["both"].units = {"b.service"};
  ProgramIds ids;
  const UnitProgramTable table = unit_programs(config, ids);
  EXPECT_EQ(table.uses.at("-odd@1.service").owner, instance_owner("web"));
  EXPECT_EQ(table.uses.at("b.service").owner, group_owner("both"));
  const auto list = ids.list();
  ASSERT_THAT(list, SizeIs(2 * kProgramsOfUnit));
  const auto arguments = [&](UnitTask task) {
    const ProgramId id = table.programs.at("-odd@1.service")[static_cast<std::size_t>(task)];
    for (const Program& each : list) {
      if (each.id != id) continue;
      EXPECT_EQ(each.uid, 0U);
      EXPECT_FALSE(each.may_overlap);
      return each.arguments;
    }
    return std::vector<std::string>();
  };
  EXPECT_THAT(arguments(UnitTask::Look),
              ElementsAre("/usr/bin/systemctl", "--no-pager", "--no-ask-password", "show",
                          "--property=ActiveState", "--value", "--", "-odd@1.service"));
  EXPECT_THAT(arguments(UnitTask::Start),
              ElementsAre("/usr/bin/systemctl", "--no-pager", "--no-ask-password", "--quiet",
                          "--no-block", "start", "--", "-odd@1.service"));
  EXPECT_THAT(arguments(UnitTask::Stop),
              ElementsAre("/usr/bin/systemctl", "--no-pager", "--no-ask-password", "--quiet",
                          "--no-block", "stop", "--", "-odd@1.service"));
  EXPECT_EQ(decode_programs(encode_programs(list)), list);
}

}  // namespace
}  // namespace evenkeel::daemon
