// [[vrrp.instance]]: what is read, the defaults, and every rule of one instance with its place.
#include "daemon/config/parse_vrrp.h"
#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

vrrp::InterfaceAddress with_prefix(const char* address, std::uint8_t length) {
  return {boost::asio::ip::make_address(address), length};
}

vrrp::InstanceConfig the_instance(const std::string& text) {
  const vrrp::Config config = accepted(text).config.vrrp;
  EXPECT_THAT(config.instances, SizeIs(1));
  return config.instances.empty() ? vrrp::InstanceConfig() : config.instances.front();
}

TEST(VrrpInstance, TheLeastHasTheDefaults) {
  const vrrp::InstanceConfig config = the_instance(instance());
  EXPECT_EQ(config.name, "web");
  EXPECT_EQ(config.interface, "eth0");
  EXPECT_EQ(config.virtual_router_id, 61);
  EXPECT_EQ(config.family, vrrp::Family::IPv4);
  EXPECT_EQ(config.version, vrrp::Version::V3);
  EXPECT_EQ(config.priority, 100);
  EXPECT_EQ(config.advertisement_interval, 1s);
  EXPECT_TRUE(config.preempt);
  EXPECT_EQ(config.preempt_delay, 0s);
  EXPECT_THAT(config.virtual_addresses, ElementsAre(with_prefix("192.0.2.10", 32)));
  EXPECT_THAT(config.extra_addresses, IsEmpty());
  EXPECT_FALSE(config.unicast.has_value());
  EXPECT_EQ(config.checksum, vrrp::ChecksumPolicy::Auto);
  EXPECT_EQ(config.password, "");
  EXPECT_THAT(config.announcements.at, ElementsAre(0s, 50ms, 250ms, 1s, 5s));
  EXPECT_EQ(config.announcements.refresh, 60s);
  EXPECT_EQ(config.address_conflict, vrrp::AddressConflict::Warn);
  EXPECT_EQ(config.foreign_address_list, vrrp::ForeignAddressList::Ignore);
  EXPECT_THAT(warnings(instance()), IsEmpty());
}

TEST(VrrpInstance, EveryKeyIsRead) {
  const ParsedConfig parsed =
      accepted("[global]\naddress_lease = false\n" +
               instance("family = \"ipv4\"\nversion = 3\nadvertisement_interval = \"10ms\"\n"
                        "preempt = true\npreempt_delay = \"30s\"\n"
                        "extra_addresses = [\"2001:db8::10\", \"198.51.100.1/24\"]\n"
                        "checksum = \"pseudo_header\"\naddress_conflict = \"refuse\"\n"
                        "foreign_address_list = \"accept\"\n"
                        "announcements = { at = [\"0s\", \"2s\"], refresh = \"0s\" }\n" +
                            std::string(kUnicast),
                        "web", "255", "[\"192.0.2.10\", \"192.0.2.11\"]"));
  EXPECT_FALSE(parsed.config.vrrp.address_lease);
  ASSERT_THAT(parsed.config.vrrp.instances, SizeIs(1));
  const vrrp::InstanceConfig& config = parsed.config.vrrp.instances[0];
  EXPECT_EQ(config.virtual_router_id, 255);
  EXPECT_EQ(config.priority, 150);
  EXPECT_EQ(config.advertisement_interval, 10ms);
  EXPECT_EQ(config.preempt_delay, 30s);
  EXPECT_THAT(config.virtual_addresses,
              ElementsAre(with_prefix("192.0.2.10", 32), with_prefix("192.0.2.11", 32)));
  EXPECT_THAT(config.extra_addresses,
              ElementsAre(with_prefix("2001:db8::10", 128), with_prefix("198.51.100.1", 24)));
  ASSERT_TRUE(config.unicast.has_value());
  EXPECT_EQ(config.unicast->source, boost::asio::ip::make_address("192.0.2.2"));
  EXPECT_THAT(config.unicast->peers, ElementsAre(boost::asio::ip::make_address("192.0.2.3")));
  EXPECT_EQ(config.checksum, vrrp::ChecksumPolicy::PseudoHeader);
  EXPECT_THAT(config.announcements.at, ElementsAre(0s, 2s));
  EXPECT_EQ(config.announcements.refresh, 0s);
  EXPECT_EQ(config.address_conflict, vrrp::AddressConflict::Refuse);
  EXPECT_EQ(config.foreign_address_list, vrrp::ForeignAddressList::Accept);

  const vrrp::InstanceConfig old = the_instance(
      instance("version = 2\npassword = \"a b~1234\"\nadvertisement_interval = \"255s\"\n"
               "priority = 255\nchecksum = \"auto\""));
  EXPECT_EQ(old.version, vrrp::Version::V2);
  EXPECT_EQ(old.password, "a b~1234");
  EXPECT_EQ(old.advertisement_interval, 255s);
  EXPECT_EQ(old.priority, 255);
  EXPECT_EQ(the_instance(instance("checksum = \"message\"")).checksum,
            vrrp::ChecksumPolicy::Message);
  EXPECT_FALSE(the_instance(instance("preempt = false")).preempt);
}

