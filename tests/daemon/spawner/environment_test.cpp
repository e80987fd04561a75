#include "daemon/spawner/environment.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

using Entries = std::vector<std::string>;

TEST(Environment, IsPathTheProgramsAndTheRuns) {
  Program program;
  EXPECT_EQ(environment_of(program, {}), Entries{kPath});
  program.environment = {"HOME=/var/empty", "LANG=C"};
  const RunRequest run{
      .run = 1,
      .program = 0,
      .settings = {{Variable::Instance, "web"}, {Variable::PreviousState, "a=b\nc"}}};
  EXPECT_EQ(environment_of(program, run),
            (Entries{kPath, "HOME=/var/empty", "LANG=C", "EVENKEEL_INSTANCE=web",
                     "EVENKEEL_PREVIOUS_STATE=a=b\nc"}));
}

TEST(Environment, OfANameTwiceTheLastCounts) {
  Program program;
  program.environment = {"PATH=/opt", "A=1", "AB=2", "A=3", "EVENKEEL_STATE=no"};
  const RunRequest run{.run = 1, .program = 0, .settings = {{Variable::State, "master"}}};
  EXPECT_EQ(environment_of(program, run),
            (Entries{"PATH=/opt", "A=3", "AB=2", "EVENKEEL_STATE=master"}));
}

TEST(Environment, BadSettingsAreSeen) {
  const auto is_bad = [](std::vector<Setting> settings) {
    return has_bad_settings({.run = 1, .program = 0, .settings = std::move(settings)});
  };
  EXPECT_FALSE(is_bad({}));
  EXPECT_FALSE(is_bad({{Variable::State, ""}, {Variable::Reason, "x=\n"}}));
  EXPECT_TRUE(is_bad({{Variable::State, "a"}, {Variable::State, "a"}}));
  EXPECT_TRUE(is_bad({{Variable::State, std::string("a\0", 2)}}));
}

TEST(RunEnded, IsSaidInWords) {
  EXPECT_EQ(to_string(RunEnded{.how = RunEnd::Exit, .number = 3, .last_line = {}}),
            "exit status 3");
  EXPECT_EQ(to_string(RunEnded{.how = RunEnd::Signal, .number = 11, .last_line = {}}),
            "killed by signal 11");
  EXPECT_EQ(to_string(RunEnded{.how = RunEnd::Deadline, .last_line = {}}), "did not end in time");
  EXPECT_EQ(to_string(RunEnded{
                .how = RunEnd::CannotRun, .number = 2, .step = RunStep::Execute, .last_line = {}}),
            "cannot run: execute: No such file or directory");
}

}  // namespace
}  // namespace evenkeel::daemon
