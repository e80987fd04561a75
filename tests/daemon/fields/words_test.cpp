#include "daemon/fields/words.h"

#include <cstdint>
#include <gtest/gtest.h>

namespace evenkeel::fields {
namespace {

enum class Colour : std::uint8_t { Red = 2, Green = 3, Blue = 7 };
constexpr auto words_of(Colour) {
  using enum Colour;
  return words<Colour>({{Red, "red"}, {Green, "green", "light green"}, {Blue, "blue"}});
}

TEST(Words, AnEnumeratorHasANameAndAText) {
  EXPECT_EQ(name(Colour::Green), "green");
  EXPECT_EQ(to_string(Colour::Green), "light green");
  EXPECT_EQ(to_string(Colour::Blue), "blue");
}

TEST(Words, ANumberFromOutsideIsNoEnumerator) {
  EXPECT_EQ(name(static_cast<Colour>(4)), "?");
  EXPECT_EQ(to_string(static_cast<Colour>(255)), "?");
  EXPECT_EQ(from_number<Colour>(7), Colour::Blue);
  for (const int number : {0, 1, 4, 6, 8, 255}) {
    EXPECT_FALSE(from_number<Colour>(static_cast<std::uint8_t>(number)));
  }
}

TEST(Words, ANameComesBack) {
  EXPECT_EQ(from_name<Colour>("green"), Colour::Green);
  EXPECT_FALSE(from_name<Colour>("light green"));
  EXPECT_FALSE(from_name<Colour>(""));
}

TEST(Words, NamesAreInTheOrderOfTheRows) {
  EXPECT_EQ(kCount<Colour>, 3U);
  EXPECT_EQ((kNames<Colour>[0]), "red");
  EXPECT_EQ((kNames<Colour>[2]), "blue");
}

}  // namespace
}  // namespace evenkeel::fields