TEST(VrrpInstance, TheFamilyIsThatOfTheAddresses) {
  const vrrp::InstanceConfig config =
      the_instance(instance("", "web", "61", "[\"fe80::10\", \"2001:db8::10\"]"));
  EXPECT_EQ(config.family, vrrp::Family::IPv6);
  EXPECT_THAT(config.virtual_addresses,
              ElementsAre(with_prefix("fe80::10", 128), with_prefix("2001:db8::10", 128)));
}

TEST(VrrpInstance, OneFileServesBothNodes) {
  const std::string text = instance(
      "interface = { lb1 = \"eth0\", lb2 = \"ens3\" }\npreempt = { lb1 = true, lb2 = false }\n" +
      std::string(kUnicast));
  std::string without = text;
  without.erase(text.find("interface = \"eth0\"\n"), 19);
  const auto second = parse_config({{"f", without}}, "lb2");
  ASSERT_TRUE(second) << ::testing::PrintToString(texts(second.error()));
  const vrrp::InstanceConfig& config = second->config.vrrp.instances.at(0);
  EXPECT_EQ(config.interface, "ens3");
  EXPECT_EQ(config.priority, 100);
  EXPECT_FALSE(config.preempt);
  EXPECT_EQ(config.unicast->source, boost::asio::ip::make_address("192.0.2.3"));
  EXPECT_THAT(config.unicast->peers, ElementsAre(boost::asio::ip::make_address("192.0.2.2")));
}

TEST(VrrpInstance, NameInterfaceIdAndAddressesAreRequired) {
  EXPECT_THAT(mistakes("[[vrrp.instance]]\n"),
              ElementsAre("f:1:1: error: [[vrrp.instance]]: \"name\" is required",
                          "f:1:1: error: [[vrrp.instance]]: \"interface\" is required",
                          "f:1:1: error: [[vrrp.instance]]: \"virtual_router_id\" is required",
                          "f:1:1: error: [[vrrp.instance]]: \"virtual_addresses\" is required"));
  EXPECT_THAT(mistakes("[vrrp.instance]\n"),
              ElementsAre("f:1:1: error: \"instance\" must be an array of tables: "
                          "[[vrrp.instance]], not a table"));
  EXPECT_THAT(mistakes("[vrrp]\nsync_group = 1\nbananas = 1\n"), SizeIs(2));
  EXPECT_THAT(mistakes("vrrp = 1"), ElementsAre(HasSubstr("\"vrrp\" must be a table, not 1")));
  EXPECT_THAT(mistakes("[vrrp]\ninstance = [1]"),
              ElementsAre("f:2:13: error: \"instance\" must be a table, not 1"));
  EXPECT_THAT(mistakes(instance("prioritty = 3")),
              ElementsAre("f:6:1: error: unknown key \"prioritty\": did you mean \"priority\"?"));
}

