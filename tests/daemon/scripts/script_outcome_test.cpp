#include "daemon/scripts/script_outcome.h"

#include <cerrno>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/os/user.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using checks::Reason;

RunEnded ended(RunEnd how, int number = 0, std::string line = "", RunStep step = RunStep::None) {
  return {.run = 5,
          .how = how,
          .number = number,
          .step = step,
          .last_line = std::move(line),
          .duration = 7ms};
}

struct Case {
  RunEnded ended;
  Reason reason;
  std::string detail;
};

TEST(ScriptOutcome, EachEndHasAReason) {
  const checks::ScriptCheck script{.command = {"/bin/a"}};
  for (const Case& each : {
           Case{ended(RunEnd::Exit, 0, "fine"), Reason::Passed, "exit status 0"},
           Case{ended(RunEnd::Exit, 3, "no\x1b route"), Reason::ScriptExit, "3: no\\x1b route"},
           Case{ended(RunEnd::Signal, 11), Reason::ScriptSignal, "11"},
           Case{ended(RunEnd::Deadline, 0, "slow"), Reason::Deadline, "slow"},
           Case{ended(RunEnd::CannotRun, EAGAIN, "", RunStep::Fork), Reason::LocalError,
                "cannot run: fork: Resource temporarily unavailable"},
           Case{ended(RunEnd::Lost), Reason::LocalError, "cut off when the spawner died"},
       }) {
    const ScriptOutcome outcome = outcome_of(9, script, each.ended);
    EXPECT_EQ(outcome.outcome.id, 9U);
    EXPECT_EQ(outcome.outcome.reason, each.reason) << each.detail;
    EXPECT_EQ(outcome.outcome.detail, each.detail);
    EXPECT_EQ(outcome.outcome.latency, 7ms);
    EXPECT_EQ(outcome.weight, std::nullopt);
  }
}

TEST(ScriptOutcome, ALongLineIsCutShort) {
  const auto outcome =
      outcome_of(9, {.command = {"/bin/a"}}, ended(RunEnd::Exit, 1, std::string(256, 'x')));
  EXPECT_EQ(outcome.outcome.detail.size(), checks::kMaxDetail);
}

TEST(ScriptOutcome, AnExitStatusMayBeAWeight) {
  const checks::ScriptCheck script{.command = {"/bin/a"}, .dynamic_weight = true};
  const auto of = [&](int status) { return outcome_of(9, script, ended(RunEnd::Exit, status)); };
  EXPECT_EQ(of(0).outcome.reason, Reason::Passed);
  EXPECT_EQ(of(0).weight, std::nullopt);
  EXPECT_EQ(of(1).outcome.reason, Reason::ScriptExit);
  EXPECT_EQ(of(2).outcome.reason, Reason::Passed);
  EXPECT_EQ(of(2).weight, 0U);
  EXPECT_EQ(of(2).outcome.detail, "weight 0 (exit status 2)");
  EXPECT_EQ(of(255).weight, 253U);
}

TEST(ScriptOutcome, ItsProgramIsToldOfTheServer) {
  checks::Check check;
  check.probe = checks::ScriptCheck{.command = {"/bin/a", "x"},
                                    .setuid = true,
                                    .service = "web",
                                    .real_server = "web1",
                                    .protocol = "tcp"};
  check.address = boost::asio::ip::make_address("192.0.2.21");
  check.port = 80;
  check.timeout = 3s;
  const Program program = program_of(check, {.uid = 8, .gid = 12, .groups = {12}});
  EXPECT_THAT(program.arguments, ::testing::ElementsAre("/bin/a", "x"));
  EXPECT_THAT(program.environment,
              ::testing::ElementsAre("EVENKEEL_SERVICE=web", "EVENKEEL_REAL_SERVER=web1",
                                     "EVENKEEL_ADDRESS=192.0.2.21", "EVENKEEL_PORT=80",
                                     "EVENKEEL_PROTOCOL=tcp"));
  EXPECT_EQ(program.uid, 8U);
  EXPECT_EQ(program.timeout, 3s);
  EXPECT_TRUE(program.may_gain_privileges);
  EXPECT_FALSE(program.may_overlap);
}

}  // namespace
}  // namespace evenkeel::daemon
