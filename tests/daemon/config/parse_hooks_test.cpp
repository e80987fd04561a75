// Hooks: the programs that the file names, and whose they are.
#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kGroup =
    "[[vrrp.instance]]\nname = \"inside\"\ninterface = \"eth1\"\nvirtual_router_id = 62\n"
    "virtual_addresses = [\"10.0.0.1\"]\n"
    "[[vrrp.sync_group]]\nname = \"both\"\ninstances = [\"web\", \"inside\"]\n";

TEST(ParseHooks, OneCommandOrSeveral) {
  const Config config = accepted(instance("on_master = [\"/bin/a\", \"x y\"]\n"
                                          "on_change = [[\"/bin/b\"], [\"/bin/c\", \"\"]]\n"
                                          "on_backup = []"))
                            .config;
  const VrrpHooks& hooks = config.instance_hooks.at("web");
  EXPECT_THAT(hooks.on_master, ElementsAre(Arguments{"/bin/a", "x y"}));
  EXPECT_THAT(hooks.on_change, ElementsAre(Arguments{"/bin/b"}, Arguments{"/bin/c", ""}));
  EXPECT_THAT(hooks.on_backup, IsEmpty());
  EXPECT_THAT(hooks.on_fault, IsEmpty());
  EXPECT_EQ(config.vrrp, accepted(instance("")).config.vrrp) << "the vrrp process knows no hooks";
}

TEST(ParseHooks, UserAndTimeoutAreTheirOwnOrThoseOfGlobal) {
  const std::string file = instance("on_stop = [\"/bin/a\"]\nhook_user = \"mail\"") + kGroup +
                           "on_fault = [\"/bin/a\"]\nhook_timeout = \"5s\"\n";
  const Config plain = accepted(file).config;
  EXPECT_EQ(plain.instance_hooks.at("web").user, "mail");
  EXPECT_EQ(plain.instance_hooks.at("web").timeout, 30s);
  EXPECT_EQ(plain.group_hooks.at("both").user, "nobody");
  EXPECT_EQ(plain.group_hooks.at("both").timeout, 5s);
  const Config given =
      accepted(file + "[global]\nhook_user = \"root\"\nhook_timeout = \"1m\"\n").config;
  EXPECT_EQ(given.instance_hooks.at("web").user, "mail");
  EXPECT_EQ(given.instance_hooks.at("web").timeout, 60s);
  EXPECT_EQ(given.group_hooks.at("both").user, "root");
}

TEST(ParseHooks, OfAServiceAndItsRealServers) {
  const ServiceConfig service =
      accepted(served("on_up = [\"/bin/a\"]\non_quorum_lost = [\"/bin/b\"]\nhook_timeout = \"2s\""))
          .config.services.at(0);
  EXPECT_THAT(service.hooks.on_up, ElementsAre(Arguments{"/bin/a"}));
  EXPECT_THAT(service.hooks.on_quorum_lost, ElementsAre(Arguments{"/bin/b"}));
  EXPECT_EQ(service.hooks.user, "nobody");
  EXPECT_EQ(service.hooks.timeout, 2s);
}

TEST(ParseHooks, AddressesThatAreTooManyToBeToldAreAWarning) {
  std::string many = "extra_addresses = [";
  for (int i = 0; i < 3000; ++i) {
    many += "\"10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250) + "\",";
  }
  many += "]\n";
  EXPECT_THAT(warnings(instance(many)), IsEmpty()) << "there is no hook";
  EXPECT_THAT(warnings(instance(many + "while_master = { command = [\"/bin/a\"] }\n")),
              ElementsAre(HasSubstr("EVENKEEL_ADDRESSES will not be set for the hooks of the "
                                    "instance: its 3001 addresses take ")));
  EXPECT_THAT(warnings(instance(many) + kGroup + "on_fault = [\"/bin/a\"]\n"),
              ElementsAre(HasSubstr("for the hooks of the sync group: its 3002 addresses take ")));
  EXPECT_THAT(warnings(instance("on_master = [\"/bin/a\"]")), IsEmpty());
}

TEST(ParseHooks, DifferentOnEachNode) {
  const std::string line = "on_master = { lb1 = [\"/bin/one\"], lb2 = [\"/bin/two\"] }";
  EXPECT_THAT(accepted(instance(line)).config.instance_hooks.at("web").on_master,
              ElementsAre(Arguments{"/bin/one"}));
  EXPECT_THAT(mistakes(instance("on_master = { lb1 = [\"/bin/one\"], lb2 = [\"two\"] }")),
              ElementsAre(HasSubstr("\"on_master\" for node \"lb2\": a program is named by its "
                                    "absolute path, not the string \"two\"")));
}

