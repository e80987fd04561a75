// How long the server takes to write the status of 1,000 services with 10 real servers each,
// against a floor of the same run: one fmt::format_to of the same columns into one buffer a row.
//
// usage: status_render [SERVICES [REAL_SERVERS]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <functional>
#include <iterator>
#include <string>

#include "daemon/control/status_json.h"
#include "daemon/control/status_text.h"
#include "tests/daemon/control/sample_snapshot.h"

namespace {

using namespace evenkeel;
using namespace evenkeel::daemon;

struct Result {
  double milliseconds = 0;
  std::size_t octets = 0;
};

/// The best of 20 rounds: what the work costs when nothing else runs.
Result best(const std::function<std::size_t()>& work) {
  Result result;
  for (int round = 0; round < 20; ++round) {
    const auto start = std::chrono::steady_clock::now();
    result.octets = work();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    result.milliseconds = round == 0 ? took.count() : std::min(result.milliseconds, took.count());
  }
  return result;
}

std::size_t drain(Answer& answer) {
  std::string part;
  std::size_t octets = 0;
  while (answer.append_next(part)) {
    octets += part.size();
    part.clear();
  }
  return octets;
}

std::size_t plain_loop(const Snapshot& snapshot) {
  std::string out;
  std::size_t octets = 0;
  for (const ServiceSnapshot& service : snapshot.services) {
    fmt::format_to(std::back_inserter(out), "{:<70} {}   {}/{} up, quorum {}\n",
                   "TCP  192.0.2.100:443 wlc", service.name, service.up, service.total,
                   service.quorum);
    for (const RealServerSnapshot& server : service.real_servers) {
      const auto address = server.destination.key.address.to_v4().to_bytes();
      char endpoint[32];
      const auto end =
          fmt::format_to_n(endpoint, sizeof(endpoint), "{}.{}.{}.{}:{}", address[0], address[1],
                           address[2], address[3], server.destination.key.port);
      fmt::format_to(std::back_inserter(out), "  -> {:<28} {:<7} {:<6} {:<10} {:<10} {:<11} {}\n",
                     std::string_view(endpoint, end.size), "Masq", server.weight,
                     server.counters.active_connections, server.counters.inactive_connections,
                     "up 12d", server.explanation);
    }
    if (out.size() >= Answer::kChunk) {
      octets += out.size();
      out.clear();
    }
  }
  return octets + out.size();
}

void print(const char* what, const Result& result, const Result& floor) {
  std::printf("%-22s %8.3f ms  %9zu octets  %5.2f x the floor\n", what, result.milliseconds,
              result.octets, result.milliseconds / floor.milliseconds);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t services = argc > 1 ? std::stoul(argv[1]) : 1000;
  const std::size_t servers = argc > 2 ? std::stoul(argv[2]) : 10;
  const auto snapshot = large_snapshot(services, servers);
  StatusRequest plain;
  StatusRequest stats;
  stats.view = StatusView::Stats;

  const Result floor = best([&] { return plain_loop(*snapshot); });
  print("floor (fmt loop)", floor, floor);
  print("text", best([&] { return drain(*status_text_answer(snapshot, plain, {}, 0)); }), floor);
  print("text --stats", best([&] { return drain(*status_text_answer(snapshot, stats, {}, 0)); }),
        floor);
  print("JSON", best([&] { return drain(*status_json_answer(snapshot, plain, 0)); }), floor);
  print("JSON with statistics",
        best([&] { return drain(*status_json_answer(snapshot, stats, 0)); }), floor);
  return 0;
}
