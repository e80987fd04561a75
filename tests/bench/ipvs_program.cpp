// The table of ipvs_floor through plan() and KernelBackend: prints
// "ipvs_program: 11000 operations in 43.0 ms", from the start of the plan to the last answer, and
// "ipvs_program: plan 2.1 ms", then what reading it back takes. Removes what it made.
// In a network namespace of its own, as ipvs_floor.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <sched.h>
#include <span>
#include <string>
#include <vector>

#include "ipvs/kernel_backend.h"
#include "ipvs/plan.h"

namespace {

using namespace evenkeel::ipvs;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kServices = 1000;
constexpr std::uint32_t kDestinations = 10;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Table wanted_table() {
  Table table;
  for (std::uint32_t index = 0; index < kServices; ++index) {
    ServiceEntry entry;
    entry.service.key.address = boost::asio::ip::address_v4(0x0a010000U + index);
    entry.service.key.port = 80;
    for (std::uint32_t host = 1; host <= kDestinations; ++host) {
      Destination destination;
      destination.key = {boost::asio::ip::address_v4(0x0a000000U + host), 80};
      entry.destinations.emplace(destination.key, destination);
    }
    table.emplace(entry.service.key, entry);
  }
  return table;
}

/// false: the kernel refused, and it was said why.
bool execute(Backend& backend, std::span<const Operation> operations) {
  while (!operations.empty()) {
    const auto batch = operations.first(std::min(operations.size(), Backend::kBatch));
    const auto refusals = backend.execute(batch);
    if (!refusals || !refusals->empty()) {
      std::fprintf(stderr, "ipvs_program: %s\n",
                   (refusals ? refusals->front().message : refusals.error().message).c_str());
      return false;
    }
    operations = operations.subspan(batch.size());
  }
  return true;
}

}  // namespace

int main() {
  KernelBackend backend;
  // The module and the family, as the floor asks for them beforehand.
  if (const auto info = backend.info(); !info) {
    std::fprintf(stderr, "ipvs_program: %s\n", info.error().message.c_str());
    return 1;
  }
  const Table wanted = wanted_table();

  const auto start = Clock::now();
  const std::vector<Operation> operations = plan(wanted, {});
  const double plan_took = milliseconds_since(start);
  if (!execute(backend, operations)) return 1;
  std::printf("ipvs_program: %zu operations in %.1f ms\n", operations.size(),
              milliseconds_since(start));
  std::printf("ipvs_program: plan %.1f ms\n", plan_took);

  const auto read_start = Clock::now();
  const auto reading = backend.read();
  std::printf("ipvs_program: read in %.1f ms\n", milliseconds_since(read_start));
  const auto brief_start = Clock::now();
  const auto brief = backend.read_brief();
  std::printf("ipvs_program: read /proc in %.1f ms\n", milliseconds_since(brief_start));
  if (!reading || !brief || reading->table != wanted) {
    std::fprintf(stderr, "ipvs_program: the table is not what was written\n");
    return 1;
  }
  return execute(backend, plan({}, wanted)) ? 0 : 1;
}
