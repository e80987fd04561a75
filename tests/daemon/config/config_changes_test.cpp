#include "daemon/config/config_changes.h"

#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> changes(const std::string& before, const std::string& after) {
  return config_changes(accepted(before).config, accepted(after).config);
}

std::string server(const std::string& name, const std::string& address,
                   const std::string& more = "") {
  return "[[virtual_service.real_server]]\nname = \"" + name + "\"\naddress = \"" + address +
         "\"\n" + more + "\n";
}

TEST(ConfigChanges, NothingIsNothing) {
  const std::string text = instance() + served("scheduler = \"wrr\"");
  EXPECT_THAT(changes(text, text + "# a comment\n"), IsEmpty());
}

TEST(ConfigChanges, AKeyIsSaidWithBothValues) {
  EXPECT_THAT(changes(served("", "weight = 1"), served("", "weight = 0")),
              ElementsAre("web: 192.0.2.21:80 weight 1 -> 0"));
  EXPECT_THAT(changes(served("scheduler = \"wrr\""), served("scheduler = \"mh\"")),
              ElementsAre("web: scheduler wrr -> mh"));
  EXPECT_THAT(changes(served("persistence = \"300s\""), served("persistence = \"1h\"")),
              ElementsAre("web: persistence 5m -> 1h"));
  EXPECT_THAT(changes(served("on_failure = \"quiesce\""), served("on_failure = \"remove\"")),
              ElementsAre("web: on_failure quiesce -> remove"));
  EXPECT_THAT(changes(instance(), instance("", "web", "62")),
              ElementsAre("instance web: virtual_router_id 61 -> 62"));
  EXPECT_THAT(
      changes(instance("preempt = true"), instance("preempt = false\npriority = 90")),
      ElementsAre("instance web: priority 100 -> 90", "instance web: preempt true -> false"));
  EXPECT_THAT(changes(instance(), instance("", "web", "61", "[\"192.0.2.10\", \"192.0.2.11\"]")),
              ElementsAre("instance web: virtual_addresses [192.0.2.10/32] -> [192.0.2.10/32, "
                          "192.0.2.11/32]"));
  EXPECT_THAT(changes("[global]\nlog_level = \"info\"\n", "[global]\nlog_level = \"debug\"\n"),
              ElementsAre("[global] log_level info -> debug"));
  EXPECT_THAT(changes("[ipvs]\nmax_removals = \"50%\"\n", "[ipvs]\nmax_removals = \"60%\"\n"),
              ElementsAre("[ipvs] max_removals 50% -> 60%"));
  EXPECT_THAT(changes(instance("version = 2"), instance("version = 3")),
              ElementsAre("instance web: version 2 -> 3"));
}

TEST(ConfigChanges, WhatFollowsFromAnotherKeyIsNotToldTwice) {
  const std::string check = "check = { type = \"tcp\" }\n";
  EXPECT_THAT(changes(served(), served("persistence = \"300s\"")),
              ElementsAre("web: persistence 0s -> 5m"));
  EXPECT_THAT(changes(service() + server("web1", "192.0.2.21", check),
                      service() + server("web1", "192.0.2.29", check)),
              ElementsAre("web: web1 address 192.0.2.21:80 -> 192.0.2.29:80"));
  EXPECT_THAT(changes(served(), service()), ElementsAre("web: 192.0.2.21:80 removed"));
  EXPECT_THAT(changes("[global]\nhook_user = \"root\"\n" + instance() + served(),
                      "[global]\nhook_user = \"nobody\"\n" + instance() + served()),
              ElementsAre("[global] hook_user root -> nobody"));
  const std::string two = server("web1", "192.0.2.21") + server("web2", "192.0.2.22");
  EXPECT_THAT(
      changes(service(check) + two, service("check = { type = \"tcp\", interval = \"9s\" }") + two),
      ElementsAre("web: check of 2 real servers changed"));
}

TEST(ConfigChanges, FlagsAreNamed) {
  EXPECT_THAT(changes(served("scheduler = \"mh\""),
                      served("scheduler = \"mh\"\nscheduler_flags = [\"mh-port\"]")),
              ElementsAre("web: scheduler_flags [] -> [mh-port]"));
}

TEST(ConfigChanges, WhatATrackFollowsIsCompared) {
  const std::string check = "[check.local]\ntype = \"tcp\"\naddress = \"127.0.0.1\"\nport = 80\n";
  const std::string follows = instance("track_checks = [{ name = \"local\" }]");
  EXPECT_THAT(changes(check + follows, check + "fall = 5\n" + follows),
              ElementsAre("check local: changed"));
  const auto gateway = [](const std::string& fall) {
    return instance("track_gateways = [{ address = \"192.0.2.1\", interface = \"eth0\", fall = " +
                    fall + " }]");
  };
  EXPECT_THAT(changes(gateway("2"), gateway("5")), ElementsAre(HasSubstr("gateway 192.0.2.1")));
}

TEST(ConfigChanges, ATableAndASecretHaveOnlyChanged) {
  EXPECT_THAT(changes(instance("version = 2\npassword = \"one\""),
                      instance("version = 2\npassword = \"two\"")),
              ElementsAre("instance web: password changed"));
  EXPECT_THAT(changes(served("check = { type = \"tcp\" }"),
                      served("check = { type = \"tcp\", interval = \"9s\" }")),
              ElementsAre("web: 192.0.2.21:80 check changed"));
  EXPECT_THAT(changes(served(), served("sorry_server = { address = \"192.0.2.30\" }")),
              ElementsAre("web: sorry_server changed"));
  EXPECT_THAT(changes(instance(), instance("on_master = [\"/bin/true\"]")),
              ElementsAre("instance web: on_master changed"));
  EXPECT_THAT(changes(instance(), instance("track_interfaces = [{ name = \"eth1\" }]")),
              ElementsAre("instance web: tracks changed"));
}

TEST(ConfigChanges, ObjectsComeAndGoByTheirNames) {
  const std::string first = server("web1", "192.0.2.21"), second = server("web2", "192.0.2.22");
  EXPECT_THAT(changes(service() + first, service() + second),
              ElementsAre("web: web2 added", "web: web1 removed"));
  EXPECT_THAT(changes(service() + first, service() + server("web1", "192.0.2.29")),
              ElementsAre("web: web1 address 192.0.2.21:80 -> 192.0.2.29:80"));
  EXPECT_THAT(changes(instance(), instance("", "mail")),
              ElementsAre("instance mail: added", "instance web: removed"));
  EXPECT_THAT(changes(instance(), served()), ElementsAre("instance web: removed", "web: added"));
  EXPECT_THAT(changes(service() + first + second, service() + second + first), IsEmpty())
      << "an order says nothing";
}

TEST(ConfigChanges, ManyAreCounted) {
  std::string before, after;
  for (int i = 1; i <= 250; ++i) {
    const std::string name = "s" + std::to_string(i), address = "10.0.0." + std::to_string(i);
    before += server(name, address);
    after += server(name, address, "weight = 2");
  }
  const auto lines = changes(service() + before, service() + after);
  EXPECT_THAT(lines, SizeIs(200));
  EXPECT_EQ(lines.front(), "web: s1 weight 1 -> 2");
  EXPECT_EQ(lines.back(), "and 51 more changes");
  const auto all =
      config_changes(accepted(service() + before).config, accepted(service() + after).config, 250);
  EXPECT_EQ(all.back(), "web: s250 weight 1 -> 2");
}

}  // namespace
}  // namespace evenkeel::daemon
