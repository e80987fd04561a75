// Two and three virtual routers over a network and with processes that do what they should not.
//
// Every run is drawn from a seed. A failing seed is printed; EVENKEEL_SIMULATOR_SEED=n runs that
// one alone and tells every event; EVENKEEL_SIMULATOR_RUNS=n sets how many (tests/run --full:
// 100000, by the release build).
#include <gtest/gtest.h>
#include <iostream>

#include "world.h"

namespace evenkeel::vrrp::simulator {
namespace {

std::optional<std::uint64_t> number_from(const char* variable) {
  const char* text = std::getenv(variable);
  if (!text) return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

TEST(Simulator, EveryPropertyHoldsInEveryRun) {
  if (const auto seed = number_from("EVENKEEL_SIMULATOR_SEED")) {
    const Scenario scenario = scenario_of(*seed);
    std::cout << to_text(scenario);
    EXPECT_EQ(World(scenario, &std::cout).run().value_or(""), "") << "seed " << *seed;
    return;
  }
  const std::uint64_t runs = number_from("EVENKEEL_SIMULATOR_RUNS").value_or(2000);
  int failures = 0;
  for (std::uint64_t seed = 1; seed <= runs && failures < 10; ++seed) {
    const Scenario scenario = scenario_of(seed);
    const auto failure = World(scenario).run();
    if (!failure) continue;
    ++failures;
    ADD_FAILURE() << "seed " << seed << ": " << *failure << "\n" << to_text(scenario);
  }
}

TEST(Simulator, OneMasterAndItIsTheOneThatTheSumsSay) {
  if (const auto seed = number_from("EVENKEEL_SIMULATOR_TRACKS_SEED")) {
    const Scenario scenario = track_scenario_of(*seed);
    std::cout << to_text(scenario);
    EXPECT_EQ(World(scenario, &std::cout).run().value_or(""), "") << "seed " << *seed;
    return;
  }
  const std::uint64_t runs = number_from("EVENKEEL_SIMULATOR_RUNS").value_or(2000) / 10;
  int failures = 0;
  for (std::uint64_t seed = 1; seed <= runs && failures < 10; ++seed) {
    const Scenario scenario = track_scenario_of(seed);
    const auto failure = World(scenario).run();
    if (!failure) continue;
    ++failures;
    ADD_FAILURE() << "tracks, seed " << seed << ": " << *failure << "\n" << to_text(scenario);
  }
}

}  // namespace
}  // namespace evenkeel::vrrp::simulator