TEST(ParseHooks, EachMistakeAtItsPlace) {
  EXPECT_THAT(mistakes(instance("on_master = [\"notify\"]")),
              ElementsAre("f:6:14: error: \"on_master\": a program is named by its absolute path, "
                          "not the string \"notify\" (no shell looks for it)"));
  EXPECT_THAT(mistakes(instance("on_master = \"/bin/a\"")),
              ElementsAre(HasSubstr("f:6:13: error: \"on_master\" must be the path of a program")));
  EXPECT_THAT(mistakes(instance("on_master = [\"/bin/a\", 7]")), ElementsAre(HasSubstr("not 7")));
  EXPECT_THAT(mistakes(instance("on_master = [[\"/bin/a\"], \"/bin/b\"]")),
              ElementsAre(HasSubstr("not the string \"/bin/b\"")));
  EXPECT_THAT(
      mistakes(instance("on_master = [[]]")),
      ElementsAre(HasSubstr("a command has 1 .. 256 elements, its file among them, not 0")));
  EXPECT_THAT(mistakes(instance("on_master = [\"/bin/a\", \"\\u0000\"]")),
              ElementsAre(HasSubstr("no argument can have a NUL")));
  EXPECT_THAT(mistakes(instance("on_master = [\"/bin/" + std::string(5000, 'a') + "\"]")),
              ElementsAre(HasSubstr("an argument has at most 4096 octets, not 5005")));
  EXPECT_THAT(mistakes(served("hook_timeout = \"0s\"")), ElementsAre(HasSubstr("1s .. 10m")));
  EXPECT_THAT(mistakes(served("hook_user = \"a b\"")), ElementsAre(HasSubstr("hook_user")));
  EXPECT_THAT(mistakes(served("on_master = [\"/bin/a\"]")),
              ElementsAre(HasSubstr("unknown key \"on_master\"")));
  std::string many = "on_up = [";
  for (std::size_t i = 0; i <= kMaxCommands; ++i) many += "[\"/bin/a\"],";
  EXPECT_THAT(mistakes(served(many + "]")), ElementsAre(HasSubstr("at most 16 commands, not 17")));
}

TEST(ParseHooks, WhatRunsWhileItIsMaster) {
  const std::string given =
      "while_master = { command = [\"/bin/a\", \"x\"], interval = \"3s\", user = \"mail\" }";
  const Config config = accepted(instance(given) + kGroup +
                                 "hook_user = \"root\"\nhook_timeout = \"5s\"\n"
                                 "while_master = { command = [\"/bin/b\"] }\n")
                            .config;
  EXPECT_EQ(config.instance_hooks.at("web").while_master,
            (WhileMaster{.command = {"/bin/a", "x"}, .interval = 3s, .user = "mail"}));
  EXPECT_EQ(config.group_hooks.at("both").while_master,
            (WhileMaster{.command = {"/bin/b"}, .interval = 10s, .user = "root"}));
  EXPECT_EQ(accepted(instance("")).config.instance_hooks.at("web").while_master, std::nullopt);
}

TEST(ParseHooks, EachMistakeInWhatRunsWhileItIsMaster) {
  const auto of = [](const std::string& keys) {
    return mistakes(instance("while_master = { " + keys + " }"));
  };
  EXPECT_THAT(mistakes(instance("while_master = [\"/bin/a\"]")),
              ElementsAre(HasSubstr("\"while_master\" must be a table, not an array")));
  EXPECT_THAT(of("interval = \"1s\""), ElementsAre(HasSubstr("\"command\" is required")));
  EXPECT_THAT(of("command = [\"a\"]"), ElementsAre(HasSubstr("named by its absolute path")));
  EXPECT_THAT(of("command = []"), ElementsAre(HasSubstr("a command has 1 .. 256 elements")));
  EXPECT_THAT(of("command = [[\"/bin/a\"]]"),
              ElementsAre(HasSubstr("must be the path of a program")));
  EXPECT_THAT(of("command = [\"/bin/a\"], interval = \"999ms\""),
              ElementsAre(HasSubstr("1s .. 24h")));
  EXPECT_THAT(of("command = [\"/bin/a\"], every = \"1s\""),
              ElementsAre(HasSubstr("unknown key \"every\"")));
}

