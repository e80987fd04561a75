// [vrrp]: what instances are to each other, sync groups, warnings, several files.
#include "daemon/config/parse_vrrp.h"

#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(VrrpInstances, NamesAndRoutersAreThereOnce) {
  EXPECT_THAT(mistakes(instance() + instance("", "web", "62", "[\"192.0.2.11\"]")),
              ElementsAre("f:8:8: error: an instance \"web\" is there already, at f:2"));
  EXPECT_THAT(
      mistakes(instance() + instance("", "other", "61", "[\"192.0.2.11\"]")),
      ElementsAre("f:10:21: error: virtual_router_id 61 is used by another instance of IPv4 "
                  "on eth0 already, at f:4"));
  EXPECT_THAT(mistakes(instance() + instance("", "other", "61", "[\"2001:db8::11\"]")), IsEmpty());
}

TEST(VrrpInstances, ThereIsAPlaceForEach) {
  std::string text;
  for (int i = 0; i < 1025; ++i) {
    const std::string number = std::to_string(i);
    text += instance("", "i" + number, std::to_string(i % 255 + 1),
                     "[\"10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "\"]");
    const std::size_t at = text.rfind("\"eth0\"");
    text.replace(at, 6, "\"eth" + std::to_string(i / 255) + "\"");
  }
  EXPECT_THAT(mistakes(text), ElementsAre(HasSubstr("at most 1024 instances")));
}

TEST(VrrpInstances, AnAddressIsMovedOnce) {
  EXPECT_THAT(mistakes(instance("extra_addresses = [\"192.0.2.10/24\"]")),
              ElementsAre("f:6:20: error: 192.0.2.10 is in this instance already, at f:5"));
  EXPECT_THAT(mistakes(instance() + instance("", "b", "62", "[\"192.0.2.9\", \"192.0.2.10\"]")),
              ElementsAre("f:11:35: error: 192.0.2.10 is moved by another instance on eth0 "
                          "already, at f:5"));
  std::string elsewhere = instance("", "b", "62", "[\"fe80::1\"]");
  elsewhere.replace(elsewhere.find("eth0"), 4, "eth1");
  EXPECT_THAT(mistakes(instance("", "a", "62", "[\"fe80::1\"]") + elsewhere), IsEmpty());
}

TEST(VrrpInstances, AMistakeIsReportedOnce) {
  // What could not be read is not held against anything else.
  EXPECT_THAT(mistakes(instance("checksum = \"message\"\nversion = 4\npassword = \"x\"")),
              ElementsAre(HasSubstr("\"version\" must be")));
  EXPECT_THAT(mistakes(instance("", "a", "0") + instance("", "b", "0", "[\"192.0.2.11\"]")),
              SizeIs(2));
  EXPECT_THAT(mistakes(instance("version = 2\nunicast = { lb1 = \"2001:db8::2\" }", "web", "61",
                                "[\"x\"]")),
              ElementsAre(HasSubstr("must be addresses"), HasSubstr("names no other node")));
}

std::string pair_of_instances(const std::string& more = "") {
  return instance("", "a", "61") + instance(more, "b", "62", "[\"192.0.2.11\"]");
}

std::vector<std::string> grouped(const std::string& instances, const std::string& more = "") {
  return mistakes(pair_of_instances() +
                  "[[vrrp.sync_group]]\nname = \"both\"\ninstances = " + instances + "\n" + more);
}

TEST(VrrpSyncGroup, IsRead) {
  const vrrp::Config config = accepted(pair_of_instances() +
                                       "[[vrrp.sync_group]]\nname = \"both\"\n"
                                       "instances = [\"b\", \"a\"]\n")
                                  .config.vrrp;
  ASSERT_THAT(config.sync_groups, SizeIs(1));
  EXPECT_EQ(config.sync_groups[0].name, "both");
  EXPECT_THAT(config.sync_groups[0].instances, ElementsAre("b", "a"));
}

TEST(VrrpSyncGroup, HasMembersThatAreThere) {
  EXPECT_THAT(mistakes("[[vrrp.sync_group]]\n"),
              ElementsAre("f:1:1: error: [[vrrp.sync_group]]: \"name\" is required",
                          "f:1:1: error: [[vrrp.sync_group]]: \"instances\" is required"));
  EXPECT_THAT(grouped(R"(["a"])"),
              ElementsAre("f:15:13: error: a sync group has at least two instances"));
  EXPECT_THAT(grouped(R"(["a", "other"])"),
              ElementsAre("f:15:19: error: there is no instance \"other\""));
  EXPECT_THAT(
      mistakes(instance("", "inside", "61") + instance("", "outside", "62", "[\"192.0.2.11\"]") +
               "[[vrrp.sync_group]]\nname = \"both\"\ninstances = [\"insde\", \"outside\"]\n"),
      ElementsAre("f:15:14: error: there is no instance \"insde\": did you mean "
                  "\"inside\"?"));
  EXPECT_THAT(grouped(R"(["a", "a"])"),
              ElementsAre("f:15:19: error: \"a\" is in a sync group already, at f:15"));
  EXPECT_THAT(grouped(R"(["a", "b"])",
                      "[[vrrp.sync_group]]\nname = \"more\"\ninstances = [\"b\", \"a\"]\n"),
              ElementsAre("f:18:14: error: \"b\" is in a sync group already, at f:15",
                          "f:18:19: error: \"a\" is in a sync group already, at f:15"));
  EXPECT_THAT(grouped(R"(["a", 3])"), ElementsAre(HasSubstr("f:15:19: error: \"instances\" must")));
}

