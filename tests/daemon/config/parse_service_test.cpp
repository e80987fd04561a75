#include "daemon/config/parse_service.h"

#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ServiceConfig only_service(const std::string& text) {
  const ParsedConfig parsed = accepted(text);
  EXPECT_EQ(parsed.config.services.size(), 1U);
  return parsed.config.services.empty() ? ServiceConfig() : parsed.config.services[0];
}

TEST(ParseService, HasTheDefaultsOfThePage) {
  const ServiceConfig service = only_service(served());
  EXPECT_EQ(service.name, "web");
  EXPECT_EQ(ipvs::to_string(service.service.key), "TCP 192.0.2.10:80");
  EXPECT_EQ(service.service.key.family, ipvs::Family::Ipv4);
  EXPECT_EQ(service.service.scheduler, "wlc");
  EXPECT_EQ(service.service.flags, 0U);
  EXPECT_EQ(service.service.persistence_seconds, 0U);
  EXPECT_EQ(service.service.persistence_prefix, 32);
  EXPECT_EQ(service.on_failure, OnFailure::Auto);
  EXPECT_EQ(service.quorum, 1U);
  EXPECT_EQ(service.hysteresis, 0U);
  EXPECT_FALSE(service.sorry_server);
  ASSERT_EQ(service.real_servers.size(), 1U);
  const RealServerConfig& server = service.real_servers[0];
  EXPECT_EQ(server.name, "192.0.2.21:80");
  EXPECT_EQ(ipvs::to_string(server.destination.key), "192.0.2.21:80") << "the service's port";
  EXPECT_EQ(server.destination.forwarding, ipvs::ForwardingMethod::Masquerade);
  EXPECT_EQ(server.destination.weight, 1U);
  EXPECT_EQ(server.destination.upper_threshold, 0U);
  EXPECT_EQ(server.destination.lower_threshold, 0U);
  EXPECT_TRUE(server.checks.empty());
}

TEST(ParseService, ReadsEveryKey) {
  const ServiceConfig service = only_service(
      "[[virtual_service]]\n"
      "name = \"dns\"\n"
      "address = \"2001:db8::10\"\n"
      "port = 53\n"
      "protocol = \"udp\"\n"
      "scheduler = \"mh\"\n"
      "scheduler_flags = [\"mh-port\", \"mh-fallback\"]\n"
      "forwarding = \"tunnel\"\n"
      "tunnel = { type = \"ipip\" }\n"
      "persistence = \"5m\"\n"
      "persistence_prefix = 64\n"
      "one_packet = true\n"
      "quorum = 4\n"
      "hysteresis = 2\n"
      "on_failure = \"remove\"\n"
      "sorry_server = { address = \"2001:db8::99\", forwarding = \"direct\" }\n"
      "[[virtual_service.real_server]]\n"
      "name = \"ns1\"\n"
      "address = \"192.0.2.21\"\n"
      "port = 53\n"
      "weight = 65535\n"
      "upper_threshold = 100\n"
      "lower_threshold = 100\n");
  EXPECT_EQ(ipvs::to_string(service.service.key), "UDP [2001:db8::10]:53");
  EXPECT_EQ(service.service.key.family, ipvs::Family::Ipv6);
  EXPECT_EQ(service.service.scheduler, "mh");
  EXPECT_EQ(service.service.flags,
            ipvs::ServiceFlags::kPersistent | ipvs::ServiceFlags::kOnePacket |
                ipvs::ServiceFlags::kScheduler1 | ipvs::ServiceFlags::kScheduler2);
  EXPECT_EQ(service.service.persistence_seconds, 300U);
  EXPECT_EQ(service.service.persistence_prefix, 64);
  EXPECT_EQ(service.on_failure, OnFailure::Remove);
  EXPECT_EQ(service.quorum, 4U);
  EXPECT_EQ(service.hysteresis, 2U);
  ASSERT_TRUE(service.sorry_server);
  EXPECT_EQ(ipvs::to_string(service.sorry_server->key), "[2001:db8::99]:53");
  EXPECT_EQ(service.sorry_server->forwarding, ipvs::ForwardingMethod::Direct);
  EXPECT_EQ(service.sorry_server->weight, 1U);
  const RealServerConfig& server = service.real_servers.at(0);
  EXPECT_EQ(server.name, "ns1");
  EXPECT_EQ(server.destination.forwarding, ipvs::ForwardingMethod::Tunnel);
  EXPECT_EQ(server.destination.tunnel, ipvs::Tunnel());
  EXPECT_EQ(server.destination.weight, 65535U);
  EXPECT_EQ(server.destination.upper_threshold, 100U);
  EXPECT_EQ(server.destination.lower_threshold, 100U);
}

TEST(ParseService, TakesEveryScheduler) {
  for (const char* const name : {"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq",
                                 "fo", "ovf", "mh", "twos"}) {
    EXPECT_EQ(only_service(served("scheduler = \"" + std::string(name) + "\"")).service.scheduler,
              name);
  }
}