TEST(VrrpInstance, RangesOfIntegers) {
  for (const char* const id : {"0", "256", "-1", "\"61\""}) {
    EXPECT_THAT(mistakes(instance("", "web", id)),
                ElementsAre(HasSubstr("f:4:21: error: \"virtual_router_id\" must be an integer, "
                                      "1 .. 255, not ")))
        << id;
  }
  for (const char* const priority : {"0", "256"}) {
    EXPECT_THAT(mistakes(instance("priority = " + std::string(priority))),
                ElementsAre(HasSubstr("f:6:12: error: \"priority\" must be an integer, 1 .. 255")));
  }
  EXPECT_THAT(mistakes(instance("version = 1")),
              ElementsAre("f:6:11: error: \"version\" must be an integer, 2 .. 3, not 1"));
}

std::vector<std::string> interval(const std::string& more) {
  return mistakes(instance("advertisement_interval = " + more));
}

TEST(VrrpInstance, TheIntervalIsWhatThePacketCanSay) {
  constexpr const char* kV3 =
      "f:6:26: error: \"advertisement_interval\" must be 10ms .. 40950ms in steps of 10ms "
      "(version 3), not the string ";
  constexpr const char* kV2 = "must be 1s .. 255s in whole seconds (version 2), not the string ";
  for (const char* const fine : {"\"10ms\"", "\"40950ms\"", "\"990ms\"", "\"40s\""}) {
    EXPECT_THAT(interval(fine), IsEmpty()) << fine;
  }
  for (const char* const wrong : {"\"0s\"", "\"9ms\"", "\"15ms\"", "\"40960ms\"", "\"41s\""}) {
    EXPECT_THAT(interval(wrong), ElementsAre(std::string(kV3) + wrong)) << wrong;
  }
  for (const char* const fine : {"\"1s\"", "\"255s\"", "\"2000ms\""}) {
    EXPECT_THAT(interval(fine + std::string("\nversion = 2")), IsEmpty()) << fine;
  }
  for (const char* const wrong : {"\"400ms\"", "\"1500ms\"", "\"256s\"", "\"0s\""}) {
    EXPECT_THAT(interval(wrong + std::string("\nversion = 2")),
                ElementsAre(HasSubstr(std::string(kV2) + wrong)))
        << wrong;
  }
  EXPECT_THAT(interval("1"), ElementsAre(HasSubstr("a string of one integer and a unit")));
}

TEST(VrrpInstance, TheIntervalOfAnotherNodeIsJudgedWithItsVersion) {
  EXPECT_THAT(
      interval("{ lb1 = \"1s\", lb2 = \"15ms\" }"),
      ElementsAre(HasSubstr("f:6:46: error: \"advertisement_interval\" for node \"lb2\" must "
                            "be 10ms .. 40950ms")));
  EXPECT_THAT(interval("{ lb1 = \"10ms\", lb2 = \"200s\" }\nversion = { lb1 = 3, lb2 = 2 }"),
              IsEmpty());
  EXPECT_THAT(interval("{ lb1 = \"200s\", lb2 = \"1s\" }\nversion = { lb1 = 3, lb2 = 2 }"),
              ElementsAre(HasSubstr("for node \"lb1\" must be 10ms .. 40950ms")));
  EXPECT_THAT(interval("{ lb1 = \"1s\", lb2 = \"300s\" }\nversion = { lb1 = 3, lb2 = 2 }"),
              ElementsAre(HasSubstr("for node \"lb2\" must be")));
}

TEST(VrrpInstance, AnInterfaceHasANameThatTheKernelTakes) {
  for (const char* const name : {"", "a/b", "a b", "a\\tb", ".", "..", "eth0:1"}) {
    const std::string text = "[[vrrp.instance]]\nname = \"web\"\ninterface = \"" +
                             std::string(name) +
                             "\"\nvirtual_router_id = 61\nvirtual_addresses = [\"192.0.2.10\"]\n";
    EXPECT_THAT(mistakes(text),
                ElementsAre(HasSubstr("f:3:13: error: \"interface\" must be the name of an "
                                      "interface: 1 .. 127 octets without '/', ':' and spaces")))
        << name;
  }
}

