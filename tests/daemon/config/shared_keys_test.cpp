// A table that fills one of two structs, both of which have a key "value".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/config/written.h"

namespace evenkeel::daemon {

struct Either {
  std::string name;
};
struct Letters {
  std::string value = "a";
};
struct Number {
  std::uint16_t value = 1;
  std::uint16_t other = 2;
};

template <>
struct Keys<Either> {
  static constexpr std::string_view path = "either", title = "the table";
  using Alternatives = std::variant<Letters, Number>;
  static constexpr auto rows = std::tuple(key<&Either::name>("name", Octets{8}, ""),
                                          key<&Letters::value>("value", Octets{4}, ""),
                                          required(key<&Number::value>("value", Between{1, 9}, "")),
                                          key<&Number::other>("other", Between{1, 9}, ""));
};

/// Not shared: by a key of every table, and by two of one struct.
struct Common {
  std::string value;
};
template <>
struct Keys<Common> {
  static constexpr std::string_view path = "common", title = "the table";
  using Alternatives = std::variant<Letters>;
  static constexpr auto rows = std::tuple(key<&Common::value>("value", Octets{8}, ""),
                                          key<&Letters::value>("value", Octets{4}, ""));
};
struct Twice {
  std::string value;
};
template <>
struct Keys<Twice> {
  static constexpr std::string_view path = "twice", title = "the table";
  using Alternatives = std::variant<Number>;
  static constexpr auto rows = std::tuple(key<&Twice::value>("value", Octets{8}, ""),
                                          key<&Number::value>("number", Between{1, 9}, ""),
                                          key<&Number::other>("number", Between{1, 9}, ""));
};

namespace {

static_assert(has_distinct_keys<Either>());
static_assert(!has_distinct_keys<Common>());
static_assert(!has_distinct_keys<Twice>());
static_assert(KeyOf<Either>("value") == KeyOf<Either>::at(1));
static_assert(KeyOf<Either>::at(2) == KeyOf<Either>::at(1));
static_assert(KeyOf<Either>::at(3) != KeyOf<Either>::at(1));

class SharedKeys : public testing::Test {
 protected:
  Written<Either> written(std::string_view text) {
    table_ = toml::parse(text).table();
    return {{.table = &table_, .place = {}}, context_};
  }
  std::string mistakes() {
    std::string result;
    for (const Diagnostic& each : diagnostics_.errors()) result += each.message + "\n";
    return result;
  }

  toml::table table_;
  std::vector<SourceFile> files_{{"a.toml", ""}};
  Diagnostics diagnostics_{files_};
  Context context_{.diagnostics = diagnostics_, .node_name = "lb1"};
};

TEST_F(SharedKeys, AreReadByTheRowOfWhatIsFilled) {
  Letters letters;
  auto text = written("value = \"abcd\"");
  text.take(letters);
  EXPECT_EQ(letters.value, "abcd");
  EXPECT_TRUE(text.is_read("value"));

  Number number;
  auto figure = written("value = 7\nother = 3");
  figure.take(number);
  EXPECT_EQ(number.value, 7);
  EXPECT_EQ(number.other, 3);
  EXPECT_EQ(mistakes(), "");
}

TEST_F(SharedKeys, AreJudgedByTheRowOfWhatIsFilled) {
  Letters letters;
  auto text = written("value = 7");
  text.take(letters);
  EXPECT_TRUE(text.is_wrong("value"));
  EXPECT_THAT(mistakes(), testing::HasSubstr("\"value\" must be a string"));

  Number number;
  auto figure = written("value = 10");
  figure.take(number);
  EXPECT_TRUE(figure.is_wrong("value"));
  EXPECT_THAT(mistakes(), testing::HasSubstr("\"value\" must be an integer, 1 .. 9"));
}

TEST_F(SharedKeys, AreRequiredByTheRowOfWhatIsFilled) {
  Letters letters;
  written("").take(letters);
  EXPECT_EQ(mistakes(), "");
  Number number;
  auto figure = written("");
  figure.take(number);
  EXPECT_TRUE(figure.is_wrong("value"));
  EXPECT_EQ(mistakes(), "the table: \"value\" is required\n");
}

}  // namespace
}  // namespace evenkeel::daemon
