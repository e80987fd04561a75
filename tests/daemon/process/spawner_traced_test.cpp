// The real role and programs that are dead and cannot be reaped, or cannot be killed: somebody
// traces them. As for the spawner, so it is with one that the kernel holds.
#include <atomic>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <thread>

#include "tests/daemon/process/spawner_fixture.h"

namespace evenkeel::daemon {
namespace {

/// Traces processes and waits for none, until it goes.
class Holder {
 public:
  explicit Holder(std::vector<pid_t> processes) {
    thread_ = std::thread([this, processes = std::move(processes)] {
      for (const pid_t each : processes) {
        if (::ptrace(PTRACE_SEIZE, each, nullptr, nullptr) != 0) has_failed_ = true;
      }
      is_there_ = true;
      is_there_.notify_one();
      may_go_.wait(false);
    });
    is_there_.wait(false);
  }
  ~Holder() { let_go(); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  void let_go() {
    may_go_ = true;
    may_go_.notify_one();
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] bool has_failed() const { return has_failed_; }

 private:
  std::thread thread_;
  std::atomic<bool> is_there_ = false;
  std::atomic<bool> may_go_ = false;
  std::atomic<bool> has_failed_ = false;
};

#define NEEDS_TRACING(holder) \
  if ((holder).has_failed()) GTEST_SKIP() << "NOT TESTED: it takes the right to trace"

class SpawnerTracedTest : public SpawnerProcessTest {
 protected:
  std::vector<pid_t> processes_of(const std::vector<RunId>& runs) {
    std::vector<pid_t> processes;
    for (const RunId run : runs) {
      EXPECT_TRUE(has_begun(run));
      processes.push_back(static_cast<pid_t>(started[run].pid));
    }
    return processes;
  }
};

TEST_F(SpawnerTracedTest, ADeadProgramThatIsTracedMakesNobodyWait) {
  // It has no child: a signal would stop it for its tracer.
  const std::string pipe = scripts.folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const std::string waits = scripts.shell("waits", "read line <" + pipe + "; exit 3");
  ASSERT_EQ(configure({program_of(1, {waits}, 10min), program_of(2, {"/bin/true"})}), "");
  const RunId traced = request(1);
  const auto processes = processes_of({traced});
  Holder holder(processes);
  NEEDS_TRACING(holder);
  std::ofstream(pipe) << "go\n";
  const std::string stat = "/proc/" + std::to_string(processes.front()) + "/stat";
  ASSERT_TRUE(run_until([&] { return text_of(stat).find(") Z ") != std::string::npos; }));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(outcome_of(request(2)), "exit status 0");
  EXPECT_FALSE(ended.contains(traced));
  holder.let_go();
  EXPECT_EQ(outcome_of(traced), "exit status 3");
}

TEST_F(SpawnerTracedTest, AProgramThatGetsStuckAgainAndAgainIsRunNoMore) {
  Program program = program_of(1, {"/bin/sleep", scripts.long_sleep()}, 1s);
  program.may_overlap = true;
  Program single = program_of(2, {"/bin/sleep", scripts.long_sleep()}, 1s);
  ASSERT_EQ(configure({program, single, program_of(3, {"/bin/true"})}), "");
  std::vector<RunId> runs;
  for (const ProgramId id : {1U, 1U, 1U, 1U, 2U}) runs.push_back(request(id));
  Holder holder(processes_of(runs));
  NEEDS_TRACING(holder);
  const RunId waits = request(2);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    EXPECT_EQ(outcome_of(runs[i]), "did not end in time");
  }
  const std::string busy = "cannot run: wait for a free place: Device or resource busy";
  EXPECT_EQ(outcome_of(waits), busy);
  EXPECT_EQ(outcome_of(request(1)), busy);
  EXPECT_EQ(outcome_of(request(3)), "exit status 0");
  EXPECT_TRUE(run_until([&] { return log.find("cannot be run until") != std::string::npos; }));

  holder.let_go();
  RunId again = request(1);
  while (outcome_of(again) == busy) again = request(1);
  EXPECT_EQ(outcome_of(again), "did not end in time") << "run, and ended";
}

}  // namespace
}  // namespace evenkeel::daemon
