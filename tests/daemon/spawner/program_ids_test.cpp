#include "daemon/spawner/program_ids.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

Program program(const std::string& file) {
  Program result;
  result.arguments = {file};
  return result;
}

TEST(ProgramIds, AProgramKeepsItsNumberFromListToList) {
  ProgramIds ids;
  const ProgramId first = ids.add(program("/a"));
  EXPECT_EQ(ids.add(program("/a")), first);
  const ProgramId second = ids.add(program("/b"));
  EXPECT_NE(second, first);
  EXPECT_NE(ids.none(), second);
  ids.begin();
  EXPECT_EQ(ids.add(program("/b")), second);
  ASSERT_EQ(ids.list().size(), 1U);
  EXPECT_EQ(ids.list().front().id, second);
  EXPECT_EQ(ids.list().front().arguments, program("/b").arguments);
}

TEST(ProgramIds, OneThatWasGoneForAListIsForgotten) {
  ProgramIds ids;
  const ProgramId first = ids.add(program("/a"));
  ids.begin();
  (void)ids.add(program("/b"));
  ids.begin();
  const ProgramId again = ids.add(program("/a"));
  EXPECT_GT(again, first + 1) << "no number is used twice";
}

}  // namespace
}  // namespace evenkeel::daemon
