#include "daemon/hooks/hook_programs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/spawner/program_list.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const HookOwner kWeb{.kind = HookOwnerKind::Instance, .name = "web", .real_server = ""};
const Users kUsers = {{"mail", {.uid = 8, .gid = 12, .groups = {12, 99}}}};

std::vector<ProgramId> of(const HookPrograms& programs, HookKey key) {
  return programs[static_cast<std::size_t>(key)];
}

Config config(std::vector<Arguments> on_master, const std::string& user = "mail") {
  Config config;
  VrrpHooks& hooks = config.instance_hooks["web"];
  hooks.on_master = std::move(on_master);
  hooks.user = user;
  hooks.timeout = 5s;
  config.instance_hooks["silent"] = {};
  return config;
}

TEST(HookPrograms, AsTheSpawnerTakesThem) {
  ProgramIds ids;
  const HookProgramTable table = hook_programs(config({{"/bin/a", "x"}, {"/bin/b"}}), kUsers, ids);
  ASSERT_THAT(table.by_owner, SizeIs(1)) << "who has no hooks is not there";
  const auto programs = of(table.by_owner.at(kWeb), HookKey::OnMaster);
  const auto list = ids.list();
  ASSERT_THAT(list, SizeIs(2));
  EXPECT_THAT(programs, ElementsAre(list[0].id, list[1].id));
  EXPECT_THAT(list[0].arguments, ElementsAre("/bin/a", "x"));
  EXPECT_EQ(list[0].uid, 8U);
  EXPECT_EQ(list[0].gid, 12U);
  EXPECT_THAT(list[0].groups, ElementsAre(12, 99));
  EXPECT_EQ(list[0].timeout, 5s);
  EXPECT_TRUE(list[0].may_overlap);
  EXPECT_FALSE(list[0].may_gain_privileges);
  EXPECT_EQ(table.files.at(programs[1]), "/bin/b");
  EXPECT_EQ(decode_programs(encode_programs(list)), list);
}

TEST(HookPrograms, WhatRunsAgainAndAgainHasAUserOfItsOwn) {
  Config config;
  VrrpHooks& hooks = config.group_hooks["both"];
  hooks.user = "nobody-there";
  hooks.timeout = 5s;
  hooks.while_master = WhileMaster{.command = {"/bin/a", "x"}, .interval = 7s, .user = "mail"};
  ProgramIds ids;
  const HookProgramTable table = hook_programs(config, kUsers, ids);
  const HookPrograms& programs = table.by_owner.at(group_owner("both"));
  EXPECT_EQ(programs.interval, 7s);
  const auto list = ids.list();
  ASSERT_THAT(list, SizeIs(1));
  EXPECT_THAT(of(programs, HookKey::WhileMaster), ElementsAre(list[0].id));
  EXPECT_EQ(list[0].uid, 8U);
  EXPECT_EQ(list[0].timeout, 5s);
}

TEST(HookPrograms, AProgramKeepsItsNumberAndNoNumberIsUsedTwice) {
  ProgramIds ids;
  const auto first =
      of(hook_programs(config({{"/bin/a"}, {"/bin/b"}}), kUsers, ids).by_owner.at(kWeb),
         HookKey::OnMaster);
  ids.begin();
  const auto second =
      of(hook_programs(config({{"/bin/c"}, {"/bin/a"}, {"/bin/a"}}), kUsers, ids).by_owner.at(kWeb),
         HookKey::OnMaster);
  EXPECT_EQ(second[1], first[0]);
  EXPECT_EQ(second[2], first[0]);
  EXPECT_THAT(first, testing::Not(testing::Contains(second[0])));
  EXPECT_THAT(ids.list(), SizeIs(2)) << "the one that is gone is not on the list";
}

TEST(HookPrograms, OfAUserThatDoesNotExistNothingIsRun) {
  ProgramIds ids;
  const HookProgramTable table = hook_programs(config({{"/bin/a"}}, "nobody-there"), kUsers, ids);
  EXPECT_THAT(ids.list(), IsEmpty());
  const auto programs = of(table.by_owner.at(kWeb), HookKey::OnMaster);
  ASSERT_THAT(programs, SizeIs(1));
  EXPECT_EQ(table.unrunnable.at(programs[0]),
            "the user \"nobody-there\" was not found when the file was loaded");
  EXPECT_EQ(table.files.at(programs[0]), "/bin/a");
}

TEST(HookPrograms, AServicesHooksAreItsOwnAndThoseOfItsRealServers) {
  Config config;
  ServiceConfig& service = config.services.emplace_back();
  service.name = "shop";
  service.hooks = {.on_up = {{"/bin/up"}},
                   .on_down = {},
                   .on_quorum = {{"/bin/quorum"}},
                   .on_quorum_lost = {},
                   .user = "mail",
                   .timeout = 5s};
  service.real_servers.resize(2);
  service.real_servers[0].destination.key = {boost::asio::ip::make_address("10.0.0.1"), 80};
  service.real_servers[1].destination.key = {boost::asio::ip::make_address("10.0.0.2"), 80};
  ProgramIds ids;
  const HookProgramTable table = hook_programs(config, kUsers, ids);
  EXPECT_THAT(ids.list(), SizeIs(2));
  ASSERT_THAT(table.by_owner, SizeIs(3));
  const HookPrograms& own = table.by_owner.at({HookOwnerKind::Service, "shop", ""});
  EXPECT_THAT(of(own, HookKey::OnUp), IsEmpty());
  EXPECT_THAT(of(own, HookKey::OnQuorum), SizeIs(1));
  const HookPrograms& server =
      table.by_owner.at({HookOwnerKind::RealServer, "shop", "10.0.0.2:80"});
  EXPECT_THAT(of(server, HookKey::OnUp), SizeIs(1));
  EXPECT_THAT(of(server, HookKey::OnQuorum), IsEmpty());
}

}  // namespace
}  // namespace evenkeel::daemon
