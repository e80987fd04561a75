// The vrrp process's part: what is written is read back, and nothing else is.
#include "daemon/config/vrrp_config.h"

#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

/// Two instances with every key away from its default, and a group.
const std::string kFile =
    "[global]\naddress_lease = false\n" +
    instance(
        "advertisement_interval = \"40950ms\"\npreempt_delay = \"24h\"\n"
        "extra_addresses = [\"2001:db8::10/64\"]\nchecksum = \"pseudo_header\"\n"
        "announcements = { at = [\"0s\", \"1h\"], refresh = \"0s\" }\n"
        "address_conflict = \"refuse\"\nforeign_address_list = \"accept\"\n"
        "unicast = { lb1 = \"192.0.2.2\", lb2 = \"192.0.2.3\", lb3 = \"192.0.2.4\" }\n"
        "unicast_interface = \"eth1\"\n"
        "priority = { lb1 = 254, lb2 = 1, lb3 = 3 }\n") +
    instance("version = 2\npassword = \"12\\\"4 678\"\n", "old", "255", "[\"198.51.100.1/24\"]") +
    instance("", "six", "61", "[\"fe80::1\", \"2001:db8::1\"]") +
    "[[vrrp.sync_group]]\nname = \"both\"\ninstances = [\"six\", \"web\"]\n";

TEST(VrrpConfig, WhatIsWrittenIsReadBack) {
  const vrrp::Config config = accepted(kFile).config.vrrp;
  ASSERT_EQ(config.instances.size(), 3U);
  const auto decoded = decode_vrrp(encode_vrrp(config));
  ASSERT_TRUE(decoded) << to_string(decoded.error());
  EXPECT_EQ(*decoded, config);
}

TEST(VrrpConfig, TheTextOfALeastInstance) {
  EXPECT_EQ(encode_vrrp(accepted(instance()).config.vrrp),
            R"({"address_lease":true,"evenkeel":"vrrp","instances":[{"address_conflict":"warn",)"
            R"("advertisement_interval":1000000000,"announcements":{"at":[0,50000000,250000000,)"
            R"(1000000000,5000000000],"refresh":60000000000},"checksum":"auto","extra_addresses":)"
            R"([],"family":4,"foreign_address_list":"ignore","interface":"eth0","name":"web",)"
            R"("password":"","preempt":true,)"
            R"("preempt_delay":0,"priority":100,"unicast":null,"unicast_interface":"","version":3,)"
            R"("virtual_addresses":["192.0.2.10/32"],"virtual_router_id":61}],"sync_groups":[],)"
            R"("version":1})");
  EXPECT_EQ(encode_vrrp({}), R"({"address_lease":true,"evenkeel":"vrrp","instances":[],)"
                             R"("sync_groups":[],"version":1})");
  EXPECT_EQ(decode_vrrp(encode_vrrp({})), vrrp::Config());
}

/// The text of kFile with the first `from` replaced by `to`.
VrrpConfigError refusal(const std::string& from, const std::string& to) {
  std::string text = encode_vrrp(accepted(kFile).config.vrrp);
  const std::size_t at = text.find(from);
  if (at == std::string::npos) {
    ADD_FAILURE() << from << " is not in " << text;
    return {};
  }
  text.replace(at, from.size(), to);
  const auto decoded = decode_vrrp(text);
  if (decoded) {
    ADD_FAILURE() << "accepted: " << text;
    return {};
  }
  return decoded.error();
}

