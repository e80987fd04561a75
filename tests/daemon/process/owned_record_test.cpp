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
  const auto read = decode_record(encode_record(owned));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, owned);
}

TEST(OwnedRecord, NamesWhatIsWrong) {
  for (const char* text :
       {"", "{", "[]", "{}", R"({"version":2,"services":[]})", R"({"version":1})",
        R"({"version":1,"services":[{"protocol":"TCP","address":"x","port":80}]})",
        R"({"version":1,"services":[{"protocol":"XXX","address":"192.0.2.1","port":80}]})",
        R"({"version":1,"services":[{"firewall_mark":0,"family":"ipv4"}]})",
        R"({"version":1,"services":[7]})"}) {
    const auto read = decode_record(text);
    ASSERT_FALSE(read) << text;
    EXPECT_FALSE(read.error().empty());
  }
}

}  // namespace
}  // namespace evenkeel::daemon
