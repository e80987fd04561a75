// The track_... lists of instances and sync groups.
#include "daemon/config/parse_tracks.h"

#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using vrrp::TrackConfig;
using vrrp::TrackEffect;
using vrrp::TrackKind;

const std::string kCheck = "[check.nginx]\ntype = \"tcp\"\naddress = \"127.0.0.1\"\nport = 80\n";

std::vector<TrackConfig> tracks(const std::string& text) {
  return accepted(text).config.vrrp.instances.at(0).tracks;
}
/// Of an instance that follows this, on line 6.
std::vector<std::string> refused(const std::string& list, const std::string& more = kCheck) {
  return mistakes(instance(list) + more);
}

TEST(Tracks, OfEachKindAreValues) {
  EXPECT_THAT(
      tracks(
          instance("track_gateways = [{ address = \"192.0.2.1\", interface = \"eth0\", weight = 3 "
                   "}]\n"
                   "track_processes = [{ name = \"haproxy\", weight = -9 }]\n"
                   "track_files = [{ path = \"/run/w\" }, { path = \"/run/there\", weight = 5 }]\n"
                   "track_interfaces = [{ name = \"eth1\", weight = -253 }]\n"
                   "track_services = [{ name = \"web\", weight = 253 }]\n"
                   "track_checks = [{ name = \"nginx\" }]") +
          kCheck + served()),
      ElementsAre(TrackConfig{TrackKind::Check, "nginx", TrackEffect::Fault, 0},
                  TrackConfig{TrackKind::Service, "web", TrackEffect::Weight, 253},
                  TrackConfig{TrackKind::Interface, "eth1", TrackEffect::Weight, -253},
                  TrackConfig{TrackKind::Gateway, "192.0.2.1 on eth0", TrackEffect::Weight, 3},
                  TrackConfig{TrackKind::File, "/run/w", TrackEffect::Number, 1},
                  TrackConfig{TrackKind::File, "/run/there", TrackEffect::Weight, 5},
                  TrackConfig{TrackKind::Process, "haproxy", TrackEffect::Weight, -9}));
}

TEST(Tracks, WhatIsFollowedIsThereOnce) {
  const Config config =
      accepted(instance("track_checks = [{ name = \"nginx\", weight = -1 }]\n"
                        "track_services = [{ name = \"web\", per_server = -2 }]") +
               instance("track_checks = [{ name = \"nginx\", weight = -2 }]\n"
                        "track_services = [{ name = \"web\", weight = -2 }]\n"
                        "track_files = [{ path = \"/run/w\" }]\n"
                        "track_processes = [{ name = \"sh\", arguments = [\"-c\", \"a b\"], user = "
                        "\"root\" }]",
                        "b", "62", "[\"192.0.2.11\"]") +
               kCheck + served())
          .config;
  ASSERT_EQ(config.tracked.checks.size(), 1U);
  EXPECT_EQ(config.tracked.checks[0].name, "nginx");
  EXPECT_EQ(config.tracked.checks[0].check.address.to_string(), "127.0.0.1");
  EXPECT_EQ(config.tracked.checks[0].check.port, 80);
  EXPECT_THAT(config.tracked.services,
              ElementsAre(TrackedService{.service = 0, .counts_servers = true}));
  EXPECT_THAT(config.tracked.files, ElementsAre(TrackedFile{"/run/w", true}));
  EXPECT_THAT(
      config.tracked.processes,
      ElementsAre(TrackedProcess{"sh -c \"a b\" (user root)", "sh", {"-c", "a b"}, "root"}));
  EXPECT_EQ(config.vrrp.instances[1].tracks.back().name, "sh -c \"a b\" (user root)");
}

TEST(Tracks, OfASyncGroupAreTheSame) {
  const Config config =
      accepted(instance("", "a") + instance("", "b", "62", "[\"192.0.2.11\"]") +
               "[[vrrp.sync_group]]\nname = \"both\"\ninstances = [\"a\", \"b\"]\n"
               "track_checks = [{ name = \"nginx\", weight = -10 }]\n" +
               kCheck)
          .config;
  EXPECT_THAT(config.vrrp.sync_groups[0].tracks,
              ElementsAre(TrackConfig{TrackKind::Check, "nginx", TrackEffect::Weight, -10}));
  EXPECT_EQ(config.tracked.checks.size(), 1U);
}

