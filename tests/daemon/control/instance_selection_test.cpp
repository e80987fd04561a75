#include "daemon/control/instance_selection.h"

#include <gtest/gtest.h>

#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using Names = std::vector<std::string>;

/// web, dns, inside, other: web and inside in one group, other in another.
Snapshot snapshot() {
  Snapshot result;
  for (const char* name : {"web", "dns", "inside", "other"}) {
    result.instances.push_back(backup_instance());
    result.instances.back().config.name = name;
  }
  result.instances[0].sync_group = result.instances[2].sync_group = "both";
  result.instances[3].sync_group = "single";
  return result;
}

Names selected(const Names& names) {
  const Snapshot all = snapshot();
  const auto part = select_instances(all, names);
  if (!part) return {"error: " + part.error().message};
  Names result;
  for (const InstanceSnapshot* instance : *part) result.push_back(instance->config.name);
  return result;
}

TEST(InstanceSelection, ByNameOnceInTheOrderOfTheFile) {
  EXPECT_EQ(selected({}), (Names{"web", "dns", "inside", "other"}));
  EXPECT_EQ(selected({"inside", "web", "inside"}), (Names{"web", "inside"}));
}

TEST(InstanceSelection, OneThatIsNotThereIsAnError) {
  EXPECT_EQ(selected({"web", "wbe"}), (Names{"error: no instance is called \"wbe\""}));
  EXPECT_EQ(select_instances(snapshot(), {"wbe"}).error().code, ErrorCode::UnknownInstance);
  EXPECT_EQ(select_instances(Snapshot{}, {"web"}).error().message,
            "there is no instance on this node");
  EXPECT_LT(selected({std::string(100'000, 'x')})[0].size(), 200U);
}

TEST(InstanceSelection, AGroupGoesTogether) {
  EXPECT_EQ(select_with_groups(snapshot(), {"inside"}).value(), (Names{"web", "inside"}));
  EXPECT_EQ(select_with_groups(snapshot(), {"dns"}).value(), (Names{"dns"}));
  EXPECT_EQ(select_with_groups(snapshot(), {"dns", "other"}).value(), (Names{"dns", "other"}));
  EXPECT_EQ(select_with_groups(snapshot(), {}).value().size(), 4U);
  EXPECT_EQ(select_with_groups(snapshot(), {"wbe"}).error().code, ErrorCode::UnknownInstance);
}

}  // namespace
}  // namespace evenkeel::daemon
