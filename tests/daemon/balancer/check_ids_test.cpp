#include "daemon/balancer/check_ids.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

#include "tests/daemon/balancer/sample.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using checks::CheckId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ServerCheck check(std::uint16_t port, bool speaks_http = false) {
  ServerCheck result = sample::tcp_check();
  if (speaks_http) result.check.probe = checks::HttpCheck{};
  result.check.address = sample::ip("192.0.2.21");
  result.check.port = port;
  return result;
}

RealServerConfig server(std::vector<ServerCheck> checks) {
  RealServerConfig result;
  result.checks = std::move(checks);
  return result;
}

Config config_of(std::vector<std::vector<RealServerConfig>> services) {
  Config config;
  for (auto& servers : services) config.services.emplace_back().real_servers = std::move(servers);
  return config;
}

TEST(CheckIds, EqualChecksAreOne) {
  ServerCheck other_name = check(7, true);
  other_name.name = "c";
  other_name.initial = checks::Health::Up;
  CheckIds ids;
  const NamedChecks named = ids.configure(
      config_of({{server({check(7), check(7, true)}), server({check(8), check(8, true)})},
                 {server({check(8), check(8, true)}), server({}), server({other_name})}}));
  EXPECT_THAT(named.uses, SizeIs(4));
  ASSERT_THAT(named.ids, SizeIs(2));
  EXPECT_THAT(named.ids[0], ElementsAre(ElementsAre(0, 1), ElementsAre(2, 3)));
  EXPECT_THAT(named.ids[1], ElementsAre(ElementsAre(2, 3), IsEmpty(), ElementsAre(1)))
      << "the name and `initial` are no part of a probe";
  EXPECT_THAT(named.uses.at(1), ElementsAre(CheckUse{0, 0, 1}, CheckUse{1, 2, 0}));
}

TEST(CheckIds, AReloadKeepsTheIdsOfWhatIsEqualAndGivesNoneTwice) {
  CheckIds ids;
  static_cast<void>(ids.configure(config_of({{server({check(1), check(2), check(3)})}})));
  ServerCheck changed = check(2);
  changed.check.interval = 3s;
  const auto reloaded = config_of({{server({check(3), changed, check(1), check(4)})}});
  EXPECT_THAT(ids.configure(reloaded).ids[0][0], ElementsAre(2, 3, 0, 4));
  EXPECT_THAT(ids.configure(config_of({})).uses, IsEmpty());
  EXPECT_THAT(ids.configure(reloaded).ids[0][0], ElementsAre(5, 6, 7, 8)) << "as if never seen";
}

/// Random configurations, each the one before with checks that are the same, changed, moved, made
/// twice, added and taken away.
class RandomReloads {
 public:
  explicit RandomReloads(std::uint32_t seed) : random_(seed) {}

  Config next() {
    for (auto changes = below(6); changes > 0; --changes) change();
    std::vector<std::vector<RealServerConfig>> services(1 + below(3));
    for (const ServerCheck& each : checks_) {
      auto& servers = services[below(services.size())];
      if (servers.empty() || below(2) == 0) servers.push_back(server({}));
      servers[below(servers.size())].checks.push_back(each);
    }
    return config_of(std::move(services));
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  ServerCheck any() {
    ServerCheck result = check(static_cast<std::uint16_t>(below(4)), below(2) == 0);
    result.check.interval = std::chrono::seconds(2 + below(2));
    result.check.fall = static_cast<std::uint16_t>(2 + below(2));
    if (below(4) == 0) result.initial = checks::Health::Up;
    return result;
  }
  void change() {
    const std::size_t at = checks_.empty() ? 0 : below(checks_.size());
    switch (checks_.empty() ? 0 : below(5)) {
      case 0:
        checks_.push_back(any());
        break;
      case 1:
        checks_[at] = any();
        break;
      case 2:
        checks_.push_back(checks_[at]);
        break;
      case 3:
        checks_.erase(checks_.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      default:
        std::shuffle(checks_.begin(), checks_.end(), random_);
    }
  }

  std::mt19937 random_;
  std::vector<ServerCheck> checks_;
};

using Named = std::vector<std::pair<checks::Check, CheckId>>;

const CheckId* find(const Named& named, const checks::Check& check) {
  const auto found = std::find_if(named.begin(), named.end(),
                                  [&check](const auto& each) { return each.first == check; });
  return found == named.end() ? nullptr : &found->second;
}

TEST(CheckIds, OverRandomReloadsAnEqualCheckIsTheSameAndAnyOtherIsNew) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    RandomReloads reloads(seed);
    CheckIds ids;
    Named before;
    CheckId next = 0;  // none as high as this has been given
    for (int reload = 0; reload < 50; ++reload) {
      const Config config = reloads.next();
      const NamedChecks named = ids.configure(config);
      Named now;
      std::size_t uses = 0;
      for (std::uint32_t s = 0; s < config.services.size(); ++s) {
        for (std::uint32_t r = 0; r < config.services[s].real_servers.size(); ++r) {
          const auto& checks = config.services[s].real_servers[r].checks;
          ASSERT_EQ(named.ids[s][r].size(), checks.size());
          for (std::uint32_t c = 0; c < checks.size(); ++c) {
            const CheckId id = named.ids[s][r][c];
            ASSERT_THAT(named.uses.at(id), testing::Contains(CheckUse{s, r, c}));
            ++uses;
            if (const CheckId* const twin = find(now, checks[c].check)) {
              ASSERT_EQ(id, *twin);
              continue;
            }
            for (const auto& [other, others] : now) ASSERT_NE(id, others);
            now.emplace_back(checks[c].check, id);
            if (const CheckId* const known = find(before, checks[c].check)) {
              ASSERT_EQ(id, *known);
            } else {
              ASSERT_GE(id, next);
            }
          }
        }
      }
      for (const auto& [id, users] : named.uses) uses -= users.size();
      ASSERT_EQ(uses, 0U) << "and nobody else waits";
      ASSERT_EQ(named.uses.size(), now.size());
      for (const auto& [check, id] : now) next = std::max(next, id + 1);
      before = std::move(now);
    }
  }
}

}  // namespace
}  // namespace evenkeel::daemon
