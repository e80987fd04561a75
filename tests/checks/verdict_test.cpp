#include "checks/verdict.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace evenkeel::checks {
namespace {

CheckOutcome outcome(char letter) {
  CheckOutcome result;
  switch (letter) {
    case '+':
      result.reason = Reason::Passed;
      break;
    case '-':
      result.reason = Reason::ConnectRefused;
      break;
    default:
      result.reason = Reason::LocalError;
      break;
  }
  return result;
}

char letter(Health health) {
  switch (health) {
    case Health::Unknown:
      return '?';
    case Health::Up:
      return 'U';
    case Health::Down:
      return 'D';
  }
  return ' ';
}

/// One line of the truth table: outcomes, `+` passed, `-` failed, `L` local error; the health after
/// each; how many outcomes stand against it at the end; whether it is stale then.
struct Row {
  std::uint16_t rise, fall;
  Health initial;
  std::string_view outcomes, health;
  std::uint16_t against;
  bool stale;
};

constexpr Row kTable[] = {
    // The first outcome decides at once.
    {2, 3, Health::Unknown, "", "", 0, false},
    {2, 3, Health::Unknown, "+", "U", 0, false},
    {2, 3, Health::Unknown, "-", "D", 0, false},
    {9, 9, Health::Unknown, "+", "U", 0, false},
    {9, 9, Health::Unknown, "-", "D", 0, false},
    {2, 3, Health::Up, "+", "U", 0, false},
    // Who starts as Up, or is trusted otherwise, falls by `fall`, before the first pass as after
    // it.
    {2, 3, Health::Up, "-", "U", 1, false},
    {2, 3, Health::Up, "--", "UU", 2, false},
    {2, 3, Health::Up, "---", "UUD", 0, false},
    {2, 3, Health::Up, "--+", "UUU", 0, false},
    {2, 3, Health::Up, "--+--", "UUUUU", 2, false},
    {2, 3, Health::Up, "-L-L-", "UUUUD", 0, false},
    {2, 3, Health::Up, "---+", "UUDD", 1, false},
    {2, 3, Health::Down, "+", "U", 0, false},
    {2, 3, Health::Down, "-", "D", 0, false},
    // fall
    {2, 3, Health::Unknown, "+-", "UU", 1, false},
    {2, 3, Health::Unknown, "+--", "UUU", 2, false},
    {2, 3, Health::Unknown, "+---", "UUUD", 0, false},
    {2, 3, Health::Unknown, "+--+--", "UUUUUU", 2, false},
    {2, 3, Health::Unknown, "+--+---", "UUUUUUD", 0, false},
    {2, 3, Health::Unknown, "+-----", "UUUDDD", 0, false},
    // rise
    {2, 3, Health::Unknown, "-+", "DD", 1, false},
    {2, 3, Health::Unknown, "-++", "DDU", 0, false},
    {2, 3, Health::Unknown, "-+-+", "DDDD", 1, false},
    {2, 3, Health::Unknown, "-+-++", "DDDDU", 0, false},
    // 1 is at once, 0 is taken for 1
    {1, 1, Health::Unknown, "+-+-", "UDUD", 0, false},
    {0, 0, Health::Unknown, "+-+-", "UDUD", 0, false},
    {0, 0, Health::Unknown, "", "", 0, false},
    // A local error decides nothing, and does not end a run.
    {2, 3, Health::Unknown, "L", "?", 0, false},
    {2, 3, Health::Unknown, "LL", "??", 0, false},
    {2, 3, Health::Unknown, "LLL", "???", 0, true},
    {2, 3, Health::Unknown, "LLLL", "????", 0, true},
    {2, 3, Health::Unknown, "LLL-", "???D", 0, false},
    {2, 3, Health::Unknown, "LLL+", "???U", 0, false},
    {2, 3, Health::Unknown, "+LLL", "UUUU", 0, true},
    {2, 3, Health::Unknown, "+-L-L", "UUUUU", 2, false},
    {2, 3, Health::Unknown, "+-L-L-", "UUUUUD", 0, false},
    {2, 3, Health::Unknown, "+LL+LL", "UUUUUU", 0, false},
    {2, 3, Health::Unknown, "+LLL-L", "UUUUUU", 1, false},
};

TEST(Verdict, TruthTable) {
  for (const Row& row : kTable) {
    SCOPED_TRACE(std::string(row.outcomes) + " rise " + std::to_string(row.rise) + " fall " +
                 std::to_string(row.fall));
    Verdict verdict(row.rise, row.fall, row.initial);
    EXPECT_EQ(verdict.health(), row.initial);
    std::string seen;
    std::string given;
    bool is_decided = false;
    for (const char c : row.outcomes) {
      const Health before = verdict.health();
      const auto change = verdict.record(outcome(c));
      EXPECT_EQ(change.has_value(), verdict.health() != before);
      EXPECT_EQ(change.value_or(verdict.health()), verdict.health());
      seen += letter(verdict.health());
      given += c;
      const bool is_trusted = row.initial == Health::Up;
      is_decided =
          is_decided || c == '+' || (c == '-' && !is_trusted) || verdict.health() == Health::Down;
      EXPECT_EQ(verdict.is_decided(), is_decided);
      EXPECT_EQ(verdict.has_evidence(), given.find_first_not_of('L') != std::string::npos);
    }
    EXPECT_EQ(seen, row.health);
    EXPECT_EQ(verdict.against(), row.against);
    EXPECT_EQ(verdict.is_stale(), row.stale);
  }
}

TEST(Verdict, WhoIsTrustedIsProvenByOnePassAndFallsByFall) {
  Verdict verdict(2, 3);
  verdict.trust();
  EXPECT_FALSE(verdict.record(outcome('-')));
  EXPECT_FALSE(verdict.record(outcome('-')));
  EXPECT_EQ(verdict.health(), Health::Unknown);
  EXPECT_FALSE(verdict.is_decided());
  EXPECT_EQ(verdict.against(), 2);
  Verdict other = verdict;
  EXPECT_EQ(other.record(outcome('+')), Health::Up);
  EXPECT_TRUE(other.is_decided());
  EXPECT_EQ(other.against(), 0);
  EXPECT_EQ(verdict.record(outcome('-')), Health::Down);
  EXPECT_EQ(verdict.turned_by(), 3);
  Verdict patient = Verdict(2, 3);
  patient.trust();
  patient = patient.under(2, 5);
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(patient.record(outcome('-')));
  EXPECT_EQ(patient.record(outcome('-')), Health::Down);
}

/// What the words say, written down the long way: looks back over the whole history.
Health expected(const std::string& history, std::size_t rise, std::size_t fall) {
  std::string decisive;
  std::copy_if(history.begin(), history.end(), std::back_inserter(decisive),
               [](char c) { return c != 'L'; });
  if (decisive.empty()) return Health::Unknown;
  Health health = decisive[0] == '+' ? Health::Up : Health::Down;
  for (std::size_t end = 1; end <= decisive.size(); ++end) {
    const std::string sofar = decisive.substr(0, end);
    if (end >= fall && sofar.substr(end - fall) == std::string(fall, '-')) health = Health::Down;
    if (end >= rise && sofar.substr(end - rise) == std::string(rise, '+')) health = Health::Up;
  }
  return health;
}

TEST(Verdict, AgreesWithTheWholeHistoryForRandomOutcomes) {
  std::mt19937 random(20);
  for (int round = 0; round < 500; ++round) {
    const auto rise = static_cast<std::uint16_t>(1 + random() % 4);
    const auto fall = static_cast<std::uint16_t>(1 + random() % 4);
    Verdict verdict(rise, fall);
    std::string history;
    for (int step = 0; step < 30; ++step) {
      history += "++--+-L"[random() % 7];
      static_cast<void>(verdict.record(outcome(history.back())));
      ASSERT_EQ(verdict.health(), expected(history, rise, fall)) << history;
      ASSERT_LT(verdict.against(), std::max(rise, fall));
    }
  }
}

}  // namespace
}  // namespace evenkeel::checks