TEST(Tracks, ACheckNeedsATargetOfItsOwn) {
  const std::string list = "track_checks = [{ name = \"nginx\" }]";
  EXPECT_THAT(refused(list, "[check.nginx]\ntype = \"tcp\"\n"),
              ElementsAre("f:6:26: error: [check.nginx] has no \"address\" and no \"port\" of its "
                          "own: a track has no real server to take it from"));
  EXPECT_THAT(refused(list, "[check.nginx]\ntype = \"tcp\"\nport = 80\n"),
              ElementsAre(HasSubstr("has no \"address\" of its own")));
  EXPECT_THAT(refused(list, "[check.nginx]\ntype = \"tcp\"\naddress = \"127.0.0.1\"\n"),
              ElementsAre(HasSubstr("has no \"port\" of its own")));
  EXPECT_THAT(refused(list, "[check.nginx]\ntype = \"tpc\"\n"), ::testing::SizeIs(1))
      << "the mistake in the check alone";
}

TEST(Tracks, NamesAreKnown) {
  EXPECT_THAT(refused("track_checks = [{ name = \"ngnix\" }]"),
              ElementsAre("f:6:26: error: there is no check \"ngnix\": did you mean \"nginx\"?"));
  EXPECT_THAT(refused("track_services = [{ name = \"wbe\" }]", served()),
              ElementsAre("f:6:28: error: there is no virtual service \"wbe\": did you mean "
                          "\"web\"?"));
}

TEST(Tracks, AWeightIsNotZero) {
  EXPECT_THAT(refused("track_checks = [{ name = \"nginx\", weight = 0 }]"),
              ElementsAre("f:6:44: error: \"weight\" must not be 0: leave it out to give up "
                          "mastership"));
  EXPECT_THAT(refused("track_files = [{ path = \"/a\", weight = 0 }]", ""),
              ElementsAre(HasSubstr("leave it out to have the number in the file")));
  EXPECT_THAT(refused("track_services = [{ name = \"web\", per_server = 0 }]", served()),
              ElementsAre(HasSubstr("\"per_server\" must not be 0")));
}

TEST(Tracks, NumbersHaveTheirRanges) {
  for (const char* const weight : {"-254", "254", "\"1\"", "1.5"}) {
    EXPECT_THAT(
        refused("track_checks = [{ name = \"nginx\", weight = " + std::string(weight) + " }]"),
        ElementsAre(HasSubstr("\"weight\" must be an integer, -253 .. 253")));
  }
  EXPECT_THAT(refused("track_services = [{ name = \"web\", per_server = 1 }]", served()),
              ElementsAre(HasSubstr("\"per_server\" must be an integer, -253 .. -1")));
  EXPECT_THAT(
      refused("track_services = [{ name = \"web\", per_server = -1, weight = -1 }]", served()),
      ElementsAre(HasSubstr("exclude each other")));
}

TEST(Tracks, NothingIsFollowedTwice) {
  EXPECT_THAT(
      refused("track_checks = [{ name = \"nginx\" },\n  { name = \"nginx\", weight = -3 }]"),
      ElementsAre(
          "f:7:3: error: the check \"nginx\" is followed by this instance already, at f:6"));
  EXPECT_THAT(
      refused("track_files = [{ path = \"/a\" }]\ntrack_interfaces = [{ name = \"/a\" }]", ""),
      ElementsAre(HasSubstr("must be the name of an interface")));
  std::string many;
  for (int i = 0; i < 65; ++i) many += "{ path = \"/" + std::to_string(i) + "\" },\n";
  EXPECT_THAT(refused("track_files = [" + many + "]", ""),
              ElementsAre("f:70:1: error: this instance follows 65 things: at most 64 can be"));
}

