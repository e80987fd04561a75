#include "vrrp/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;
using testing::ElementsAre;

TEST(Config, AllAddressesAreTheAdvertisedOnesThenTheOthers) {
  const InterfaceAddress advertised{make_address("192.0.2.10"), 32};
  const InterfaceAddress extra{make_address("2001:db8::10"), 128};
  InstanceConfig config;
  config.virtual_addresses = {advertised};
  EXPECT_THAT(all_addresses(config), ElementsAre(advertised));
  config.extra_addresses = {extra};
  EXPECT_THAT(all_addresses(config), ElementsAre(advertised, extra));
}

TEST(Config, TheSyncGroupIsTheOneThatNamesTheInstance) {
  Config config;
  EXPECT_EQ(sync_group_of(config, "web"), "");
  config.sync_groups = {{.name = "first", .instances = {"a", "b"}},
                        {.name = "second", .instances = {"inside", "web"}}};
  EXPECT_EQ(sync_group_of(config, "web"), "second");
  EXPECT_EQ(sync_group_of(config, "a"), "first");
  EXPECT_EQ(sync_group_of(config, "first"), "");
}

}  // namespace
}  // namespace evenkeel::vrrp