TEST(VrrpInstance, Version2IsForIpv4) {
  EXPECT_THAT(mistakes(instance("version = 2", "web", "61", "[\"2001:db8::10\"]")),
              ElementsAre("f:6:11: error: \"version\" 2 is for IPv4 only: IPv6 needs version 3"));
}

TEST(VrrpInstance, PasswordsAreForVersion2) {
  EXPECT_THAT(mistakes(instance("password = \"1234\"")),
              ElementsAre("f:6:12: error: \"password\" is for version 2 only: version 3 has none"));
  for (const char* const wrong : {"\"secret789\"", "\"s\\u0000\"", "\"ä\"", "12345"}) {
    EXPECT_THAT(mistakes(instance("version = 2\npassword = " + std::string(wrong))),
                ElementsAre("f:7:12: error: \"password\" must be a string of at most 8 printable "
                            "ASCII characters"))
        << wrong;
  }
}

TEST(VrrpInstance, ChecksumsAreForVersion3OverIpv4) {
  constexpr const char* kMessage =
      ": error: \"checksum\" is for version 3 over IPv4 only: elsewhere there is one way to sum";
  EXPECT_THAT(mistakes(instance("checksum = \"message\"\nversion = 2")),
              ElementsAre("f:6:12" + std::string(kMessage)));
  EXPECT_THAT(mistakes(instance("checksum = \"message\"", "web", "61", "[\"2001:db8::10\"]")),
              ElementsAre("f:6:12" + std::string(kMessage)));
  EXPECT_THAT(mistakes(instance("checksum = \"none\"")),
              ElementsAre(HasSubstr("must be one of \"auto\", \"message\", \"pseudo_header\"")));
}

TEST(VrrpInstance, AddressesAreOfOneFamily) {
  EXPECT_THAT(mistakes(instance("", "web", "61", "[\"192.0.2.10\", \"2001:db8::10\"]")),
              ElementsAre("f:5:36: error: 2001:db8::10 is an address of IPv6 in an instance of "
                          "IPv4: it needs an instance of its own, or \"extra_addresses\""));
  EXPECT_THAT(mistakes(instance("family = \"ipv6\"")),
              ElementsAre(HasSubstr("f:5:22: error: 192.0.2.10 is an address of IPv4 in an "
                                    "instance of IPv6")));
  EXPECT_THAT(mistakes(instance("family = \"inet\"")),
              ElementsAre(HasSubstr("\"family\" must be one of \"ipv4\", \"ipv6\"")));
}

TEST(VrrpInstance, AddressesMustBeAbleToMove) {
  for (const auto& [address, why] : std::vector<std::pair<std::string, std::string>>{
           {"224.0.0.18", "a multicast address"},
           {"0.0.0.0", "the unspecified address"},
           {"127.0.0.1", "a loopback address"},
           {"255.255.255.255", "the broadcast address"},
           {"ff02::12", "a multicast address"},
           {"::", "the unspecified address"},
           {"::1", "a loopback address"},
           {"::ffff:192.0.2.1", "an IPv4-mapped address"}}) {
    EXPECT_THAT(mistakes(instance("", "web", "61", "[\"" + address + "\"]")),
                ElementsAre("f:5:22: error: \"virtual_addresses\": " + address + " is " + why +
                            ": it cannot move between nodes"));
  }
  EXPECT_THAT(mistakes(instance("extra_addresses = [\"192.0.2.11\", \"::1\"]")),
              ElementsAre(HasSubstr("f:6:34: error: \"extra_addresses\": ::1 is a loopback")));
}