TEST(Tracks, AFileIsFollowedInOneWay) {
  EXPECT_THAT(
      mistakes(
          instance("track_files = [{ path = \"/a\" }]") +
          instance("track_files = [{ path = \"/a\", weight = 1 }]", "b", "62", "[\"192.0.2.11\"]")),
      ElementsAre(
          "f:12:25: error: /a is followed for the number in it already, at f:6: a file with "
          "a \"weight\" here has no number"));
}

TEST(Tracks, PathsAreAbsolute) {
  for (const char* const path : {"", "a", "/", "/a/", "a/b", "/a\\nb"}) {
    EXPECT_THAT(refused("track_files = [{ path = \"" + std::string(path) + "\" }]", ""),
                ElementsAre(HasSubstr("\"path\" must be an absolute path")))
        << path;
  }
  EXPECT_THAT(refused("track_files = [{ weight = 1 }]", ""),
              ElementsAre(HasSubstr("the entry of track_files: \"path\" is required")));
}

TEST(Tracks, AProcessHasTheKernelsName) {
  EXPECT_THAT(refused("track_processes = [{ name = \"systemd-journald\" }]", ""),
              ElementsAre(HasSubstr("as the kernel keeps it (ps -o comm): 1 .. 15 octets")));
  EXPECT_THAT(refused("track_processes = [{ name = \"sh\", arguments = [\"" +
                          std::string(254, 'a') + "\"] }]",
                      ""),
              ElementsAre(HasSubstr("must be at most 255 octets together, not 257")));
}

TEST(Tracks, NamesOfProcessesDifferWhereTheyDo) {
  EXPECT_EQ(process_track_name("a", {}, ""), "a");
  EXPECT_EQ(process_track_name("a", {"-b", "c d"}, "e"), "a -b \"c d\" (user e)");
  EXPECT_EQ(process_track_name("a", {"\"\\"}, ""), "a \"\\\"\\\\\"");
  EXPECT_NE(process_track_name("a b", {}, ""), process_track_name("a", {"b"}, ""));
  EXPECT_NE(process_track_name("a", {"(user", "e)"}, ""), process_track_name("a", {}, "e"));
}

TEST(Tracks, AnOwnerHasFaultsOnly) {
  EXPECT_THAT(refused("priority = 255\ntrack_checks = [{ name = \"nginx\" }]"), IsEmpty());
  EXPECT_THAT(refused("priority = 255\ntrack_checks = [{ name = \"nginx\", weight = 5 }]"),
              ElementsAre("f:7:17: error: what is followed with a weight cannot be with priority "
                          "255: the owner's priority stays"));
  EXPECT_THAT(refused("priority = 255\ntrack_files = [{ path = \"/a\" }]"),
              ElementsAre(HasSubstr("cannot be with priority 255")))
      << "a number is a weight";
  EXPECT_THAT(mistakes(instance("priority = 255", "a") +
                       instance("priority = 255", "b", "62", "[\"192.0.2.11\"]") +
                       "[[vrrp.sync_group]]\nname = \"both\"\ninstances = [\"a\", \"b\"]\n"
                       "track_files = [{ path = \"/a\", weight = 1 }]\n"),
              ElementsAre(HasSubstr("cannot be while \"a\" of the group has priority 255")));
}

TEST(Tracks, AMistakeIsReportedOnce) {
  EXPECT_THAT(refused("track_checks = [{ nmae = \"nginx\" }]"),
              ElementsAre(HasSubstr("\"name\" is required"), HasSubstr("unknown key \"nmae\"")));
  EXPECT_THAT(
      refused("track_checks = \"nginx\""),
      ElementsAre(HasSubstr("\"track_checks\" must be an array of tables: [{ ... }, ...]")));
  EXPECT_THAT(refused("track_interfaces = [\"eth1\"]"),
              ElementsAre(HasSubstr("\"track_interfaces\" must be a table, not the string")));
  EXPECT_THAT(refused("track_files = [{ path = \"/a\" }, { path = \"/a\" }, { path = 1 }]"),
              ElementsAre(HasSubstr("\"path\" must be")))
      << "of a list with a mistake nothing else is said";
}

