// How late this machine is by itself: evenkeel-noise PRIORITY...
//
// On each CPU that it may use one thread for each PRIORITY sleeps 1 or 2 ms at a time until SIGTERM
// or SIGINT: 0 is a plain one, 1 to 99 is real-time (SCHED_RR). Then it prints
// {"cpus": [{"PRIORITY": {"worst_ms": W, "lost": L}, ...}, ...]}: `worst_ms` is the latest wake-up,
// `lost` how much of its worst second the thread was kept waiting 8 ms or more, 0 to 1. A priority
// that was not allowed is left out.
//
// Runs beside a timing scenario; lablib/noise.py says what follows. A sleeper that may run anywhere
// does not see a CPU that stands still; the latest wake-up alone does not see a virtual machine
// that gets a third of its time in small pieces; a plain sleeper waits for the programs of the
// scenario too, and one of priority 99 for the host alone.
#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <pthread.h>
#include <sched.h>
#include <thread>
#include <vector>

namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSleep = kMillisecond;
// A wake-up with real-time priority stops whatever runs: half as many of them.
constexpr std::int64_t kRealTimeSleep = 2 * kMillisecond;
constexpr std::int64_t kTurn =
    8 * kMillisecond;  // who shares a CPU waits as long, and is not starved

std::atomic<bool> stopped = false;  // set by the signal handler: lock-free

std::int64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

/// The time lost in the last second, in ten parts.
class LastSecond {
 public:
  void lose(std::int64_t at, std::int64_t lost) {
    for (; part_ < at / (100 * kMillisecond); ++part_) parts_[(part_ + 1) % parts_.size()] = 0;
    parts_[part_ % parts_.size()] += lost;
    std::int64_t sum = 0;
    for (const std::int64_t part : parts_) sum += part;
    worst_ = std::max(worst_, sum);
  }
  /// As a share of a second, at most 1.
  [[nodiscard]] double worst() const {
    return std::min(1.0, static_cast<double>(worst_) / (1000 * kMillisecond));
  }

 private:
  std::array<std::int64_t, 10> parts_{};
  std::int64_t part_ = now_ns() / (100 * kMillisecond);
  std::int64_t worst_ = 0;
};

struct Sleeper {
  int cpu = 0;
  int priority = 0;  // 0: plain
  bool is_allowed = true;
  std::int64_t worst = 0;
  LastSecond lost;

  void sleep() {
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(cpu, &only);
    pthread_setaffinity_np(pthread_self(), sizeof(only), &only);
    const sched_param wanted{.sched_priority = priority};
    is_allowed = priority == 0 || pthread_setschedparam(pthread_self(), SCHED_RR, &wanted) == 0;
    while (is_allowed && !stopped.load(std::memory_order_relaxed)) {
      const std::int64_t due = now_ns() + (priority == 0 ? kSleep : kRealTimeSleep);
      const timespec until{due / 1'000'000'000, due % 1'000'000'000};
      if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) != 0) continue;
      const std::int64_t now = now_ns();
      worst = std::max(worst, now - due);
      if (now - due >= kTurn) lost.lose(now, now - due);
    }
  }
};

void print(const std::vector<Sleeper>& sleepers) {
  std::printf("{\"cpus\": [");
  int cpu = -1;
  const char* separator = "";
  for (const Sleeper& sleeper : sleepers) {
    if (sleeper.cpu != cpu) {
      std::printf("%s", cpu < 0 ? "{" : "}, {");
      separator = "";
      cpu = sleeper.cpu;
    }
    if (!sleeper.is_allowed) continue;
    std::printf("%s\"%d\": {\"worst_ms\": %.3f, \"lost\": %.3f}", separator, sleeper.priority,
                static_cast<double>(sleeper.worst) / 1e6, sleeper.lost.worst());
    separator = ", ";
  }
  std::printf("}]}\n");
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<int> priorities;
  for (int index = 1; index < argc; ++index) priorities.push_back(std::atoi(argv[index]));
  if (priorities.empty()) {
    std::fprintf(stderr, "usage: evenkeel-noise PRIORITY...\n");
    return 2;
  }
  std::signal(SIGTERM, [](int) { stopped = true; });
  std::signal(SIGINT, [](int) { stopped = true; });
  cpu_set_t usable;
  CPU_ZERO(&usable);
  sched_getaffinity(0, sizeof(usable), &usable);
  std::vector<Sleeper> sleepers;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &usable)) continue;
    for (const int priority : priorities) sleepers.push_back({.cpu = cpu, .priority = priority});
  }
  std::vector<std::thread> threads;
  for (Sleeper& sleeper : sleepers) threads.emplace_back(&Sleeper::sleep, &sleeper);
  for (std::thread& thread : threads) thread.join();
  print(sleepers);
}
