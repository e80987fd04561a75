// main's side with the real role: what becomes of runs when the spawner dies.
#include "daemon/process/spawner_child.h"

#include "tests/daemon/process/spawner_fixture.h"

namespace evenkeel::daemon {
namespace {

class SpawnerChildTest : public testing::Test {
 protected:
  SpawnerChildTest()
      : spawner(loop,
                {.on_run_ended =
                     [this](const RunEnded& run) {
                       EXPECT_TRUE(ended.emplace(run.run, to_string(run)).second);
                     },
                 .on_run_started =
                     [this](const RunStarted& run) {
                       EXPECT_FALSE(ended.contains(run.run));
                       started[run.run] = run.pid;
                     },
                 .is_child = [](pid_t) { return false; },
                 .on_there = [this] { lost_before_it_was_there = ended.size(); }},
                SPAWNER_PROGRAM) {}

  /// Also where a test ends early: programs of root do not die with the spawner (launch.h).
  ~SpawnerChildTest() override { stop(); }

  template <typename Condition>
  bool run_until(const Condition& condition) {
    return daemon::run_until(loop, condition);
  }

  void stop() {
    bool is_stopped = false;
    spawner.stop([&] { is_stopped = true; });
    EXPECT_TRUE(run_until([&] { return is_stopped; }));
  }