TEST(Tracks, AScriptIsOneOfTheFile) {
  const std::string script = "[[script]]\nname = \"primary\"\ncommand = [\"/bin/true\"]\n";
  const Config config =
      accepted(instance("track_scripts = [{ name = \"primary\", weight = -9 }]") +
               instance("track_scripts = [{ name = \"primary\" }]", "b", "62", "[\"192.0.2.11\"]") +
               script)
          .config;
  EXPECT_THAT(config.vrrp.instances.at(0).tracks,
              ElementsAre(TrackConfig{TrackKind::Script, "primary", TrackEffect::Weight, -9}));
  EXPECT_THAT(config.vrrp.instances.at(1).tracks,
              ElementsAre(TrackConfig{TrackKind::Script, "primary", TrackEffect::Fault, 0}));
  ASSERT_EQ(config.tracked.scripts.size(), 1U);
  EXPECT_EQ(config.tracked.scripts[0].name, "primary");
  EXPECT_THAT(refused("track_scripts = [{ name = \"primery\" }]", script),
              ElementsAre(HasSubstr("there is no script \"primery\": did you mean \"primary\"?")));
}

std::string gateway(const std::string& more = "", const std::string& address = "\"192.0.2.1\"") {
  return "track_gateways = [{ address = " + address + ", interface = \"eth0\", weight = -1" + more +
         " }]";
}

TEST(TrackedGateways, HaveTheirDefaults) {
  EXPECT_THAT(accepted(instance(gateway())).config.vrrp.gateways,
              ElementsAre(vrrp::GatewayConfig{.name = "192.0.2.1 on eth0",
                                              .address = boost::asio::ip::make_address("192.0.2.1"),
                                              .interface = "eth0",
                                              .interval = 1s,
                                              .timeout = 1s,
                                              .fall = 3,
                                              .rise = 2}));
  EXPECT_EQ(accepted(instance(gateway(", interval = \"200ms\""))).config.vrrp.gateways[0].timeout,
            200ms);
  EXPECT_EQ(accepted(instance(gateway("", "\"fe80::1\""))).config.vrrp.gateways[0].name,
            "fe80::1 on eth0");
}

TEST(TrackedGateways, AreThereOnceAndAlike) {
  const std::string more = ", interval = \"2s\", timeout = \"500ms\", rise = 1, fall = 5";
  const auto both = [&](const std::string& second) {
    return instance(gateway(more)) + instance(gateway(second), "b", "62", "[\"192.0.2.11\"]");
  };
  const Config config = accepted(both(more)).config;
  ASSERT_EQ(config.vrrp.gateways.size(), 1U);
  EXPECT_EQ(config.vrrp.gateways[0].fall, 5);
  EXPECT_THAT(mistakes(both("")),
              ElementsAre(HasSubstr("192.0.2.1 on eth0 is followed with another interval, timeout, "
                                    "rise or fall already, at f:6")));
}

TEST(TrackedGateways, HaveLimits) {
  EXPECT_THAT(refused(gateway(", timeout = \"1001ms\""), ""),
              ElementsAre(HasSubstr("\"timeout\" must not be longer than \"interval\"")));
  EXPECT_THAT(refused(gateway(", interval = \"99ms\""), ""),
              ElementsAre(HasSubstr("\"interval\"")));
  EXPECT_THAT(refused(gateway(", fall = 0"), ""), ElementsAre(HasSubstr("\"fall\"")));
  EXPECT_THAT(refused(gateway("", "\"224.0.0.1\""), ""), ElementsAre(HasSubstr("\"address\"")));
  EXPECT_THAT(refused("track_gateways = [{ address = \"192.0.2.1\" }]", ""),
              ElementsAre(HasSubstr("\"interface\"")));
  EXPECT_THAT(refused("track_gateways = [{ address = \"192.0.2.1\", interface = \"eth0\" }, { "
                      "address = \"192.0.2.1\", interface = \"eth0\" }]",
                      ""),
              ElementsAre(HasSubstr("the gateway \"192.0.2.1 on eth0\" is followed by this "
                                    "instance already")));
}

