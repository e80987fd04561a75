// How late this machine wakes a sleeper: sleeps 1 ms at a time until SIGTERM or SIGINT, then prints
// {"sleeps": N, "worst_ms": W, "late": [[at, ms], ...]}: `at` in seconds of CLOCK_MONOTONIC, for
// each wake-up that was 5 ms late or more.
//
// Runs beside a timing scenario: what it saw is the noise that no program could have avoided.
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <utility>
#include <vector>

namespace {

volatile std::sig_atomic_t stopped = 0;
void stop(int) {
  stopped = 1;
}

std::int64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

}  // namespace

int main() {
  constexpr std::int64_t kSleep = 1'000'000;
  constexpr std::int64_t kLate = 5'000'000;
  std::signal(SIGTERM, stop);
  std::signal(SIGINT, stop);
  std::vector<std::pair<std::int64_t, std::int64_t>> late;
  std::int64_t worst = 0;
  std::uint64_t sleeps = 0;
  while (stopped == 0) {
    const std::int64_t due = now_ns() + kSleep;
    const timespec until{due / 1'000'000'000, due % 1'000'000'000};
    if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) != 0) continue;
    const std::int64_t lateness = now_ns() - due;
    ++sleeps;
    if (lateness > worst) worst = lateness;
    if (lateness >= kLate) late.emplace_back(due, lateness);
  }
  std::printf("{\"sleeps\": %llu, \"worst_ms\": %.3f, \"late\": [",
              static_cast<unsigned long long>(sleeps), static_cast<double>(worst) / 1e6);
  const char* separator = "";
  for (const auto& [due, lateness] : late) {
    std::printf("%s[%.6f, %.3f]", separator, static_cast<double>(due) / 1e9,
                static_cast<double>(lateness) / 1e6);
    separator = ", ";
  }
  std::printf("]}\n");
}
