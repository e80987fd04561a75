#include "checks/check.h"

#include <functional>
#include <gtest/gtest.h>
#include <set>
#include <vector>

namespace evenkeel::checks {
namespace {

using namespace std::chrono_literals;

Check http() {
  Check check;
  check.probe = HttpCheck{};
  check.address = boost::asio::ip::make_address("192.0.2.1");
  check.port = 80;
  return check;
}

/// Each changes one field of an HTTP check.
std::vector<Check> variations() {
  const std::vector<std::function<void(Check&)>> changes = {
      [](Check&) {},
      [](Check& check) { check.address = boost::asio::ip::make_address("192.0.2.2"); },
      [](Check& check) { check.address = boost::asio::ip::make_address("2001:db8::1"); },
      [](Check& check) { check.port = 81; },
      [](Check& check) { check.interval = 3s; },
      [](Check& check) { check.timeout = 500ms; },
      [](Check& check) { check.fast_interval = 1s; },
      [](Check& check) { check.down_interval = 5s; },
      [](Check& check) { check.rise = 1; },
      [](Check& check) { check.fall = 1; },
      [](Check& check) { check.probe = TcpCheck{}; },
      [](Check& check) {
        check.probe = TcpCheck{"a", ""};
      },
      [](Check& check) {
        check.probe = TcpCheck{"", "a"};
      },
      [](Check& check) { std::get<HttpCheck>(check.probe).method = "HEAD"; },
      [](Check& check) { std::get<HttpCheck>(check.probe).path = "/health"; },
      [](Check& check) { std::get<HttpCheck>(check.probe).host = "example.org"; },
      [](Check& check) {
        std::get<HttpCheck>(check.probe).headers = {{"A", "b"}};
      },
      [](Check& check) {
        std::get<HttpCheck>(check.probe).status = {{200, 399}};
      },
      [](Check& check) { std::get<HttpCheck>(check.probe).body = "ok"; },
      [](Check& check) { std::get<HttpCheck>(check.probe).body_limit = 1; },
      [](Check& check) { std::get<HttpCheck>(check.probe).header_limit = 1; },
  };
  std::vector<Check> checks;
  for (const auto& change : changes) {
    checks.push_back(http());
    change(checks.back());
  }
  return checks;
}

TEST(Check, EqualChecksHashEquallyAndEveryFieldCounts) {
  const std::vector<Check> some = variations();
  const std::vector<Check> same = variations();
  std::set<std::size_t> hashes;
  for (std::size_t i = 0; i < some.size(); ++i) {
    for (std::size_t j = 0; j < same.size(); ++j) EXPECT_EQ(some[i] == same[j], i == j);
    EXPECT_EQ(hash_value(some[i]), hash_value(same[i]));
    hashes.insert(hash_value(some[i]));
  }
  EXPECT_EQ(hashes.size(), some.size());
}

TEST(Check, TimesAndLimitsAreNoPartOfTheQuestion) {
  const std::vector<Check> some = variations();
  int alike = 0;
  for (const Check& each : some) {
    Check plain = each;
    plain.interval = plain.fast_interval = plain.down_interval = Check().interval;
    plain.timeout = Check().timeout;
    plain.rise = Check().rise;
    plain.fall = Check().fall;
    EXPECT_EQ(asks_the_same(each, some[0]), plain == some[0]);
    if (asks_the_same(each, some[0])) ++alike;
  }
  EXPECT_EQ(alike, 7) << "itself, and six times and limits";
}

TEST(Check, APoolOfNeighboursHashesWithoutCollisions) {
  std::set<std::size_t> hashes;
  for (std::uint32_t host = 0; host < 10'000; ++host) {
    Check check = http();
    check.address = boost::asio::ip::make_address_v4(0x0a000000U + host);
    hashes.insert(hash_value(check));
  }
  EXPECT_EQ(hashes.size(), 10'000U);
}

TEST(Check, HealthHasItsWords) {
  EXPECT_EQ(to_string(Health::Unknown), "unknown");
  EXPECT_EQ(to_string(Health::Up), "up");
  EXPECT_EQ(to_string(Health::Down), "down");
}

}  // namespace
}  // namespace evenkeel::checks