TEST(TrackedGateways, AreNoVirtualAddresses) {
  EXPECT_THAT(
      refused(gateway("", "\"192.0.2.10\""), ""),
      ElementsAre(HasSubstr("the gateway is a virtual address of \"web\": the node that has "
                            "it gets no answer")));
}

TEST(TrackedGateways, WithoutAWeightAllNodesMayGiveUp) {
  const std::string own =
      "track_gateways = [{ address = { lb1 = \"192.0.2.1\", lb2 = "
      "\"192.0.2.2\" }, interface = \"eth0\" }]";
  EXPECT_THAT(warnings(instance(own)), IsEmpty());
  EXPECT_THAT(warnings(instance("track_gateways = [{ address = \"192.0.2.1\", interface = "
                                "\"eth0\" }]")),
              ElementsAre(HasSubstr("every node asks the same gateway, 192.0.2.1 on eth0: while it "
                                    "is silent, all are in Initialize")));
}

TEST(TrackedUnits, AreServicesOfSystemd) {
  const Config config =
      accepted(
          instance("track_units = [{ name = \"haproxy.service\", weight = -30 }, "
                   "{ name = \"a@b\\\\x2d1.service\" }]") +
          instance("track_units = [{ name = \"haproxy.service\" }]", "b", "62", "[\"192.0.2.11\"]"))
          .config;
  EXPECT_THAT(
      config.vrrp.instances[0].tracks,
      ElementsAre(TrackConfig{TrackKind::Unit, "haproxy.service", TrackEffect::Weight, -30},
                  TrackConfig{TrackKind::Unit, "a@b\\x2d1.service", TrackEffect::Fault, 0}));
  EXPECT_THAT(config.tracked.units, ElementsAre("haproxy.service", "a@b\\x2d1.service"));
}

TEST(TrackedUnits, HaveNamesAsSystemdHasThem) {
  const auto named = [](const std::string& name) {
    return mistakes(instance("track_units = [{ name = \"" + name + "\" }]"));
  };
  for (const std::string name :
       {"haproxy", "haproxy.socket", ".service", "a/b.service", "a b.service", "a@.service",
        "@b.service", "-a.service", "\u00e4.service", ""}) {
    EXPECT_THAT(named(name), ElementsAre(HasSubstr("the name of a service of systemd"))) << name;
  }
  EXPECT_THAT(named(std::string(248, 'a') + ".service"),
              ElementsAre(HasSubstr("at most 255 octets")));
  EXPECT_THAT(named(std::string(247, 'a') + ".service"), IsEmpty());
  EXPECT_THAT(named("evenkeel.service"),
              ElementsAre(HasSubstr("evenkeel.service is evenkeel itself")));
  EXPECT_THAT(refused("track_units = [{ name = \"a.service\" }, { name = \"a.service\" }]"),
              ElementsAre(HasSubstr("is followed by this instance already")));
}

TEST(TrackedUnits, MayBeFollowedByASyncGroup) {
  const auto parsed =
      accepted(instance("", "a", "61") + instance("", "b", "62", "[\"192.0.2.11\"]") +
               "[[vrrp.sync_group]]\nname = \"both\"\ninstances = [\"a\", \"b\"]\n"
               "track_units = [{ name = \"a.service\", weight = 5 }]\n");
  EXPECT_THAT(parsed.config.vrrp.sync_groups[0].tracks,
              ElementsAre(TrackConfig{TrackKind::Unit, "a.service", TrackEffect::Weight, 5}));
}

TEST(Tracks, AWeightMayDifferPerNode) {
  EXPECT_EQ(
      tracks(instance("track_checks = [{ name = \"nginx\", weight = { lb1 = -7, lb2 = -8 } }]") +
             kCheck)[0]
          .weight,
      -7);
}