TEST(VrrpInstance, AddressesThatAreNone) {
  for (const char* const text :
       {"192.0.2.10/33", "192.0.2.10/0", "192.0.2.10/", "192.0.2.10/024", "192.0.2.10/-1", "/24",
        "192.0.2", "web.example", "fe80::1%eth0", "2001:db8::1/129", "2001:db8::1/64 "}) {
    EXPECT_THAT(
        mistakes(instance("", "web", "61", "[\"" + std::string(text) + "\"]")),
        ElementsAre(HasSubstr("f:5:22: error: \"virtual_addresses\" must be addresses, with "
                              "a prefix length or without")))
        << text;
  }
  EXPECT_THAT(mistakes(instance("", "web", "61", "[1]")), SizeIs(1));
  EXPECT_THAT(mistakes(instance("", "web", "61", "\"192.0.2.10\"")),
              ElementsAre(HasSubstr("must be an array of addresses")));
}

std::string many(int count, const std::string& prefix) {
  std::string text = "[";
  for (int i = 1; i <= count; ++i) {
    text += (i == 1 ? "\"" : ", \"") + prefix + std::to_string(i) + "\"";
  }
  return text + "]";
}

TEST(VrrpInstance, AllItsAddressesFitOnePacket) {
  EXPECT_THAT(mistakes(instance("", "web", "61", "[]")),
              ElementsAre("f:5:21: error: \"virtual_addresses\" must have at least one address"));
  EXPECT_THAT(mistakes(instance("", "web", "61", many(90, "2001:db8::"))), IsEmpty());
  EXPECT_THAT(mistakes(instance("", "web", "61", many(91, "2001:db8::"))),
              ElementsAre("f:5:21: error: an instance of IPv6 advertises at most 90 addresses, not "
                          "91: put the others into \"extra_addresses\""));
  const std::string first = many(254, "192.0.2.");
  EXPECT_THAT(mistakes(instance("", "web", "61", first)), IsEmpty());
  std::string most = first;
  most.replace(most.size() - 1, 1, ", \"198.51.100.1\"]");
  EXPECT_THAT(mistakes(instance("", "web", "61", most)), IsEmpty());
  most.replace(most.size() - 1, 1, ", \"198.51.100.2\"]");
  EXPECT_THAT(mistakes(instance("", "web", "61", most)),
              ElementsAre(HasSubstr("at most 255 addresses, not 256")));
}

TEST(VrrpInstance, AnOwnerNeitherWaitsNorYields) {
  EXPECT_THAT(mistakes(instance("priority = 255\npreempt_delay = \"1s\"\npreempt = false")),
              ElementsAre("f:7:17: error: \"preempt_delay\" cannot be with priority 255: the owner "
                          "never waits",
                          "f:8:11: error: \"preempt\" cannot be false with priority 255: the owner "
                          "always preempts"));
  EXPECT_THAT(mistakes(instance("preempt_delay = \"25h\"")),
              ElementsAre(HasSubstr("\"preempt_delay\" must be 0s .. 24h")));
}

std::vector<std::string> announcements(const std::string& text) {
  return mistakes(instance("announcements = { " + text + " }"));
}

TEST(VrrpInstance, AnnouncementsAscend) {
  EXPECT_THAT(announcements(R"(at = ["0s"])"), IsEmpty());
  EXPECT_THAT(announcements(R"(at = ["0s", "1s", "1s"])"),
              ElementsAre("f:6:37: error: the durations of \"at\" must ascend"));
  EXPECT_THAT(announcements("at = []"),
              ElementsAre("f:6:24: error: \"at\" must have 1 .. 16 durations, not 0"));
  std::string seventeen = "\"0s\"";
  for (int i = 1; i < 17; ++i) seventeen += ", \"" + std::to_string(i) + "s\"";
  EXPECT_THAT(announcements("at = [" + seventeen + "]"),
              ElementsAre(HasSubstr("must have 1 .. 16 durations, not 17")));
  EXPECT_THAT(announcements(R"(at = ["0s", "61m", 3])"),
              ElementsAre(HasSubstr("\"at\" must be 0s .. 1h, not the string \"61m\""),
                          HasSubstr("a string of one integer and a unit")));
  EXPECT_THAT(announcements(R"(refresh = "500ms")"),
              ElementsAre(HasSubstr("\"refresh\" must be \"0s\" or 1s .. 24h")));
  EXPECT_THAT(announcements("rate = 3"), ElementsAre(HasSubstr("unknown key \"rate\"")));
  EXPECT_THAT(mistakes(instance("announcements = 3")),
              ElementsAre(HasSubstr("\"announcements\" must be a table, not 3")));
  EXPECT_THAT(announcements(R"(at = { lb1 = ["0s"], lb2 = ["2s", "3s"] })"), IsEmpty());
}

