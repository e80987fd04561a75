#include "daemon/tracking/number_file.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

TEST(NumberFile, IsOneInteger) {
  EXPECT_EQ(parse_number_file("-20\n"), -20);
  EXPECT_EQ(parse_number_file("0"), 0);
  EXPECT_EQ(parse_number_file("+7"), 7);
  EXPECT_EQ(parse_number_file(" \t253 \r\n\n"), 253);
  EXPECT_EQ(parse_number_file("-253"), -253);
  EXPECT_EQ(parse_number_file("007"), 7);
}

struct Wrong {
  std::string text;
  NumberError error;
};
class NumberFileWrong : public testing::TestWithParam<Wrong> {};

TEST_P(NumberFileWrong, HasAName) {
  const auto number = parse_number_file(GetParam().text);
  ASSERT_FALSE(number) << *number;
  EXPECT_EQ(number.error(), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    All, NumberFileWrong,
    testing::Values(Wrong{"", NumberError::Empty}, Wrong{" \n", NumberError::Empty},
                    Wrong{"abc", NumberError::NotANumber}, Wrong{"-", NumberError::NotANumber},
                    Wrong{"+", NumberError::NotANumber}, Wrong{"+-1", NumberError::NotANumber},
                    Wrong{"1 2", NumberError::NotANumber}, Wrong{"1\n2", NumberError::NotANumber},
                    Wrong{"1.5", NumberError::NotANumber}, Wrong{"0x10", NumberError::NotANumber},
                    Wrong{std::string("1\0", 2), NumberError::NotANumber},
                    Wrong{"254", NumberError::OutOfRange}, Wrong{"-254", NumberError::OutOfRange},
                    Wrong{"99999999999999999999", NumberError::OutOfRange},
                    Wrong{std::string(kMaxNumberFile + 1, '1'), NumberError::TooLong}));

TEST(NumberFile, ShowsWhatItFoundPrintable) {
  EXPECT_EQ(explain(NumberError::NotANumber, " a\x1b[31mb\n"), "not a number: \"a?[31mb\"");
  EXPECT_EQ(explain(NumberError::OutOfRange, "300"), "not within -253..253: \"300\"");
  EXPECT_EQ(explain(NumberError::Empty, ""), "the file is empty");
  EXPECT_LE(explain(NumberError::OutOfRange, std::string(kMaxNumberFile, '9')).size(), 120U);
}

}  // namespace
}  // namespace evenkeel::daemon
