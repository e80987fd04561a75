#include "daemon/config/suggestion.h"

#include <array>
#include <gtest/gtest.h>
#include <string>

namespace evenkeel::daemon {
namespace {

TEST(Suggestion, DistanceCountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("weight", "weight"), 0U);
  EXPECT_EQ(edit_distance("weigt", "weight"), 1U);
  EXPECT_EQ(edit_distance("weeight", "weight"), 1U);
  EXPECT_EQ(edit_distance("weicht", "weight"), 1U);
  EXPECT_EQ(edit_distance("weigth", "weight"), 1U) << "a swap of neighbours is one edit";
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Suggestion, IsTheNearestWord) {
  constexpr std::array<std::string_view, 4> kWords = {"weight", "address", "port", "ports"};
  EXPECT_EQ(nearest_word("weigth", kWords), "weight");
  EXPECT_EQ(nearest_word("adress", kWords), "address");
  EXPECT_EQ(nearest_word("prot", kWords), "port");
  EXPECT_EQ(nearest_word("portss", kWords), "ports");
}

TEST(Suggestion, IsSilentWhenNothingIsNear) {
  constexpr std::array<std::string_view, 3> kWords = {"weight", "rr", "port"};
  EXPECT_EQ(nearest_word("priority", kWords), "");
  EXPECT_EQ(nearest_word("xyz", kWords), "");
  EXPECT_EQ(nearest_word("", kWords), "");
  EXPECT_EQ(nearest_word(std::string(1000, 'w'), kWords), "");
}

}  // namespace
}  // namespace evenkeel::daemon