std::vector<std::string> unicast(const std::string& nodes) {
  return mistakes(instance("unicast = " + nodes + "\npriority = { lb1 = 150, lb2 = 100 }"));
}

TEST(VrrpUnicast, ListsEveryNode) {
  EXPECT_THAT(
      unicast(R"({ lb2 = "192.0.2.3", lb3 = "192.0.2.4" })"),
      ElementsAre("f:6:11: error: \"unicast\" has no entry for this node, \"lb1\": it lists "
                  "the addresses of all nodes; a node's name is its host name, or \"node_name\" in "
                  "[global]"));
  EXPECT_THAT(unicast(R"({ lb1 = "192.0.2.2" })"),
              ElementsAre("f:6:11: error: \"unicast\" names no other node: leave it out for "
                          "multicast"));
  EXPECT_THAT(unicast("{}"), ElementsAre(HasSubstr("has no entry for this node")));
  EXPECT_THAT(unicast("\"192.0.2.3\""),
              ElementsAre(HasSubstr("\"unicast\" must be a table with the address of every node")));
}

TEST(VrrpUnicast, EveryAddressIsThatOfANode) {
  EXPECT_THAT(
      unicast(R"({ lb1 = "192.0.2.2", lb2 = "peer", lb3 = 3, lb4 = "192.0.2.4/24" })"),
      ElementsAre(HasSubstr("f:6:38: error: \"unicast\" for node \"lb2\" must be an address"),
                  HasSubstr("for node \"lb3\" must be an address"),
                  HasSubstr("for node \"lb4\" must be an address")));
  EXPECT_THAT(unicast(R"({ lb1 = "192.0.2.2", lb2 = "224.0.0.18" })"),
              ElementsAre("f:6:38: error: \"unicast\" for node \"lb2\": 224.0.0.18 is a multicast "
                          "address, not that of a node"));
  EXPECT_THAT(unicast(R"({ lb1 = "192.0.2.2", lb2 = "2001:db8::3" })"),
              ElementsAre("f:6:38: error: \"unicast\": 2001:db8::3 is not an address of IPv4, the "
                          "instance's family"));
  EXPECT_THAT(unicast(R"({ lb0 = "192.0.2.2", lb1 = "192.0.2.3", lb2 = "192.0.2.2" })"),
              ElementsAre("f:6:57: error: \"unicast\": two nodes cannot have the same address, "
                          "192.0.2.2"));
  EXPECT_THAT(unicast(R"({ lb1 = "192.0.2.10", lb2 = "192.0.2.3" })"),
              ElementsAre("f:6:19: error: \"unicast\": 192.0.2.10 is an address that the instance "
                          "moves: nodes talk from addresses that stay"));
  EXPECT_THAT(mistakes(instance("unicast = { lb1 = \"fe80::2\", lb2 = \"fe80::3\" }\n"
                                "priority = { lb1 = 150, lb2 = 100 }",
                                "web", "61", "[\"2001:db8::10\"]")),
              IsEmpty());
}