TEST(VrrpSyncGroup, HasANameOfItsOwn) {
  EXPECT_THAT(mistakes(pair_of_instances() + instance("", "c", "63", "[\"192.0.2.12\"]") +
                       instance("", "d", "64", "[\"192.0.2.13\"]") +
                       "[[vrrp.sync_group]]\nname = \"both\"\ninstances = [\"a\", \"b\"]\n"
                       "[[vrrp.sync_group]]\nname = \"both\"\ninstances = [\"c\", \"d\"]\n"),
              ElementsAre("f:29:8: error: a sync group \"both\" is there already, at f:26"));
}

TEST(VrrpSyncGroup, ItsMembersPreemptOrDoNot) {
  EXPECT_THAT(mistakes(pair_of_instances("preempt = false") +
                       "[[vrrp.sync_group]]\nname = \"both\"\ninstances = [\"a\", \"b\"]\n"),
              ElementsAre("f:12:11: error: \"preempt\" is false here, but not in \"a\" of the same "
                          "sync group, at f:1"));
}

TEST(VrrpSyncGroup, NoNodeIsFirstInOneAndSecondInAnother) {
  const std::string first = instance("priority = { lb1 = 150, lb2 = 100, lb3 = 10 }", "a");
  const std::string group = "[[vrrp.sync_group]]\nname = \"both\"\ninstances = [\"a\", \"b\"]\n";
  const auto with = [&](const std::string& priority) {
    return mistakes(first + instance(priority, "b", "62", "[\"192.0.2.11\"]") + group);
  };
  EXPECT_THAT(with("priority = { lb1 = 100, lb2 = 150 }"),
              ElementsAre("f:12:20: error: \"priority\": \"lb1\" is below \"lb2\" here, but above "
                          "it in \"a\" of the same sync group: neither could be master of both"));
  EXPECT_THAT(with("priority = { lb1 = 120, lb2 = 15, lb3 = 20 }"), SizeIs(1));
  EXPECT_THAT(with("priority = { lb1 = 3, lb2 = 2, lb3 = 1 }"), IsEmpty());
  EXPECT_THAT(with("priority = { lb1 = 3 }"), IsEmpty());
  EXPECT_THAT(with("priority = 50"), IsEmpty());
}

TEST(VrrpWarnings, TheTutorialsIdAndPassword) {
  constexpr const char* kTutorial =
      "f:4:21: warning: virtual_router_id 51 is that of every tutorial: a pair of somebody else's "
      "on the same network may have it too";
  constexpr const char* kClear =
      "f:7:12: warning: \"password\" is sent in clear with every advertisement: it keeps out "
      "mistakes, nobody else";
  EXPECT_THAT(warnings(instance("", "web", "51")), ElementsAre(kTutorial));
  EXPECT_THAT(warnings(instance("version = 2\npassword = \"1111\"", "web", "51")),
              ElementsAre(kTutorial, kClear));
  EXPECT_THAT(warnings(instance(kUnicast, "web", "51")), IsEmpty());
  EXPECT_THAT(
      warnings(instance("version = 2\npassword = \"1111\"\n" + std::string(kUnicast), "web", "51")),
      ElementsAre(kTutorial, kClear));
  EXPECT_THAT(warnings(instance("version = 2\npassword = \"other\"\n" + std::string(kUnicast),
                                "web", "51")),
              ElementsAre(kClear));
}

TEST(VrrpWarnings, APrefixIsRarelyRight) {
  EXPECT_THAT(
      warnings(instance("extra_addresses = [\"2001:db8::10/64\"]", "web", "61",
                        "[\"192.0.2.10/24\", \"192.0.2.11/32\"]")),
      ElementsAre(HasSubstr("f:5:21: warning: \"virtual_addresses\": 192.0.2.10/24 brings a route"),
                  HasSubstr("f:6:19: warning: \"extra_addresses\": 2001:db8::10/64 brings")));
}

TEST(VrrpWarnings, ADelayWithoutPreemption) {
  EXPECT_THAT(warnings(instance("preempt = false\npreempt_delay = \"5s\"")),
              ElementsAre("f:7:17: warning: \"preempt_delay\" does nothing with preempt = false"));
}

TEST(VrrpIncludes, InstancesOfAllFilesAreTogether) {
  const std::string group = "[[vrrp.sync_group]]\nname = \"both\"\ninstances = [\"a\", \"b\"]\n";
  const auto parsed = parse_config(
      {{"main", group + instance("", "a")}, {"x", instance("", "b", "62", "[\"192.0.2.11\"]")}},
      "lb1");
  ASSERT_TRUE(parsed) << ::testing::PrintToString(texts(parsed.error()));
  EXPECT_THAT(parsed->config.vrrp.instances, SizeIs(2));
  const auto twice = parse_config({{"main", instance()}, {"x", instance()}}, "lb1");
  ASSERT_FALSE(twice);
  EXPECT_THAT(texts(twice.error()), ElementsAre(HasSubstr("x:2:8: error: an instance \"web\""),
                                                HasSubstr("x:4:21: error: virtual_router_id 61"),
                                                HasSubstr("x:5:22: error: 192.0.2.10 is moved")));
}

}  // namespace
}  // namespace evenkeel::daemon