TEST(TrackWarnings, TellWhereAllNodesMayGiveUp) {
  const std::string shared = "[check.api]\ntype = \"tcp\"\naddress = \"192.0.2.30\"\nport = 80\n";
  const std::string list = "track_checks = [{ name = \"api\" }]";
  EXPECT_THAT(
      warnings(instance(list) + instance(list, "b", "62", "[\"192.0.2.11\"]") + shared),
      ElementsAre("f:6:26: warning: every node checks the same with \"api\": while it fails, "
                  "all are in Initialize, and nobody has the addresses; with a \"weight\" one "
                  "keeps them"))
      << "once, however many follow it";
  EXPECT_THAT(warnings(instance("track_checks = [{ name = \"api\", weight = -1 }]") + shared),
              IsEmpty());
  EXPECT_THAT(warnings(instance("track_checks = [{ name = \"nginx\" }]") + kCheck), IsEmpty())
      << "each node checks itself";
  EXPECT_THAT(warnings(instance(list) + "[check.api]\ntype = \"tcp\"\nport = 80\naddress = { lb1 = "
                                        "\"192.0.2.2\", lb2 = \"192.0.2.3\" }\n"),
              IsEmpty());
  EXPECT_THAT(warnings(instance("track_services = [{ name = \"web\" }]") +
                       served("check = \"nginx\"") + kCheck),
              ElementsAre(HasSubstr("where no node reaches enough real servers of \"web\"")));
}

TEST(TrackWarnings, TellThatWeightsMoveNothing) {
  const auto with = [](const std::string& more, const std::string& weight) {
    return warnings(instance("priority = { lb1 = 150, lb2 = 100 }\ntrack_checks = [{ name = "
                             "\"nginx\", weight = " +
                             weight + " }]\n" + more) +
                    kCheck);
  };
  const auto too_small = ElementsAre(HasSubstr(
      "f:7:16: warning: the weights are too small: with everything that it follows failing, "));
  EXPECT_THAT(with("", "-50"), too_small) << "with equal priorities the master stays";
  EXPECT_THAT(with("", "-51"), IsEmpty());
  EXPECT_THAT(with("", "50"), too_small);
  EXPECT_THAT(with("", "51"), IsEmpty());
  EXPECT_THAT(with("track_interfaces = [{ name = \"eth1\", weight = 1 }]", "-50"), IsEmpty());
  EXPECT_THAT(with("preempt_margin = 5", "-55"), too_small);
  EXPECT_THAT(with("preempt_margin = 5", "-56"), IsEmpty());
  EXPECT_THAT(with("track_files = [{ path = \"/a\" }]", "-1"), IsEmpty());
  EXPECT_THAT(with("preempt = false", "-60"),
              ElementsAre(HasSubstr("\"weight\" moves no master with preempt = false")));
}

TEST(Tracks, AUnitIsFollowedByItsOwnerOnly) {
  const std::string owner = instance("units = [\"haproxy.service\"]");
  const auto follower = [](const std::string& more = "") {
    return instance("track_units = [{ name = \"haproxy.service\" }]" + more, "b", "62",
                    "[\"192.0.2.11\"]");
  };
  EXPECT_THAT(mistakes(owner + follower()),
              ElementsAre(HasSubstr("instance b: \"track_units\" names haproxy.service, which the "
                                    "instance web starts and stops")));
  const std::string group = "[[vrrp.sync_group]]\nname = \"g\"\ninstances = [\"web\", \"b\"]\n";
  EXPECT_THAT(mistakes(owner + follower() + group), IsEmpty());
  EXPECT_THAT(mistakes(instance() + follower() + group + "units = [\"haproxy.service\"]\n"),
              IsEmpty());
  EXPECT_THAT(mistakes(instance("units = [\"haproxy.service\"]\n"
                                "track_units = [{ name = \"haproxy.service\" }]")),
              IsEmpty());
}

TEST(TrackWarnings, TellThatTheOwnInterfaceIsFollowedAnyway) {
  EXPECT_THAT(warnings(instance("track_interfaces = [{ name = \"eth0\" }, { name = \"eth1\" }]")),
              ElementsAre(HasSubstr("eth0 is the interface of the instance")));
}

TEST(TrackWarnings, ACheckThatATrackFollowsIsUsed) {
  EXPECT_THAT(warnings(instance("track_checks = [{ name = \"nginx\" }]") + kCheck), IsEmpty());
}

}  // namespace
}  // namespace evenkeel::daemon
