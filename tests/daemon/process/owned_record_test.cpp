#include "daemon/process/owned_record.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

ipvs::ServiceKey key(const char* address, std::uint16_t port, ipvs::Protocol protocol) {
  ipvs::ServiceKey result;
  result.address = boost::asio::ip::make_address(address);
  result.family = result.address.is_v6() ? ipvs::Family::Ipv6 : ipvs::Family::Ipv4;
  result.protocol = protocol;
  result.port = port;
  return result;
}

TEST(OwnedRecord, ComesBackAsItWas) {
  ipvs::ServiceKey mark;
  mark.firewall_mark = 7;
  mark.family = ipvs::Family::Ipv6;
  const std::set<ipvs::ServiceKey> owned = {key("192.0.2.10", 80, ipvs::Protocol::Tcp),
                                            key("2001:db8::1", 53, ipvs::Protocol::Udp), mark};
  const OwnedRecord record{.services = owned, .boot = "b1", .unknown = {R"({"new":1})"}};
  const auto read = decode_record(encode_record(record));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, record);
}

TEST(OwnedRecord, OfAnotherVersionGivesWhatItHas) {
  const auto older = decode_record(
      R"({"version":1,"services":[{"protocol":"TCP","address":"192.0.2.10","port":80}]})");
  ASSERT_TRUE(older) << older.error();
  EXPECT_EQ(older->boot, "");
  EXPECT_EQ(older->services, std::set{key("192.0.2.10", 80, ipvs::Protocol::Tcp)});
  const auto newer = decode_record(
      R"({"version":2,"more":[1],"boot":"b1","services":[{"protocol":"QUIC","address":"192.0.2.1",)"
      R"("port":80},{"protocol":"TCP","address":"192.0.2.10","port":80,"zone":3},7]})");
  ASSERT_TRUE(newer) << newer.error();
  EXPECT_EQ(newer->boot, "b1");
  EXPECT_EQ(newer->services, std::set{key("192.0.2.10", 80, ipvs::Protocol::Tcp)});
  EXPECT_EQ(newer->unknown.size(), 2U);
}

TEST(OwnedRecord, AnEntryThatIsNoServiceCostsNoOther) {
  for (const char* entry :
       {R"({"protocol":"TCP","address":"x","port":80})",
        R"({"protocol":"XXX","address":"192.0.2.1","port":80})",
        R"({"protocol":"TCP","address":"192.0.2.1","port":70000})",
        R"({"protocol":"TCP","address":"192.0.2.1","port":-1})",
        R"({"protocol":"TCP","address":"192.0.2.1","port":80.5})",
        R"({"firewall_mark":4294967297,"family":"ipv4"})", R"({"firewall_mark":0,"family":"ipv4"})",
        R"({"address":"192.0.2.1"})", "7", "null"}) {
    const auto read = decode_record(std::string(R"({"services":[)") + entry +
                                    R"(,{"protocol":"UDP","address":"192.0.2.10","port":53}]})");
    ASSERT_TRUE(read) << entry;
    EXPECT_EQ(read->services, std::set{key("192.0.2.10", 53, ipvs::Protocol::Udp)}) << entry;
    EXPECT_EQ(read->unknown.size(), 1U) << entry;
  }
}

TEST(OwnedRecord, NamesWhatIsWrong) {
  for (const char* text :
       {"", "{", "[]", "{}", R"({"version":1})", R"({"version":1,"services":{}})"}) {
    const auto read = decode_record(text);
    ASSERT_FALSE(read) << text;
    EXPECT_FALSE(read.error().empty());
  }
}

}  // namespace
}  // namespace evenkeel::daemon
