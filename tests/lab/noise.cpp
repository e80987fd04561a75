// How late this machine is by itself. On each CPU that it may use two threads sleep 1 ms at a time
// until SIGTERM or SIGINT, one of them with real-time priority where that is allowed; then prints
// {"cpus": N, "worst_ms": W, "lost": L, "starved": S, "late": [[at, ms], ...]}: `worst_ms` is the
// latest wake-up of a plain sleeper; `lost` is how much of its worst second one of them was kept
// waiting 8 ms or more, 0 to 1; `starved` the same of those with real-time priority, -1 where there
// are none; `late` has each wake-up of a plain one that was 5 ms late or more, `at` in seconds of
// CLOCK_MONOTONIC.
//
// Runs beside a timing scenario: what it saw is the noise that no program could have avoided. A
// sleeper that may run anywhere does not see a CPU that stands still; the latest wake-up alone does
// not see a virtual machine that gets a third of its time in small pieces; and a plain sleeper
// waits for the programs of the scenario too, where one with real-time priority waits for the host
// alone.
#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <pthread.h>
#include <sched.h>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSleep = kMillisecond;
constexpr std::int64_t kTurn =
    8 * kMillisecond;  // who shares a CPU waits as long, and is not starved
constexpr std::int64_t kLate = 5 * kMillisecond;

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
  bool is_real_time = false;  // false in the end: it was not allowed
  std::int64_t worst = 0;
  LastSecond lost;
  std::vector<std::pair<std::int64_t, std::int64_t>> late;

  void sleep() {
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(cpu, &only);
    pthread_setaffinity_np(pthread_self(), sizeof(only), &only);
    const sched_param highest{.sched_priority = sched_get_priority_max(SCHED_RR)};
    if (is_real_time && pthread_setschedparam(pthread_self(), SCHED_RR, &highest) != 0) {
      is_real_time = false;
      return;
    }
    while (!stopped.load(std::memory_order_relaxed)) {
      const std::int64_t due = now_ns() + kSleep;
      const timespec until{due / 1'000'000'000, due % 1'000'000'000};
      if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) != 0) continue;
      const std::int64_t now = now_ns();
      worst = std::max(worst, now - due);
      if (now - due >= kTurn) lost.lose(now, now - due);
      if (now - due >= kLate) late.emplace_back(due, now - due);
    }
  }
};

void print(std::size_t cpus, const std::vector<Sleeper>& sleepers) {
  std::int64_t worst = 0;
  double lost = 0;
  double starved = -1;
  for (const Sleeper& sleeper : sleepers) {
    double& share = sleeper.is_real_time ? starved : lost;
    share = std::max(share, sleeper.lost.worst());
    if (!sleeper.is_real_time) worst = std::max(worst, sleeper.worst);
  }
  std::printf("{\"cpus\": %zu, \"worst_ms\": %.3f, \"lost\": %.3f, \"starved\": %.3f, \"late\": [",
              cpus, static_cast<double>(worst) / 1e6, lost, starved);
  const char* separator = "";
  for (const Sleeper& sleeper : sleepers) {
    if (sleeper.is_real_time) continue;
    for (const auto& [due, lateness] : sleeper.late) {
      std::printf("%s[%.6f, %.3f]", separator, static_cast<double>(due) / 1e9,
                  static_cast<double>(lateness) / 1e6);
      separator = ", ";
    }
  }
  std::printf("]}\n");
}

}  // namespace

int main() {
  std::signal(SIGTERM, [](int) { stopped = true; });
  std::signal(SIGINT, [](int) { stopped = true; });
  cpu_set_t usable;
  CPU_ZERO(&usable);
  sched_getaffinity(0, sizeof(usable), &usable);
  std::vector<Sleeper> sleepers;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &usable)) continue;
    sleepers.push_back({.cpu = cpu});
    sleepers.push_back({.cpu = cpu, .is_real_time = true});
  }
  std::vector<std::thread> threads;
  for (Sleeper& sleeper : sleepers) threads.emplace_back(&Sleeper::sleep, &sleeper);
  for (std::thread& thread : threads) thread.join();
  print(sleepers.size() / 2, sleepers);
}
