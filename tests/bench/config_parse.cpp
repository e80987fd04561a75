// How long a configuration takes from text to a validated value, against toml++'s parse alone,
// which is the floor. Limits: 20,000 virtual services with 10 real servers each in 2 s
// on one core, 1,000 in 50 ms.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <toml++/toml.h>

#include "daemon/balancer/check_ids.h"
#include "daemon/config/parse.h"

namespace {

using namespace evenkeel::daemon;

std::string generate(int services, int servers) {
  std::string text = "[check.web]\ntype = \"http\"\npath = \"/health\"\n\n";
  for (int s = 0; s < services; ++s) {
    const std::string number = std::to_string(s);
    const std::string tail = std::to_string(s / 250) + "." + std::to_string(s % 250 + 1) + "\"\n";
    text += "[[virtual_service]]\nname = \"service" + number + "\"\naddress = \"10.1." + tail +
            "port = 80\nprotocol = \"tcp\"\nscheduler = \"wlc\"\nforwarding = \"direct\"\n"
            "check = \"web\"\n\n";
    for (int r = 0; r < servers; ++r) {
      text += "[[virtual_service.real_server]]\naddress = \"10." + std::to_string(r + 2) + "." +
              tail + "port = 80\nweight = 3\n\n";
    }
  }
  return text;
}

/// Of processor time: the limits are for one core, which this machine may be sharing out.
template <typename Function>
double milliseconds(Function&& function) {
  const std::clock_t start = std::clock();
  function();
  return 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

/// The best of several runs: other work on the machine only ever adds (cold caches).
template <typename Function>
double best_of(int runs, Function&& function) {
  double best = milliseconds(function);
  for (int i = 1; i < runs; ++i) best = std::min(best, milliseconds(function));
  return best;
}

bool measure(int services, int servers, double limit, int runs) {
  const std::vector<SourceFile> files = {{"generated.toml", generate(services, servers)}};
  bool is_valid = true;
  Config config;
  const double floor = best_of(runs, [&] { is_valid &= bool(toml::parse(files[0].text)); });
  const double whole = best_of(runs, [&] {
    auto parsed = parse_config(files, "lb1");
    is_valid &= parsed.has_value();
    if (parsed) config = std::move(parsed->config);
  });
  const double mapping =
      best_of(runs, [&] { is_valid &= !CheckIds().configure(config).uses.empty(); });
  std::printf(
      "%6d services x %d: %8.1f ms, toml++ alone %8.1f ms, ratio %.2f, limit %.0f ms; check list "
      "%.1f ms%s\n",
      services, servers, whole, floor, whole / floor, limit, mapping,
      !is_valid       ? " INVALID"
      : whole > limit ? " TOO SLOW"
                      : "");
  return is_valid && whole <= limit;
}

}  // namespace

int main() {
  const bool small = measure(1'000, 10, 50, 10);
  const bool large = measure(20'000, 10, 2'000, 3);
  return small && large ? 0 : 1;
}