  boost::asio::io_context loop;
  Scripts scripts;
  std::map<RunId, std::string> ended;
  std::map<RunId, std::uint32_t> started;
  std::optional<std::size_t> lost_before_it_was_there;
  SpawnerChild spawner;
};

TEST_F(SpawnerChildTest, RunsWhatIsInTheList) {
  spawner.configure(1, {program_of(7, {"/bin/false"})});
  spawner.start();
  const RunId run = spawner.run(7, {});
  const RunId unknown = spawner.run(8, {});
  EXPECT_TRUE(ended.empty()) << "told from the loop only";
  ASSERT_TRUE(run_until([&] { return ended.size() == 2; }));
  EXPECT_EQ(ended[run], "exit status 1");
  EXPECT_EQ(ended[unknown], "cannot run: not configured: No such file or directory");
  EXPECT_EQ(spawner.problem(), "");
  stop();
}

TEST_F(SpawnerChildTest, WhenTheSpawnerDiesItsRunsAreLostAndWhatItLeftIsKilled) {
  const std::string sleep = scripts.long_sleep();
  const std::string leaves =
      scripts.shell("leaves", "setsid sh -c '(sleep " + sleep + " &) ; exit 0'; sleep " + sleep);
  Program program = program_of(1, {leaves});
  if (::geteuid() == 0) program.uid = program.gid = kStranger;
  spawner.configure(1, {program, program_of(2, {"/bin/true"})});
  spawner.start();
  const RunId run = spawner.run(1, {});
  ASSERT_TRUE(run_until([&] { return processes_with(sleep).size() >= 2; }));
  ASSERT_EQ(::kill(spawner.status().pid, SIGKILL), 0);
  ASSERT_TRUE(run_until([&] { return ended.contains(run); }));
  EXPECT_EQ(ended[run], "cut off when the spawner died");
  EXPECT_TRUE(run_until([&] { return processes_with(sleep).empty(); }));

  const RunId lost = spawner.run(2, {});  // there is none now
  ASSERT_TRUE(run_until([&] { return ended.contains(lost); }));
  EXPECT_EQ(ended[lost], "cut off when the spawner died");
  ASSERT_TRUE(run_until([&] { return spawner.status().state == ChildState::Running; }));
  const RunId next = spawner.run(2, {});
  ASSERT_TRUE(run_until([&] { return ended.contains(next); }));
  EXPECT_EQ(ended[next], "exit status 0") << "the next one has the list";
  EXPECT_EQ(spawner.status().restarts, 1U);
  stop();
}

TEST_F(SpawnerChildTest, ARunIsToldWhenItBeginsAndCanBeEnded) {
  spawner.configure(1, {program_of(1, {"/bin/sleep", scripts.long_sleep()}, 10min)});
  spawner.start();
  const RunId run = spawner.run(1, {});
  ASSERT_TRUE(run_until([&] { return started.contains(run); }));
  const std::vector process{static_cast<pid_t>(started[run])};
  EXPECT_TRUE(run_until([&] { return processes_with(scripts.long_sleep()) == process; }));
  spawner.end(run + 1);
  spawner.end(run);
  ASSERT_TRUE(run_until([&] { return ended.contains(run); }));
  EXPECT_EQ(ended[run], "ended for the next state");
  spawner.end(run);
  stop();
}

TEST_F(SpawnerChildTest, LostRunsAreToldBeforeANewSpawnerIs) {
  spawner.configure(1, {});
  (void)spawner.run(1, {});
  spawner.start();
  ASSERT_TRUE(run_until([&] { return lost_before_it_was_there.has_value(); }));
  EXPECT_EQ(lost_before_it_was_there, 1U);
  stop();
}

TEST_F(SpawnerChildTest, AChildThatMainHadBeforeIsLeftAlone) {
  const pid_t foreign = ::fork();
  if (foreign == 0) {
    ::alarm(300);  // where the test is killed
    for (;;) ::pause();
  }
  const std::string sleep = scripts.long_sleep();
  spawner.configure(1, {program_of(1, {scripts.shell("leaves", "setsid sleep " + sleep)})});
  spawner.start();
  (void)spawner.run(1, {});
  ASSERT_TRUE(run_until([&] { return processes_with(sleep).size() >= 1; }));
  ASSERT_EQ(::kill(spawner.status().pid, SIGKILL), 0);
  EXPECT_TRUE(run_until([&] { return processes_with(sleep).empty(); }));
  ASSERT_TRUE(run_until([&] { return spawner.status().restarts == 1; }));
  stop();
  EXPECT_EQ(::waitpid(foreign, nullptr, WNOHANG), 0) << "it lives";
  ::kill(foreign, SIGKILL);
  EXPECT_EQ(::waitpid(foreign, nullptr, 0), foreign);
}

TEST_F(SpawnerChildTest, ASpawnerThatDiesDuringTheStopLeavesNothingEither) {
  const std::string sleep = scripts.long_sleep();
  spawner.configure(
      1, {program_of(1, {scripts.shell("leaves", "setsid sh -c '(sleep " + sleep +
                                                     " &) ; exit 0'; sleep " + sleep)})});
  spawner.start();
  (void)spawner.run(1, {});
  ASSERT_TRUE(run_until([&] { return processes_with(sleep).size() >= 2; }));
  const pid_t process = spawner.status().pid;
  ASSERT_EQ(::kill(process, SIGSTOP), 0);
  bool is_stopped = false;
  spawner.stop([&] { is_stopped = true; });
  ASSERT_EQ(::kill(process, SIGKILL), 0);
  EXPECT_TRUE(run_until([&] { return is_stopped; }));
  EXPECT_TRUE(processes_with(sleep).empty());
}

TEST_F(SpawnerChildTest, AListThatIsRefusedIsAProblemUntilOneIsTaken) {
  spawner.configure(1, {program_of(1, {"/bin/true"})});
  spawner.start();
  spawner.configure(2, {program_of(1, {"/bin/true"}), program_of(2, {"relative"})});
  ASSERT_TRUE(run_until([&] { return !spawner.problem().empty(); }));
  EXPECT_EQ(spawner.problem(),
            "the list of programs is refused, and what is new in it cannot be run: list of "
            "programs: bad value");
  const RunId run = spawner.run(1, {});
  ASSERT_TRUE(run_until([&] { return ended.contains(run); }));
  EXPECT_EQ(ended[run], "exit status 0") << "as before";
  spawner.configure(3, {program_of(1, {"/bin/true"})});
  EXPECT_TRUE(run_until([&] { return spawner.problem().empty(); }));

  std::vector<Program> list;
  const std::string argument(kMaxArgument, 'x');
  for (ProgramId id = 1; id <= 150; ++id) {
    list.push_back(program_of(id, std::vector<std::string>(kMaxArguments, argument)));
    list.back().arguments.front() = "/bin/true";
  }
  spawner.configure(4, std::move(list));
  EXPECT_THAT(spawner.problem(), HasSubstr("octets, and may have 134217728"));
  stop();
}

TEST_F(SpawnerChildTest, ManyThatWaitForAPlaceAreAProblem) {
  const std::string sign = scripts.folder / "sign";
  const std::string waits = scripts.shell(
      "waits", "for i in $(seq 600); do [ ! -e " + sign + " ] || break; sleep 0.5; done");
  std::vector<Program> list;
  for (ProgramId id = 1; id <= 70; ++id) list.push_back(program_of(id, {waits}, 10min));
  spawner.configure(1, list);
  spawner.start();
  for (const Program& each : list) (void)spawner.run(each.id, {});
  ASSERT_TRUE(run_until([&] { return !spawner.problem().empty(); }));
  EXPECT_THAT(spawner.problem(),
              HasSubstr(" wait: 64 programs run already, which is as many as may at once"));
  (void)scripts.write("sign", "");
  ASSERT_TRUE(run_until([&] { return spawner.problem().empty(); }));
  stop();
}

}  // namespace
}  // namespace evenkeel::daemon