TEST(ParseService, PutsFlagsIntoTheKernelsBits) {
  const auto flags = [](const std::string& keys) {
    return only_service(served(keys)).service.flags;
  };
  EXPECT_EQ(flags("scheduler = \"sh\"\nscheduler_flags = [\"sh-fallback\"]"), 0x8U);
  EXPECT_EQ(flags("scheduler = \"sh\"\nscheduler_flags = [\"sh-port\"]"), 0x10U);
  EXPECT_EQ(flags("scheduler = \"mh\"\nscheduler_flags = [\"mh-fallback\"]"), 0x8U);
  EXPECT_EQ(flags("scheduler = \"mh\"\nscheduler_flags = [\"mh-port\"]"), 0x10U);
}

TEST(ParseService, AnInlineArrayOfRealServersIsTheSame) {
  const ServiceConfig service = only_service(
      ::evenkeel::daemon::service("real_server = [{ address = \"192.0.2.21\" }, { address = "
                                  "\"192.0.2.22\", port = 8080 }]"));
  ASSERT_EQ(service.real_servers.size(), 2U);
  EXPECT_EQ(service.real_servers[1].name, "192.0.2.22:8080");
}

TEST(ParseService, ARealServerMayBeThisHost) {
  EXPECT_THAT(mistakes(service() + "real_server = [{ address = \"127.0.0.1\" }]"), IsEmpty());
}

struct Refused {
  const char* keys;
  const char* expected;
};

TEST(ParseService, RefusesWrongKeysOfAService) {
  for (const Refused& refused : std::vector<Refused>{
           {"scheduler = \"wcl\"", "not the string \"wcl\": did you mean \"wlc\"?"},
           {"scheduler = \"none\"", "\"scheduler\" must be one of \"rr\", \"wrr\""},
           {"scheduler_flags = \"mh-port\"", "must be an array of flags"},
           {"scheduler = \"mh\"\nscheduler_flags = [\"mh-prot\"]", "did you mean \"mh-port\"?"},
           {"scheduler_flags = [\"mh-port\"]", "\"mh-port\" needs scheduler = \"mh\", not \"wlc\""},
           {"scheduler = \"sh\"\nscheduler_flags = [\"mh-port\"]", "needs scheduler = \"mh\""},
           {"scheduler = \"mh\"\nscheduler_flags = [\"mh-port\", \"mh-port\"]", "is given twice"},
           {"persistence = 300", "such as \"2s\", not 300"},
           {"persistence = \"1500ms\"", "in whole seconds"},
           {"persistence = \"745h\"", "must be \"0s\" or 1s .. 744h"},
           {"persistence = \"5m\"\npersistence_prefix = 33", "must be an integer, 1 .. 32, not 33"},
           {"persistence = \"5m\"\npersistence_prefix = 0", "must be an integer, 1 .. 128, not 0"},
           {"one_packet = true", "\"one_packet\" needs protocol = \"udp\""},
           {"on_failure = \"drop\"", "must be one of \"auto\", \"quiesce\", \"remove\""},
           {"quorum = 0", "must be an integer, 1 .. "},
           {"quorum = 2",
            "the quorum (2) can never be reached: the weights of the real servers sum "
            "up to 1"},
           {"hysteresis = 1", "\"hysteresis\" (1) must be less than \"quorum\" (1)"},
           {"tunnel = { type = \"ipip\" }", "\"tunnel\" needs forwarding = \"tunnel\""},
           {"sorry_server = \"192.0.2.99\"", "\"sorry_server\" must be a table"},
           {"sorry_server = { port = 80 }", "the sorry_server: \"address\" is required"},
           {"sorry_server = { address = \"192.0.2.99\", weight = 1 }", "unknown key \"weight\""},
           {"sorry_server = { address = \"192.0.2.99\", port = 81, forwarding = \"direct\" }",
            "\"port\" must be the service's, 80, not 81"},
           {"sorry_server = { address = \"::1\" }", "must be an IPv4 address"},
           {"real_servers = []", "unknown key \"real_servers\": did you mean \"real_server\"?"},
       }) {
    const auto found = mistakes(served(refused.keys));
    EXPECT_THAT(found, ::testing::Contains(HasSubstr(refused.expected))) << refused.keys;
    EXPECT_LE(found.size(), 2U);
  }
}

/// The service of the tests with one key replaced.
std::string with(const std::string& key, const std::string& value) {
  std::string text = served();
  const std::size_t at = text.find("\n" + key + " = ") + 1;
  return text.replace(at, text.find('\n', at) - at, value.empty() ? "" : key + " = " + value);
}

TEST(ParseService, RequiresWhatNamesTheService) {
  for (const char* const key : {"name", "address", "port", "protocol", "forwarding"}) {
    EXPECT_THAT(mistakes(with(key, "")),
                ::testing::Contains("f:1:1: error: [[virtual_service]]: \"" + std::string(key) +
                                    "\" is required"));
  }
}

