#include "daemon/fields/byte_walker.h"

#include <gtest/gtest.h>

namespace evenkeel::fields {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

enum class Colour : std::uint8_t { Red = 2, Green = 3 };
constexpr auto words_of(Colour) {
  using enum Colour;
  return words<Colour>({{Red, "red"}, {Green, "green"}});
}

struct Point {
  std::int32_t x = 0;
  std::uint16_t y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};
constexpr auto fields_of(Of<Point>) {
  return table(field<&Point::x>("x"), field<&Point::y>("y"));
}

struct Everything {
  bool is_it = false;
  Colour colour = Colour::Red;
  std::chrono::nanoseconds age{};
  std::chrono::nanoseconds latency{};
  std::chrono::steady_clock::time_point moment{};
  bytes::Address address;
  std::optional<bytes::Address> no_address;
  std::optional<Point> point;
  std::string name;
  std::string cut;
  std::vector<std::string> names;
  std::vector<Point> points;
  std::array<std::uint8_t, 3> octets{};
  std::pair<std::uint8_t, std::string> pair;
  std::variant<Point, std::string> variant;
  friend bool operator==(const Everything&, const Everything&) = default;
};
constexpr auto fields_of(Of<Everything>) {
  using T = Everything;
  return table(field<&T::is_it>("is_it"), field<&T::colour>("colour"), field<&T::age>("age"),
               field<&T::latency>("latency", NotNegative{}), field<&T::moment>("moment"),
               field<&T::address>("address"), field<&T::no_address>("no_address"),
               field<&T::point>("point"), field<&T::name>("name", AtMost{300}),
               field<&T::cut>("cut", First{4}), field<&T::names>("names", AtMost{2, AtMost{5}}),
               field<&T::points>("points"), field<&T::octets>("octets"), field<&T::pair>("pair"),
               field<&T::variant>("variant"));
}

Everything full() {
  Everything all;
  all.is_it = true;
  all.colour = Colour::Green;
  all.age = -5ns;
  all.latency = 7ns;
  all.moment = std::chrono::steady_clock::time_point(3s);
  all.address = make_address("192.0.2.1");
  all.no_address = make_address("2001:db8::1");
  all.point = Point{-1, 65535};
  all.name = std::string(300, 'n');
  all.cut = "four";
  all.names = {"", "five5"};
  all.points = {{1, 2}, {3, 4}};
  all.octets = {1, 2, 255};
  all.pair = {9, "pair"};
  all.variant = "text";
  return all;
}

template <typename T, typename Limit = NoLimit>
std::vector<std::byte> bytes_of(const T& value, const Limit& limit = {}) {
  ByteWriter to;
  put(to, value, limit);
  return to.take();
}

std::vector<std::byte> octets(std::initializer_list<int> numbers) {
  std::vector<std::byte> result;
  for (const int number : numbers) result.push_back(static_cast<std::byte>(number));
  return result;
}

template <typename T, typename Limit = NoLimit>
bool is_refused(std::initializer_list<int> numbers, const Limit& limit = {}) {
  const auto bytes = octets(numbers);
  ByteReader from(bytes);
  T into{};
  take(from, into, limit);
  EXPECT_FALSE(from.is_truncated());
  return from.is_refused();
}

TEST(ByteWalker, AValueComesBackAsItWasWritten) {
  for (const Everything& value : {Everything(), full()}) {
    const auto bytes = bytes_of(value);
    ByteReader from(bytes);
    Everything read = full();  // what was there before is replaced
    take(from, read);
    EXPECT_FALSE(from.is_truncated());
    EXPECT_FALSE(from.is_refused());
    EXPECT_EQ(from.remaining(), 0U);
    EXPECT_EQ(read, value);
  }
}

TEST(ByteWalker, OctetsOnTheWire) {
  EXPECT_EQ(bytes_of(Point{258, 3}), octets({2, 1, 0, 0, 3, 0}));
  EXPECT_EQ(bytes_of(Colour::Green), octets({3}));
  EXPECT_EQ(bytes_of(std::string("ab"), AtMost{255}), octets({2, 'a', 'b'}));
  EXPECT_EQ(bytes_of(std::string("ab"), AtMost{256}), octets({2, 0, 'a', 'b'}));
  EXPECT_EQ(bytes_of(std::string("ab"), AtMost{65536}), octets({2, 0, 0, 0, 'a', 'b'}));
  EXPECT_EQ(bytes_of(make_address("192.0.2.1")), octets({4, 192, 0, 2, 1}));
  EXPECT_EQ(bytes_of(std::optional<bytes::Address>()), octets({0}));
  EXPECT_EQ(bytes_of(std::optional<std::uint8_t>(7)), octets({1, 7}));
}

TEST(ByteWalker, EveryShorterTextIsTruncated) {
  const auto whole = bytes_of(full());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    ByteReader from(std::span<const std::byte>(whole).first(length));
    Everything read;
    take(from, read);
    EXPECT_TRUE(from.is_truncated()) << length;
  }
}

TEST(ByteWalker, WhatCannotHaveBeenWrittenIsRefused) {
  EXPECT_TRUE(is_refused<bool>({2}));
  EXPECT_TRUE(is_refused<Colour>({1}));
  EXPECT_TRUE(is_refused<Colour>({4}));
  EXPECT_TRUE(is_refused<bytes::Address>({0}));
  EXPECT_TRUE(is_refused<bytes::Address>({5}));
  EXPECT_TRUE(is_refused<std::optional<Point>>({2}));
  EXPECT_TRUE((is_refused<std::variant<Point, std::string>>({2})));
  EXPECT_TRUE(is_refused<std::string>({3}, AtMost{2}));
  EXPECT_TRUE(is_refused<std::string>({3}, First{2}));
  EXPECT_TRUE(is_refused<std::chrono::nanoseconds>({0, 0, 0, 0, 0, 0, 0, 128}, NotNegative{}));
  EXPECT_FALSE(is_refused<std::chrono::nanoseconds>({0, 0, 0, 0, 0, 0, 0, 128}));
}

TEST(ByteWalker, ACountBeyondTheEndReadsNoMoreThanThereIs) {
  const auto bytes = octets({255, 255, 255, 255, 1});
  ByteReader from(bytes);
  std::vector<Point> points;
  take(from, points);
  EXPECT_TRUE(from.is_truncated());
  EXPECT_LE(points.size(), 1U);
}

TEST(ByteWalker, AWriterKeepsToTheLimits) {
  EXPECT_THROW(bytes_of(std::string("abc"), AtMost{2}), std::length_error);
  EXPECT_THROW(bytes_of(std::vector<std::string>{"abc"}, AtMost{1, AtMost{2}}), std::length_error);
  EXPECT_EQ(bytes_of(std::string("abc"), First{2}), octets({2, 'a', 'b'}));
  EXPECT_EQ(bytes_of(std::vector<std::uint8_t>{1, 2, 3}, First{2}), octets({2, 1, 2}));
  EXPECT_EQ(bytes_of(-1ns, NotNegative{}), bytes_of(0ns));
}

}  // namespace
}  // namespace evenkeel::fields
