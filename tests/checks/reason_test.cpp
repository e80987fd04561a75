#include "checks/reason.h"

#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

namespace evenkeel::checks {
namespace {

std::vector<Reason> all_reasons() {
  std::vector<Reason> reasons;
  for (std::uint8_t number = 0; const auto reason = reason_from_number(number); ++number) {
    reasons.push_back(*reason);
  }
  return reasons;
}

TEST(Reason, NumbersNamesAndTextsAreDistinctAndComeBack) {
  const std::vector<Reason> reasons = all_reasons();
  ASSERT_EQ(reasons.size(), 14U);
  std::set<std::string_view> names;
  std::set<std::string_view> texts;
  for (const Reason reason : reasons) {
    EXPECT_EQ(reason_from_number(static_cast<std::uint8_t>(reason)), reason);
    EXPECT_EQ(reason_from_name(name(reason)), reason) << name(reason);
    names.insert(name(reason));
    texts.insert(to_string(reason));
  }
  EXPECT_EQ(names.size(), reasons.size());
  EXPECT_EQ(texts.size(), reasons.size());
}

TEST(Reason, WhatIsNoReasonIsRefused) {
  EXPECT_FALSE(reason_from_number(14));
  EXPECT_FALSE(reason_from_number(255));
  EXPECT_FALSE(reason_from_name("?"));
  EXPECT_FALSE(reason_from_name("connect timeout"));  // that is the text
}

TEST(Reason, AServerThatAnsweredWronglyIsThere) {
  const std::set<Reason> there = {
      Reason::TcpExpect,      Reason::HttpStatus,   Reason::HttpBody,      Reason::HttpMalformed,
      Reason::HeaderTooLarge, Reason::BodyTooLarge, Reason::HttpIncomplete};
  for (const Reason reason : all_reasons()) {
    EXPECT_EQ(is_wrong_answer(reason), there.count(reason) == 1) << name(reason);
  }
}

}  // namespace
}  // namespace evenkeel::checks
