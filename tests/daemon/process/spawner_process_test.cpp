// The real role and real programs: how each end is told, and what a program is given.
#include <grp.h>
#include <pwd.h>
#include <sstream>

#include "daemon/process/sandbox.h"
#include "daemon/spawner/environment.h"
#include "daemon/spawner/output_tail.h"
#include "daemon/spawner/run_queue.h"
#include "tests/daemon/process/spawner_fixture.h"

namespace evenkeel::daemon {
namespace {

/// Skips a test that changes the user, where we cannot.
#define NEEDS_ROOT() \
  if (::geteuid() != 0) GTEST_SKIP() << "NOT TESTED: it takes root"

TEST_F(SpawnerProcessTest, TellsHowEachEnded) {
  ASSERT_EQ(configure({program_of(1, {scripts.shell("good", "echo fine")}),
                       program_of(2, {scripts.shell("bad", "echo one; echo two >&2; exit 3")}),
                       program_of(3, {scripts.shell("killed", "kill -SEGV $$")}),
                       program_of(4, {"/bin/sh", "-c", "echo \"$1|$2\"", "x", "a b", ""})}),
            "");
  std::vector<RunId> runs;
  for (const ProgramId id : {1U, 2U, 3U, 4U}) runs.push_back(request(id));
  EXPECT_EQ(outcome_of(runs[0]), "exit status 0: fine");
  EXPECT_EQ(outcome_of(runs[1]), "exit status 3: two");
  EXPECT_EQ(outcome_of(runs[2]), "killed by signal 11");
  EXPECT_EQ(outcome_of(runs[3]), "exit status 0: a b|");
  for (const RunId run : runs) {
    EXPECT_GT(started[run].pid, 1U);
    EXPECT_GT(ended[run].duration, 0ns);
  }
}

TEST_F(SpawnerProcessTest, WhatCannotRunSaysWhy) {
  const std::string file = scripts.shell("file", "exit 0");
  std::filesystem::create_directory(scripts.folder / "folder");
  ASSERT_EQ(configure({program_of(1, {scripts.folder / "missing"}),
                       program_of(2, {scripts.write("no_run_bit", "#!/bin/sh\n", 0644)}),
                       program_of(3, {scripts.folder / "folder"}),
                       program_of(4, {scripts.write("no_interpreter", "#!/no/such/thing\n")}),
                       program_of(5, {scripts.write("no_format", "hello\n")}),
                       program_of(6, {file}), program_of(7, {file + "/below"})}),
            "");
  const auto cannot = [this](ProgramId id) { return outcome_of(request(id)); };
  EXPECT_EQ(cannot(1), "cannot run: execute: No such file or directory");
  EXPECT_EQ(cannot(2), "cannot run: execute: Permission denied");
  EXPECT_EQ(cannot(3), "cannot run: execute: Permission denied");
  EXPECT_EQ(cannot(4), "cannot run: execute: No such file or directory");
  EXPECT_EQ(cannot(5), "cannot run: execute: Exec format error");
  EXPECT_EQ(cannot(7), "cannot run: execute: Not a directory");
  EXPECT_EQ(cannot(8), "cannot run: not configured: No such file or directory");
  EXPECT_EQ(outcome_of(request(6, {{Variable::State, "a"}, {Variable::State, "b"}})),
            "cannot run: environment: Invalid argument");
  EXPECT_EQ(outcome_of(request(6, {{Variable::State, std::string("\0", 1)}})),
            "cannot run: environment: Invalid argument");
  EXPECT_EQ(cannot(6), "exit status 0");
  std::filesystem::remove(file);
  EXPECT_EQ(cannot(6), "cannot run: execute: No such file or directory") << "between two runs";
}

TEST_F(SpawnerProcessTest, AListThatCannotBeReadChangesNothing) {
  ASSERT_EQ(configure({program_of(1, {scripts.shell("good", "exit 0")})}), "");
  EXPECT_TRUE(channel->send(Configure{.generation = 2}));
  ASSERT_TRUE(run_until([&] { return problems.size() == 2; }));
  EXPECT_EQ(problems.back(), "0 files came instead of 1");
  EXPECT_EQ(configure({program_of(1, {"relative"})}), "list of programs: bad value");
  EXPECT_EQ(outcome_of(request(1)), "exit status 0");
}

TEST_F(SpawnerProcessTest, AProgramHasThreeDescriptorsAndNoMore) {
  const std::string list = scripts.python("descriptors", R"(
import os
names = sorted(int(name) for name in os.listdir("/proc/self/fd"))
links = {}
for name in names:
    try:
        links[name] = os.readlink(f"/proc/self/fd/{name}").split(":")[0]
    except FileNotFoundError:
        pass
print(links)
)");
  EXPECT_EQ(outcome_of(program_of(1, {list})),
            "exit status 0: {0: '/dev/null', 1: 'pipe', 2: 'pipe'}");
}

TEST_F(SpawnerProcessTest, AProgramHasTheStatedEnvironment) {
  Program program = program_of(1, {scripts.python("environment", R"(
import os
print(sorted((k, v) for k, v in os.environ.items() if k != "LC_CTYPE"), os.getcwd())
)")});
  program.environment = {"HOME=/var/empty"};
  ASSERT_EQ(configure({program}), "");
  EXPECT_EQ(outcome_of(request(1, {{Variable::Instance, "w b"}, {Variable::Priority, "7"}})),
            "exit status 0: [('EVENKEEL_INSTANCE', 'w b'), ('EVENKEEL_PRIORITY', '7'), ('HOME', "
            "'/var/empty'), ('PATH', '" +
                std::string(kPath).substr(5) + "')] /");
}

TEST_F(SpawnerProcessTest, AProgramLeadsASessionAndHasItsSignalsAndLimits) {
  const std::string about = scripts.python("about", R"(
import os, resource as r
status = dict(line.split(":\t", 1) for line in open("/proc/self/status") if ":\t" in line)
limits = [r.getrlimit(each) for each in (r.RLIMIT_NOFILE, r.RLIMIT_CORE, r.RLIMIT_FSIZE)]
print(os.getsid(0) == os.getpgid(0) == os.getpid(), status["SigBlk"].strip().strip("0"),
      limits, r.getrlimit(r.RLIMIT_NPROC)[1], open("/proc/self/oom_score_adj").read().strip())
)");
  EXPECT_EQ(outcome_of(program_of(1, {about})),
            "exit status 0: True  [(1024, 1024), (0, 0), (16777216, 16777216)] 64 0");
  // Python ignores SIGPIPE and SIGXFSZ itself.
  EXPECT_EQ(outcome_of(program_of(1, {"/bin/grep", "SigIgn", "/proc/self/status"})),
            "exit status 0: SigIgn:\t0000000000000000");
}

/// Lines of /proc/self/status, by their names.
std::map<std::string, std::string> status_from(const std::string& path) {
  std::map<std::string, std::string> fields;
  std::istringstream lines(text_of(path));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(":\t");
    if (colon == std::string::npos) continue;
    const std::size_t end = line.find_last_not_of(' ');
    fields[line.substr(0, colon)] = line.substr(colon + 2, end - colon - 1);
  }
  return fields;
}

constexpr char kNoCapability[] = "0000000000000000";

class SpawnerUsersTest : public SpawnerProcessTest {
 protected:
  /// What /proc/self/status says of `program`, which runs a script that copies it.
  std::map<std::string, std::string> status_of_run(Program program) {
    const auto place = scripts.folder / "places";
    std::filesystem::create_directory(place);
    std::filesystem::permissions(place, std::filesystem::perms(01777));
    const auto copy = place / std::to_string(++copies_);
    program.arguments = {"/bin/cp", "/proc/self/status", copy};
    EXPECT_EQ(outcome_of(std::move(program)), "exit status 0");
    return status_from(copy);
  }

 private:
  int copies_ = 0;
};

TEST_F(SpawnerUsersTest, AsNobodyNothingIsLeft) {
  NEEDS_ROOT();
  Program program = program_of(1, {});
  program.uid = kNobody;
  program.gid = kNobody;
  auto status = status_of_run(program);
  for (const char* const set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
    EXPECT_EQ(status[set], kNoCapability) << set;
  }
  EXPECT_EQ(status["Uid"], "65534\t65534\t65534\t65534");
  EXPECT_EQ(status["Gid"], "65534\t65534\t65534\t65534");
  EXPECT_EQ(status["Groups"], "");
  EXPECT_EQ(status["NoNewPrivs"], "1");
  EXPECT_EQ(status["Seccomp"], status_from("/proc/self/status")["Seccomp"]);

  program.groups = {7, 8};
  program.uid = kStranger;
  program.gid = 6;
  program.may_gain_privileges = true;
  status = status_of_run(program);
  EXPECT_EQ(status["Uid"], "4321\t4321\t4321\t4321");
  EXPECT_EQ(status["Gid"], "6\t6\t6\t6");
  EXPECT_EQ(status["Groups"], "7 8");
  EXPECT_EQ(status["NoNewPrivs"], "0");
  for (const char* const set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
    EXPECT_EQ(status[set], kNoCapability) << set;
  }

  program.arguments = {scripts.python("setuid",
                                      "import os\ntry: os.setuid(0)\n"
                                      "except OSError as e: print(e.strerror)\n")};
  EXPECT_EQ(outcome_of(program), "exit status 0: Operation not permitted");
}

TEST_F(SpawnerUsersTest, AProgramOfRootHasTheBoundingSet) {
  NEEDS_ROOT();
  Program program = program_of(1, {});
  program.uid = program.gid = 0;
  auto status = status_of_run(program);
  EXPECT_EQ(status["Uid"], "0\t0\t0\t0");
  EXPECT_EQ(status["CapPrm"], status_from("/proc/self/status")["CapBnd"]);
  EXPECT_EQ(status["CapAmb"], kNoCapability);
  EXPECT_EQ(status["NoNewPrivs"], "0");
}

TEST_F(SpawnerUsersTest, TheSpawnerItselfHasThreeCapabilities) {
  ASSERT_EQ(configure({}), "");
  auto status = status_from("/proc/" + std::to_string(child.pid) + "/status");
  EXPECT_EQ(status["Name"], "evenkeel-spawn");
  EXPECT_EQ(status["Threads"], "1");
  EXPECT_EQ(status["NoNewPrivs"], "0") << "every program would have it";
  if (::geteuid() != 0) return;
  const std::string three = "00000000000000e0";  // CAP_KILL 5, CAP_SETGID 6, CAP_SETUID 7
  EXPECT_EQ(status["CapPrm"], three);
  EXPECT_EQ(status["CapEff"], three);
  EXPECT_EQ(status["CapInh"], kNoCapability);
  EXPECT_EQ(status["CapAmb"], kNoCapability);
  const std::string uid = std::to_string(uid_of(kSpawnerUser));
  EXPECT_EQ(status["Uid"], uid + "\t" + uid + "\t" + uid + "\t" + uid);
}

TEST_F(SpawnerProcessTest, OneOfAProgramAtATimeAndInOrder) {
  const std::string slow = scripts.shell("slow", "sleep 0.2; echo $EVENKEEL_STATE");
  Program twice = program_of(2, {slow});
  twice.may_overlap = true;
  ASSERT_EQ(configure({program_of(1, {slow}), twice}), "");
  const RunId first = request(1, {{Variable::State, "1"}});
  const RunId second = request(1, {{Variable::State, "2"}});
  const RunId third = request(2);
  const RunId fourth = request(2);
  EXPECT_EQ(outcome_of(first), "exit status 0: 1");
  EXPECT_EQ(outcome_of(second), "exit status 0: 2");
  const auto place_of = [this](RunId run, bool is_start) {
    return std::find(order.begin(), order.end(), std::pair(run, is_start)) - order.begin();
  };
  EXPECT_LT(place_of(third, true), place_of(first, false));
  EXPECT_LT(place_of(fourth, true), place_of(third, false));
  EXPECT_LT(place_of(first, false), place_of(second, true));
  EXPECT_GE(started[second].waited, 150ms);
  (void)end_of(third);
  (void)end_of(fourth);
}

TEST_F(SpawnerProcessTest, ARunGoesOnWhenItsProgramIsTakenOutOfTheList) {
  const std::string sign = scripts.folder / "sign";
  const std::string slow = scripts.shell("slow", Scripts::wait_for(sign) + "echo done");
  ASSERT_EQ(configure({program_of(1, {slow})}), "");
  const RunId runs = request(1);
  const RunId waits = request(1);
  ASSERT_TRUE(has_begun(runs));
  ASSERT_EQ(configure({program_of(2, {slow})}), "");
  EXPECT_EQ(outcome_of(waits), "cannot run: not configured: No such file or directory");
  EXPECT_EQ(outcome_of(request(1)), "cannot run: not configured: No such file or directory");
  (void)scripts.write("sign", "");
  EXPECT_EQ(outcome_of(runs), "exit status 0: done");
}

TEST_F(SpawnerProcessTest, TenThousandRequestsAtOnceHaveTenThousandEnds) {
  const std::string sign = scripts.folder / "sign";
  const std::vector<Program> list = {
      program_of(1, {scripts.shell("waits", Scripts::wait_for(sign)), sign})};
  ASSERT_EQ(configure(list), "");
  constexpr RunId kRequests = 10'000;
  for (RunId i = 0; i < kRequests; ++i) request(1, {{Variable::Reason, std::string(200, 'r')}});
  channel->send(Ping{.sequence = 1});
  ASSERT_TRUE(run_until([&] { return !pongs.empty(); }));
  ASSERT_EQ(configure({}), "");
  (void)scripts.write("sign", "");
  ASSERT_TRUE(run_until([&] { return ended.size() == kRequests; })) << ended.size();
  std::map<std::string, std::size_t> outcomes;
  for (const auto& [run, end] : ended) ++outcomes[to_string(end)];
  EXPECT_EQ(outcomes,
            (std::map<std::string, std::size_t>{
                {"exit status 0", 1},
                {"cannot run: not configured: No such file or directory", RunQueue::kMaxWaiting},
                {"cannot run: wait for a free place: Resource temporarily unavailable",
                 kRequests - 1 - RunQueue::kMaxWaiting}}));
}

TEST_F(SpawnerProcessTest, ObeysTheChannelAndNoSignal) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ASSERT_EQ(::kill(child.pid, signal), 0);
  EXPECT_EQ(outcome_of(program_of(1, {"/bin/true"})), "exit status 0");
}

}  // namespace
}  // namespace evenkeel::daemon