TEST(ParseHooks, WhatRunsWhileItIsMasterIsNamedWithItsPlaceAndUser) {
  const auto parsed =
      accepted(instance("hook_user = \"mail\"\nwhile_master = { command = [\"/bin/a\"] }"));
  ASSERT_EQ(parsed.programs.size(), 1U);
  EXPECT_EQ(parsed.programs[0].at.line, 7U);
  EXPECT_EQ(parsed.programs[0].key, "while_master");
  EXPECT_EQ(parsed.programs[0].file, "/bin/a");
  EXPECT_EQ(parsed.programs[0].user, "mail");
}

TEST(ParseHooks, Units) {
  const auto parsed = accepted(instance("units = [\"haproxy.service\", \"a@b\\\\x2d1.timer\"]") +
                               kGroup + "units = { lb1 = [\"b.socket\"], lb2 = [] }\n");
  EXPECT_THAT(parsed.config.instance_hooks.at("web").units,
              ElementsAre("haproxy.service", "a@b\\x2d1.timer"));
  EXPECT_THAT(parsed.config.group_hooks.at("both").units, ElementsAre("b.socket"));
  ASSERT_EQ(parsed.programs.size(), 2U) << "whether systemctl is there is looked at";
  EXPECT_EQ(parsed.programs[0].file, kSystemctl);
  EXPECT_EQ(parsed.programs[0].user, "root");
}

TEST(ParseHooks, EachMistakeInUnits) {
  for (const char* const name :
       {"haproxy", ".service", "-a.service", "a b.service", "a.mount", "a.service/", ""}) {
    EXPECT_THAT(mistakes(instance("units = [\"" + std::string(name) + "\"]")),
                ElementsAre(HasSubstr("the name of a unit with its suffix")))
        << name;
  }
  EXPECT_THAT(mistakes(instance("units = [\"" + std::string(248, 'a') + ".service\"]")),
              ElementsAre(HasSubstr("at most 255 octets")));
  EXPECT_THAT(mistakes(instance("units = [\"a.service\", \"a.service\"]")),
              ElementsAre(HasSubstr("a.service is named already, at f:6: one instance")));
  EXPECT_THAT(mistakes(instance("units = [\"a.service\"]") + kGroup + "units = [\"a.service\"]\n"),
              ElementsAre(HasSubstr("one instance or sync group starts and stops it")));
  EXPECT_THAT(mistakes(instance("units = [\"evenkeel.service\"]")),
              ElementsAre(HasSubstr("is evenkeel itself")));
  std::string many;
  for (int i = 0; i < 17; ++i) many += "\"" + std::to_string(i) + ".service\",";
  EXPECT_THAT(mistakes(instance("units = [" + many + "]")),
              ElementsAre(HasSubstr("at most 16 units, not 17")));
}

/// Services with 16 hooks each, which differ when `is_each_its_own`.
std::string many_hooks(bool is_each_its_own) {
  std::string text = "virtual_service = [\n";
  for (int i = 0; i < 4100; ++i) {
    text += "{ name = \"s" + std::to_string(i) +
            "\", address = \"192.0.2.1\", port = " + std::to_string(1000 + i) +
            ", protocol = \"tcp\", forwarding = \"masquerade\", on_up = [";
    for (int j = 0; j < 16; ++j) {
      text += "[\"/bin/a\", \"" + std::to_string(is_each_its_own ? i * 16 + j : j) + "\"],";
    }
    text += "] },\n";
  }
  return text + "]\n";
}

TEST(ParseHooks, AsManyProgramsAsTheSpawnerTakes) {
  EXPECT_THAT(mistakes(many_hooks(false)), IsEmpty()) << "those that are alike count once";
  EXPECT_THAT(mistakes(many_hooks(true)),
              ElementsAre(HasSubstr(
                  "hooks, scripts and script checks are 65600 programs that differ, and there can "
                  "be 65536")));
}

TEST(ParseHooks, EachProgramIsNamedWithItsPlaceAndUser) {
  const auto parsed = accepted(instance("on_master = [[\"/bin/a\"], [\"/bin/b\"]]") + kGroup +
                               "on_stop = [\"/bin/c\"]\nhook_user = \"mail\"\n");
  ASSERT_EQ(parsed.programs.size(), 3U);
  EXPECT_EQ(parsed.programs[0].at.line, 6U);
  EXPECT_EQ(parsed.programs[0].key, "on_master");
  EXPECT_EQ(parsed.programs[1].file, "/bin/b");
  EXPECT_EQ(parsed.programs[1].user, "nobody");
  EXPECT_EQ(parsed.programs[2].user, "mail");
}

}  // namespace
}  // namespace evenkeel::daemon
