// The record of the virtual routers: what is written is read back, and what an older or a newer
// version of the daemon has written is read for what it has.
#include "daemon/config/vrrp_record.h"

#include "tests/daemon/config/parsing.h"
#include "tests/daemon/config/vrrp_file.h"

namespace evenkeel::daemon {
namespace {

TEST(VrrpRecord, WhatIsWrittenIsReadBack) {
  const vrrp::Config config = accepted(kVrrpFile).config.vrrp;
  const auto record = decode_vrrp_record(encode_vrrp_record(config, "b1"));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->config.instances, config.instances);
  EXPECT_EQ(record->boot, "b1");
  EXPECT_TRUE(record->unreadable.empty());
}

TEST(VrrpRecord, TheTextOfALeastInstance) {
  EXPECT_EQ(encode_vrrp_record(accepted(instance()).config.vrrp, "b1"),
            R"({"address_lease":true,"boot":"b1","evenkeel":"vrrp","gateways":[],"instances":[)"
            R"({"address_conflict":"warn",)"
            R"("advertisement_interval":1000000000,"announcements":{"at":[0,50000000,250000000,)"
            R"(1000000000,5000000000],"refresh":60000000000},"checksum":"auto","extra_addresses":)"
            R"([],"family":4,"foreign_address_list":"ignore","interface":"eth0","name":"web",)"
            R"("password":"","preempt":true,)"
            R"("preempt_delay":0,"preempt_margin":0,"priority":100,"tracks":[],"unicast":null,)"
            R"("unicast_interface":"","version":3,)"
            R"("virtual_addresses":["192.0.2.10/32"],"virtual_router_id":61}],"sync_groups":[],)"
            R"("version":1})");
}

TEST(VrrpRecord, WhoIsLeavingMayBeBesideWhoReplacesIt) {
  vrrp::Config both = accepted(instance()).config.vrrp;
  both.instances.push_back(both.instances.front());
  both.instances.back().virtual_router_id = 62;
  const auto record = decode_vrrp_record(encode_vrrp_record(both, "b1"));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->config.instances, both.instances);
}

/// Whether the record of kVrrpFile with the first `from` replaced by `to` still has all instances.
bool is_readable(const std::string& from, const std::string& to) {
  std::string text = encode_vrrp_record(accepted(kVrrpFile).config.vrrp, "b1");
  const std::size_t at = text.find(from);
  if (at == std::string::npos) {
    ADD_FAILURE() << from << " is not in " << text;
    return false;
  }
  text.replace(at, from.size(), to);
  const auto record = decode_vrrp_record(text);
  EXPECT_TRUE(record) << text;
  return record && record->unreadable.empty();
}

TEST(VrrpRecord, AnInstanceWhoseAddressesCannotBeKnownIsUnreadable) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {R"("name":"web")", R"("name":"")"},
           {R"("name":"web")", R"("name":3)"},
           {R"("interface":"eth0")", R"("interface":"a/b")"},
           {R"("interface":"eth0")", R"("interface":")" + std::string(128, 'e') + "\""},
           {R"("unicast_interface":"eth1")", R"("unicast_interface":"a/b")"},
           {R"("virtual_router_id":61)", R"("virtual_router_id":0)"},
           {R"("virtual_router_id":61)", R"("virtual_router_id":256)"},
           {R"("family":4)", R"("family":5)"},
           {R"("version":3)", R"("version":4)"},
           {R"("priority":254)", R"("priority":0)"},
           {R"("priority":254)", R"("priority":-1)"},
           {R"("priority":254)", R"("priority":254.0)"},
           {R"("priority":254)", R"("priority":18446744073709551615)"},
           {R"("advertisement_interval":40950000000)", R"("advertisement_interval":0)"},
           {R"(["192.0.2.10/32"])", "[]"},
           {R"(["192.0.2.10/32"])", R"(["192.0.2.10/33"])"},
           {R"(["192.0.2.10/32"])", R"(["224.0.0.18/32"])"},
           {R"(["192.0.2.10/32"])", R"(["fe80::1%eth0/128"])"},
           {R"("source":"192.0.2.2")", R"("source":"127.0.0.1")"},
           {R"("peers":["192.0.2.3","192.0.2.4"])", R"("peers":"192.0.2.3")"},
           {R"("peers":["192.0.2.3","192.0.2.4"])", R"("peers":[])"},
           {R"("peers":["192.0.2.3","192.0.2.4"])", R"("peers":["192.0.2.3","0.0.0.0"])"},
           {R"(,"source":"192.0.2.2")", ""},
           {R"("password":"12\"4 678")", R"("password":"12\"4 6789")"}}) {
    EXPECT_FALSE(is_readable(from, to)) << to;
  }
}

TEST(VrrpRecord, WhatAReleaseDoesNotNeedMayBeWrong) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {R"("preempt":true)", R"("preempt":null)"},
           {R"("preempt_margin":0)", R"("preempt_margin":-1)"},
           {R"("checksum":"pseudo_header")", R"("checksum":"none")"},
           {R"("address_conflict":"refuse")", R"("address_conflict":"")"},
           {R"("foreign_address_list":"accept")", R"("foreign_address_list":"drop")"},
           {R"("extra_addresses":["2001:db8::10/64"])", R"("extra_addresses":{})"},
           {R"("extra_addresses":["2001:db8::10/64"])", R"("extra_addresses":["ff02::1/64"])"},
           {R"("at":[0,3600000000000])", R"("at":["0s"])"}}) {
    EXPECT_TRUE(is_readable(from, to)) << to;
  }
}

TEST(VrrpRecord, ARecordOfAnotherVersionIsReadForWhatItHas) {
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

  EXPECT_EQ(decode_vrrp_record("{").error(), VrrpRecordError::Syntax);
  EXPECT_EQ(decode_vrrp_record("[]").error(), VrrpRecordError::Structure);
}

}  // namespace
}  // namespace evenkeel::daemon