TEST(VrrpPriority, NodesThatKnowEachOtherHaveTheirOwn) {
  constexpr const char* kTail =
      "), which would fight for mastership: write one for each node, such as "
      "{ lb1 = 150, lb2 = 100 }";
  const std::string nodes = "unicast = { lb1 = \"192.0.2.2\", lb2 = \"192.0.2.3\" }\n";
  EXPECT_THAT(mistakes(instance(nodes)),
              ElementsAre("f:6:11: error: \"priority\" is 100 on several nodes (\"lb1\", \"lb2\"" +
                          std::string(kTail)));
  EXPECT_THAT(mistakes(instance(nodes + "priority = 150")),
              ElementsAre("f:7:12: error: \"priority\" is 150 on several nodes (\"lb1\", \"lb2\"" +
                          std::string(kTail)));
  EXPECT_THAT(mistakes(instance(nodes + "priority = { lb1 = 7, lb2 = 7 }")),
              ElementsAre("f:7:29: error: \"priority\" is 7 on several nodes (\"lb1\", \"lb2\"" +
                          std::string(kTail)));
  EXPECT_THAT(mistakes(instance("priority = { lb1 = 7, lb2 = 8, lb3 = 8 }")),
              ElementsAre(HasSubstr("\"priority\" is 8 on several nodes (\"lb2\", \"lb3\")")));
  EXPECT_THAT(mistakes(instance(nodes + "priority = { lb1 = 150 }")), IsEmpty());
  EXPECT_THAT(mistakes(instance(nodes + "priority = { lb1 = 150, lb2 = 100, lb9 = 100 }")),
              IsEmpty());
  EXPECT_THAT(mistakes(instance("priority = { lb1 = 150, lb2 = 100, lb3 = 150, lb4 = 100 }", "web",
                                "{ lb1 = 61, lb2 = 61, lb3 = 62, lb4 = 62 }")),
              IsEmpty());
  EXPECT_THAT(mistakes(instance("priority = 150")), IsEmpty());
}

TEST(VrrpInstance, NodesThatWouldNotHearEachOtherAreAnError) {
  const std::string nodes =
      "unicast = { lb1 = \"192.0.2.2\", lb2 = \"192.0.2.3\" }\n"
      "priority = { lb1 = 150, lb2 = 100 }\n";
  EXPECT_THAT(mistakes(instance(nodes + "version = { lb1 = 2, lb2 = 3 }")),
              ElementsAre("f:8:28: error: \"version\" differs between \"lb1\" and \"lb2\": they "
                          "would not hear each other, and both be master"));
  EXPECT_THAT(mistakes(instance(nodes, "web", "{ lb1 = 61, lb2 = 62 }")),
              ElementsAre(HasSubstr("\"virtual_router_id\" differs between")));
  EXPECT_THAT(mistakes(instance(nodes + "version = 2\npassword = { lb1 = \"a\", lb2 = \"b\" }")),
              ElementsAre(HasSubstr("\"password\" differs between")));
  const std::string interval = "advertisement_interval = { lb1 = \"1s\", lb2 = ";
  EXPECT_THAT(mistakes(instance(nodes + "version = 2\n" + interval + "\"2s\" }")),
              ElementsAre(HasSubstr("\"advertisement_interval\" differs between")));
  EXPECT_THAT(mistakes(instance(nodes + "version = 2\n" + interval + "\"1000ms\" }")), IsEmpty());
  EXPECT_THAT(mistakes(instance(nodes + interval + "\"2s\" }")), IsEmpty())
      << "version 3 learns the master's";
  EXPECT_THAT(mistakes(instance("priority = { lb1 = 150, lb2 = 100 }\n"
                                "version = { lb1 = 3, lb2 = 3, lb8 = 2, lb9 = 2 }")),
              IsEmpty())
      << "another pair in the same file";
}

TEST(VrrpInstance, AServiceAtAVirtualAddressIsTheNormalCase) {
  EXPECT_THAT(warnings(instance() + served()), IsEmpty());
}

}  // namespace
}  // namespace evenkeel::daemon