TEST(VrrpConfig, WhatIsNotJsonIsRefused) {
  for (const char* const text : {"", "{", "{}}", "\xff", "{\"a\":\"\xff\"}", "{\"a\":1e999}"}) {
    const auto decoded = decode_vrrp(text);
    ASSERT_FALSE(decoded) << text;
    EXPECT_EQ(decoded.error(), VrrpConfigError::Syntax) << text;
  }
  for (const char* const text : {"{}", "[]", "null", "3", "\"\""}) {
    const auto decoded = decode_vrrp(text);
    ASSERT_FALSE(decoded) << text;
    EXPECT_EQ(decoded.error(), VrrpConfigError::Structure) << text;
  }
  EXPECT_FALSE(decode_vrrp(std::string(100'000, '[')));
}

TEST(VrrpConfig, OtherVersionsAreRefused) {
  EXPECT_EQ(refusal(R"("version":1})", R"("version":2})"), VrrpConfigError::UnknownVersion);
  EXPECT_EQ(refusal(R"("version":1})", R"("version":"1"})"), VrrpConfigError::UnknownVersion);
  EXPECT_EQ(refusal(R"("evenkeel":"vrrp")", R"("evenkeel":"checks")"),
            VrrpConfigError::UnknownVersion);
}

TEST(VrrpConfig, AMemberMissingOrOfAnotherTypeIsRefused) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {R"("address_lease":false,)", ""},
           {R"("address_lease":false)", R"("address_lease":0)"},
           {R"("priority":254,)", ""},
           {R"("priority":254)", R"("priority":-1)"},
           {R"("priority":254)", R"("priority":254.0)"},
           {R"("preempt":true)", R"("preempt":null)"},
           {R"("name":"web")", R"("name":3)"},
           {R"("peers":["192.0.2.3","192.0.2.4"])", R"("peers":"192.0.2.3")"},
           {R"("extra_addresses":["2001:db8::10/64"])", R"("extra_addresses":{})"},
           {R"("at":[0,3600000000000])", R"("at":["0s"])"},
           {R"("sync_groups":[)", R"("sync_groups":[3,)"}}) {
    EXPECT_EQ(refusal(from, to), VrrpConfigError::Structure) << to;
  }
}

TEST(VrrpConfig, ValuesAreJudgedAnew) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {R"("name":"web")", R"("name":"")"},
           {R"("name":"web")", R"("name":"a b")"},
           {R"("interface":"eth0")", R"("interface":"a/b")"},
           {R"("interface":"eth0")", R"("interface":")" + std::string(128, 'e') + "\""},
           {R"("unicast_interface":"eth1")", R"("unicast_interface":"a/b")"},
           {R"("virtual_router_id":61)", R"("virtual_router_id":0)"},
           {R"("virtual_router_id":61)", R"("virtual_router_id":256)"},
           {R"("family":4)", R"("family":5)"},
           {R"("version":3)", R"("version":4)"},
           {R"("priority":254)", R"("priority":0)"},
           {R"("priority":254)", R"("priority":18446744073709551615)"},
           {R"("advertisement_interval":40950000000)", R"("advertisement_interval":40960000000)"},
           {R"("advertisement_interval":40950000000)", R"("advertisement_interval":15000000)"},
           {R"("advertisement_interval":40950000000)", R"("advertisement_interval":0)"},
           {R"("preempt_delay":86400000000000)", R"("preempt_delay":86400000000001)"},
           {R"(["192.0.2.10/32"])", R"(["192.0.2.10/33"])"},
           {R"(["192.0.2.10/32"])", R"(["224.0.0.18/32"])"},
           {R"(["192.0.2.10/32"])", R"(["fe80::1%eth0/128"])"},
           {R"("source":"192.0.2.2")", R"("source":"127.0.0.1")"},
           {R"("source":"192.0.2.2")", R"("source":"")"},
           {R"("checksum":"pseudo_header")", R"("checksum":"none")"},
           {R"("address_conflict":"refuse")", R"("address_conflict":"")"},
           {R"("foreign_address_list":"accept")", R"("foreign_address_list":"drop")"},
           {R"("password":"12\"4 678")", R"("password":"12\"4 6789")"},
           {R"("at":[0,3600000000000])", R"("at":[0,3600000000001])"},
           {R"("refresh":0)", R"("refresh":999999999)"}}) {
    EXPECT_EQ(refusal(from, to), VrrpConfigError::BadValue) << to;
  }
}

TEST(VrrpConfig, WhatDoesNotGoTogetherIsRefused) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {R"("name":"web")", R"("name":"old")"},
           {R"("virtual_router_id":61)", R"("virtual_router_id":255)"},
           {R"("password":"")", R"("password":"1234")"},
           {R"("family":4)", R"("family":6)"},
           {R"("priority":254)", R"("priority":255)"},
           {R"("peers":["192.0.2.3","192.0.2.4"])", R"("peers":[])"},
           {R"("peers":["192.0.2.3","192.0.2.4"])", R"("peers":["192.0.2.2"])"},
           {R"("peers":["192.0.2.3","192.0.2.4"])", R"("peers":["2001:db8::3"])"},
           {R"("peers":["192.0.2.3","192.0.2.4"])", R"("peers":["192.0.2.10"])"},
           {R"(["192.0.2.10/32"])", "[]"},
           {R"(["192.0.2.10/32"])", R"(["192.0.2.10/32","192.0.2.10/24"])"},
           {R"(["192.0.2.10/32"])", R"(["198.51.100.1/32"])"},
           {R"("at":[0,3600000000000])", R"("at":[])"},
           {R"("at":[0,3600000000000])", R"("at":[0,0])"},
           {R"("instances":["six","web"])", R"("instances":["six"])"},
           {R"("instances":["six","web"])", R"("instances":["six","six"])"},
           {R"("instances":["six","web"])", R"("instances":["six","nobody"])"}}) {
    EXPECT_EQ(refusal(from, to), VrrpConfigError::Contradiction) << to;
  }
}

