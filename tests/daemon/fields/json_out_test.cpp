#include "daemon/fields/json_out.h"

#include <gtest/gtest.h>

namespace evenkeel::fields {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

enum class Colour : std::uint8_t { Red, Green };
constexpr auto words_of(Colour) {
  using enum Colour;
  return words<Colour>({{Red, "red"}, {Green, "green", "light green"}});
}

struct Point {
  std::int32_t x = 0;
  Colour colour = Colour::Red;
};
constexpr auto fields_of(Of<Point>) {
  return table(field<&Point::x>("x"), field<&Point::colour>("colour"));
}

struct Shown {
  Point point;
  bool with_twice = false;
};
constexpr auto members_of(Of<Shown>) {
  return std::tuple(member("point", &Shown::point), member("x", path<&Shown::point, &Point::x>),
                    member("twice", [](const Shown& s) {
                      return When{s.with_twice, 2 * s.point.x};
                    }));
}

template <typename T>
std::string json_of(const T& value) {
  std::string out = ":";
  append_json(out, value);
  return out.substr(1);
}

TEST(JsonOut, ValuesByTheirTypes) {
  EXPECT_EQ(json_of(true), "true");
  EXPECT_EQ(json_of(std::uint8_t{255}), "255");
  EXPECT_EQ(json_of(18446744073709551615U), "18446744073709551615");
  EXPECT_EQ(json_of(-1), "-1");
  EXPECT_EQ(json_of(std::int16_t{-253}), "-253");
  EXPECT_EQ(json_of("a\"b"), R"("a\"b")");
  EXPECT_EQ(json_of(std::string("text")), R"("text")");
  EXPECT_EQ(json_of(Colour::Green), R"("green")");
  EXPECT_EQ(json_of(make_address("192.0.2.1")), R"("192.0.2.1")");
  EXPECT_EQ(json_of(make_address("2001:db8::1")), R"("2001:db8::1")");
}

TEST(JsonOut, TimesAreSecondsAndDurationsMicroseconds) {
  EXPECT_EQ(json_of(std::chrono::system_clock::time_point(1999ms)), "1");
  EXPECT_EQ(json_of(std::chrono::system_clock::time_point(-5s)), "0");
  EXPECT_EQ(json_of(1999ns), "1");
  EXPECT_EQ(json_of(-1s), "0");
}

TEST(JsonOut, ListsMapsAndWhatIsNotThere) {
  EXPECT_EQ(json_of(std::vector<int>()), "[]");
  EXPECT_EQ(json_of(std::vector<std::string>{"a", "b"}), R"(["a","b"])");
  EXPECT_EQ(json_of(std::vector<std::pair<std::string, int>>{{"a\n", 1}, {"b", 2}}),
            R"({"a\n":1,"b":2})");
  EXPECT_EQ(json_of(std::optional<int>()), "null");
  EXPECT_EQ(json_of(std::optional(7)), "7");
}

TEST(JsonOut, AnElementForEachEnumerator) {
  EXPECT_EQ(json_of(EnumArray<Colour, int>{{1, 2}}), R"({"red":1,"green":2})");
  EXPECT_EQ(json_of(EnumArray<Colour, std::optional<int>>{{std::nullopt, 2}}), R"({"green":2})");
}

TEST(JsonOut, StructsByTheirTables) {
  EXPECT_EQ(json_of(Point{3, Colour::Green}), R"({"x":3,"colour":"green"})");
  EXPECT_EQ(json_of(Shown{{3, Colour::Red}, false}), R"({"point":{"x":3,"colour":"red"},"x":3})");
  EXPECT_EQ(json_of(Shown{{3, Colour::Red}, true}),
            R"({"point":{"x":3,"colour":"red"},"x":3,"twice":6})");
}

TEST(JsonOut, MembersFollowOthers) {
  std::string out = R"({"ok":true)";
  append_members(out, Point{1, Colour::Red});
  append_member(out, "more", false);
  EXPECT_EQ(out, R"({"ok":true,"x":1,"colour":"red","more":false)");
}

}  // namespace
}  // namespace evenkeel::fields
