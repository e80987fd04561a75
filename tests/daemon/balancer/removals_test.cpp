#include "daemon/balancer/removals.h"

#include <gtest/gtest.h>

#include "tests/daemon/balancer/sample.h"

namespace evenkeel::daemon {
namespace {

constexpr MaxRemovals kHalf{50};

/// Moves 192.0.2.1 .. 192.0.2.COUNT.
vrrp::InstanceConfig instance(const std::string& name, int count) {
  vrrp::InstanceConfig result;
  result.name = name;
  for (int i = 1; i <= count; ++i) {
    result.virtual_addresses.push_back({sample::ip("192.0.2." + std::to_string(i)), 32});
  }
  return result;
}

Config instances(std::vector<vrrp::InstanceConfig> all) {
  Config config;
  config.vrrp.instances = std::move(all);
  return config;
}

Config services(std::vector<ServiceConfig> all) {
  Config config;
  config.services = std::move(all);
  return config;
}

TEST(Removals, HalfIsAllowedMoreIsNot) {
  const Config before = services({sample::service(80, 2), sample::service(81, 2),
                                  sample::service(82, 2), sample::service(83, 2)});
  const Config half = services({sample::service(80, 2), sample::service(81, 2)});
  const Config quarter = services({sample::service(80, 2)});
  EXPECT_FALSE(too_many_removals(before, half, kHalf));
  EXPECT_EQ(too_many_removals(before, quarter, kHalf),
            "the new configuration removes 3 of 4 virtual services (75 %), max_removals in force "
            "is 50 %");
  EXPECT_TRUE(too_many_removals(before, half, MaxRemovals{0}));
  EXPECT_FALSE(too_many_removals(before, quarter, MaxRemovals{100}));
  EXPECT_FALSE(too_many_removals(Config(), before, MaxRemovals{0}));
}

TEST(Removals, AnEmptyFileIsRefusedForEachKind) {
  EXPECT_EQ(too_many_removals(instances({instance("web", 2)}), Config(), kHalf),
            "the new configuration removes 1 of 1 instances (100 %), max_removals in force is "
            "50 %");
  EXPECT_EQ(too_many_removals(services({sample::service(80, 2)}), Config(), kHalf),
            "the new configuration removes 1 of 1 virtual services (100 %), max_removals in force "
            "is 50 %");
  EXPECT_FALSE(too_many_removals(instances({instance("web", 2)}), Config(), MaxRemovals{100}));
}

TEST(Removals, AnInstanceIsKnownByItsName) {
  const Config before = instances({instance("web", 1), instance("inside", 1)});
  vrrp::InstanceConfig other = instance("web", 1);
  other.interface = "eth9";
  other.virtual_router_id = 9;
  other.virtual_addresses = {{sample::ip("198.51.100.1"), 32}};
  EXPECT_FALSE(too_many_removals(before, instances({instance("inside", 1), other}), MaxRemovals{0}))
      << "replaced";
  EXPECT_TRUE(too_many_removals(before, instances({instance("inside", 1), instance("x", 1)}),
                                MaxRemovals{49}));
}

TEST(Removals, AddressesCountByTheirNumberWithinTheInstance) {
  const Config before = instances({instance("web", 10)});
  vrrp::InstanceConfig replaced = instance("web", 0);
  for (int i = 101; i <= 110; ++i) {
    replaced.virtual_addresses.push_back({sample::ip("192.0.2." + std::to_string(i)), 32});
  }
  EXPECT_FALSE(too_many_removals(before, instances({replaced}), MaxRemovals{0}));
  EXPECT_FALSE(too_many_removals(before, instances({instance("web", 5)}), kHalf));
  EXPECT_EQ(too_many_removals(before, instances({instance("web", 4)}), kHalf),
            "the new configuration removes 6 of 10 virtual addresses (60 %), max_removals in force "
            "is 50 %");
  vrrp::InstanceConfig moved = instance("web", 10);
  moved.extra_addresses.assign(moved.virtual_addresses.begin() + 1, moved.virtual_addresses.end());
  moved.virtual_addresses.resize(1);
  EXPECT_FALSE(too_many_removals(before, instances({moved}), MaxRemovals{0}))
      << "they go along, unadvertised";
}

TEST(Removals, AddressesOfAnInstanceThatVanishesCountInFull) {
  const Config before = instances({instance("a", 1), instance("b", 1), instance("big", 20)});
  const Config after = instances({instance("a", 11), instance("b", 11)});
  EXPECT_EQ(too_many_removals(before, after, kHalf),
            "the new configuration removes 20 of 22 virtual addresses (90 %), max_removals in "
            "force is 50 %");
}

TEST(Removals, TheOnlyServiceMayGetAnotherAddress) {
  const Config before = services({sample::service(80, 2)});
  ServiceConfig edited = sample::service(8080, 2);
  edited.name = "web80";
  EXPECT_FALSE(too_many_removals(before, services({edited}), MaxRemovals{0}));
}

TEST(Removals, RealServersWithoutANameCountByTheirNumber) {
  const Config before = services({sample::service(80, 10)});
  EXPECT_FALSE(too_many_removals(before, services({sample::service(80, 5)}), kHalf));
  EXPECT_EQ(too_many_removals(before, services({sample::service(80, 4)}), kHalf),
            "the new configuration removes 6 of 10 real servers (60 %), max_removals in force is "
            "50 %");
  ServiceConfig replaced = sample::service(80, 10);
  for (RealServerConfig& server : replaced.real_servers) {
    server.destination.key.port = 8080;
    server.name = ipvs::to_string(server.destination.key);
  }
  EXPECT_FALSE(too_many_removals(before, services({replaced}), MaxRemovals{0}));
  ServiceConfig named = sample::service(80, 10);
  for (RealServerConfig& server : named.real_servers) server.name = "rs-" + server.name;
  EXPECT_FALSE(too_many_removals(before, services({named}), MaxRemovals{0}))
      << "they have been given names";
}

TEST(Removals, RealServersWithANameAreKnownByIt) {
  ServiceConfig service = sample::service(80, 2);
  service.real_servers[0].name = "one";
  service.real_servers[1].name = "two";
  ServiceConfig moved = service;
  for (RealServerConfig& server : moved.real_servers) server.destination.key.port = 8080;
  EXPECT_FALSE(too_many_removals(services({service}), services({moved}), MaxRemovals{0}));
  moved.real_servers[0].name = "three";
  moved.real_servers[1].name = "four";
  EXPECT_TRUE(too_many_removals(services({service}), services({moved}), kHalf));
}

TEST(Removals, RealServersOfAServiceThatVanishesCountInFull) {
  const Config before = services({sample::service(80, 1), sample::service(81, 1),
                                  sample::service(82, 8), sample::service(83, 1)});
  const Config after =
      services({sample::service(80, 5), sample::service(81, 5), sample::service(83, 5)});
  EXPECT_EQ(too_many_removals(before, after, kHalf),
            "the new configuration removes 8 of 11 real servers (72 %), max_removals in force is "
            "50 %");
}

}  // namespace
}  // namespace evenkeel::daemon