TEST(VrrpConfig, TheRecordMayHaveWhoIsLeavingBesideWhoReplacesIt) {
  vrrp::Config both = accepted(instance()).config.vrrp;
  both.instances.push_back(both.instances.front());
  both.instances.back().virtual_router_id = 62;
  EXPECT_EQ(decode_vrrp(encode_vrrp(both)).error(), VrrpConfigError::Contradiction);
  const auto record = decode_vrrp_record(encode_vrrp_record(both, "b1"));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->config, both);
  EXPECT_EQ(record->boot, "b1");
}

TEST(VrrpConfig, ARecordOfAnotherVersionIsReadForWhatItHas) {
  const auto older = decode_vrrp_record(
      R"({"evenkeel":"vrrp","instances":[{"interface":"eth0","name":"web","priority":150,)"
      R"("virtual_addresses":["192.0.2.10/32"],"virtual_router_id":61}],"version":1})");
  ASSERT_TRUE(older);
  EXPECT_EQ(older->boot, "");
  ASSERT_EQ(older->config.instances.size(), 1U);
  vrrp::InstanceConfig expected;
  expected.name = "web";
  expected.interface = "eth0";
  expected.priority = 150;
  expected.virtual_router_id = 61;
  expected.virtual_addresses = {{boost::asio::ip::make_address("192.0.2.10"), 32}};
  EXPECT_EQ(older->config.instances[0], expected);

  const auto nameless = decode_vrrp_record(
      R"({"evenkeel":"vrrp","instances":[{"interface":"eth0","name":"web","virtual_router_id":61,)"
      R"("virtual_addresses":["192.0.2.10/32"],)"
      R"("unicast":{"peers":["192.0.2.3"],"source":"192.0.2.2"}}],"version":1})");
  ASSERT_TRUE(nameless);
  ASSERT_EQ(nameless->config.instances.size(), 1U) << "an earlier version knew no nodes' names";
  EXPECT_EQ(nameless->config.instances[0].unicast->names.size(), 0U);

  const auto newer = decode_vrrp_record(
      R"({"boot":"b1","evenkeel":"vrrp","zones":{},"instances":[{"address_conflict":"fight",)"
      R"("interface":"eth0","name":"web","virtual_addresses":["192.0.2.10/32"],"virtual_mac":true,)"
      R"("virtual_router_id":61},{"name":"odd","interface":"eth0","virtual_router_id":"all"},7],)"
      R"("version":2})");
  ASSERT_TRUE(newer);
  EXPECT_EQ(newer->boot, "b1");
  ASSERT_EQ(newer->config.instances.size(), 1U);
  EXPECT_EQ(newer->config.instances[0].name, "web");
  EXPECT_EQ(newer->unreadable, (std::vector<std::string>{"odd", ""}));

  EXPECT_EQ(decode_vrrp_record("{").error(), VrrpConfigError::Syntax);
  EXPECT_EQ(decode_vrrp_record("[]").error(), VrrpConfigError::Structure);
}

TEST(VrrpConfig, OnlyTheOneSpellingIsTaken) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {R"({"address_lease")", R"( {"address_lease")"},
           {R"({"address_lease")", R"({"a":1,"address_lease")"},
           {R"("address_lease":false)", R"("address_lease":false,"address_lease":false)"},
           {R"("preempt":true)", R"("preempt":true,"virtual_mac":false)"},
           {R"("name":"web")", R"("name":"\u0077eb")"},
           {"2001:db8::10/64", "2001:DB8::10/64"}}) {
    EXPECT_EQ(refusal(from, to), VrrpConfigError::NotCanonical) << to;
  }
}

}  // namespace
}  // namespace evenkeel::daemon