TEST(ParseService, RefusesWrongNamesOfTheService) {
  for (const auto& [key, value, expected] :
       std::vector<std::tuple<const char*, const char*, const char*>>{
           {"name", "\"a b\"", "must be a name of 1 .. 128 visible ASCII characters"},
           {"name", "\"\"", "must be a name"},
           {"name", "7", "must be a name"},
           {"address", "\"example.org\"", "must be an IPv4 or IPv6 address"},
           {"address", "\"192.0.2.10/24\"", "must be an IPv4 or IPv6 address"},
           {"address", "\"192.0.2.256\"", "must be an IPv4 or IPv6 address"},
           {"address", "\"fe80::1%lo\"", "must be an IPv4 or IPv6 address"},
           {"address", "\"0.0.0.0\"", "0.0.0.0 is the unspecified address"},
           {"address", "\"0.1.2.3\"", "is an address of this network"},
           {"address", "\"239.1.2.3\"", "239.1.2.3 is a multicast address"},
           {"address", "\"255.255.255.255\"", "is the broadcast address"},
           {"address", "\"::\"", "is the unspecified address"},
           {"address", "\"ff02::1\"", "is a multicast address"},
           {"address", "\"fe80::1\"", "is a link-local address"},
           {"address", "\"::ffff:192.0.2.10\"", "is an IPv4-mapped address"},
           {"port", "0", "\"port\": 0 (all ports) is not supported yet"},
           {"port", "65536", "must be an integer, 1 .. 65535, not 65536"},
           {"port", "-1", "must be an integer, 1 .. 65535, not -1"},
           {"port", "\"80\"", "must be an integer, 1 .. 65535, not the string \"80\""},
           {"protocol", "\"sctp\"", "\"protocol\": \"sctp\" is not supported yet"},
           {"protocol", "\"TCP\"", "must be one of \"tcp\", \"udp\", not the string \"TCP\""},
           {"forwarding", "\"nat\"", "must be one of \"masquerade\", \"direct\", \"tunnel\""},
           {"forwarding", "\"masqerade\"", "did you mean \"masquerade\"?"},
       }) {
    EXPECT_THAT(mistakes(with(key, value)), ElementsAre(HasSubstr(expected))) << key << value;
  }
}

TEST(ParseService, RefusesLaterTunnels) {
  const auto tunnel = [](const std::string& keys) {
    return mistakes(with("forwarding", "\"tunnel\"\ntunnel = { " + keys + " }"));
  };
  EXPECT_THAT(tunnel("type = \"ipip\""), IsEmpty());
  EXPECT_THAT(tunnel("type = \"gre\""), ElementsAre(HasSubstr("\"gre\" is not supported yet")));
  EXPECT_THAT(tunnel("type = \"gue\", port = 6080"),
              ElementsAre(HasSubstr("\"gue\" is not supported yet"),
                          HasSubstr("\"port\" is not supported yet")));
  EXPECT_THAT(tunnel("checksum = \"none\""), ElementsAre(HasSubstr("not supported yet")));
}

TEST(ParseService, RefusesWrongRealServers) {
  for (const Refused& refused : std::vector<Refused>{
           {"weight = -1", "must be an integer, 0 .. 65535, not -1"},
           {"weight = 65536", "must be an integer, 0 .. 65535, not 65536"},
           {"port = 0", "\"port\": 0 (all ports) is not supported yet"},
           {"upper_threshold = 10\nlower_threshold = 11",
            "\"lower_threshold\" (11) must not exceed \"upper_threshold\" (10)"},
           {"lower_threshold = 1", "must not exceed \"upper_threshold\" (0)"},
           {"upper_threshold = 2147483648", "must be an integer, 0 .. 2147483647"},
           {"forwarding = \"direct\"", "unknown key \"forwarding\""},
           {"name = \"a\\nb\"", "must be a name"},
       }) {
    EXPECT_THAT(mistakes(served("", refused.keys)), ElementsAre(HasSubstr(refused.expected)))
        << refused.keys;
  }
  EXPECT_THAT(mistakes(service() + "real_server = [3]"), ElementsAre(HasSubstr("must be a table")));
  EXPECT_THAT(
      mistakes(service() + "[virtual_service.real_server]\naddress = \"192.0.2.21\""),
      ElementsAre(HasSubstr("must be an array of tables: [[virtual_service.real_server]]")));
  EXPECT_THAT(
      mistakes(service() + "[[virtual_service.real_server]]\nweight = 1"),
      ElementsAre("f:8:1: error: [[virtual_service.real_server]]: \"address\" is required"));
  EXPECT_THAT(mistakes(service() + "real_server = [{ address = \"224.0.0.1\" }]"),
              ElementsAre(HasSubstr("\"address\" must be a unicast address")));
  EXPECT_THAT(mistakes(service() + "real_server = [{ address = \"fe80::1\" }]"),
              ElementsAre(HasSubstr("is a link-local address")));
}

}  // namespace
}  // namespace evenkeel::daemon
