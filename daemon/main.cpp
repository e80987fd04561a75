// evenkeeld: picks the role and runs it. Exit status: 0 ok, 1 failure, 2 bad configuration or
// usage.

#include <cstdio>
#include <exception>

#include "daemon/config/load.h"
#include "daemon/counted.h"
#include "daemon/options.h"
#include "daemon/process/capabilities.h"
#include "daemon/process/checks_process.h"
#include "daemon/process/load_here.h"
#include "daemon/process/main_process.h"
#include "daemon/process/release_process.h"
#include "daemon/process/spawner_process.h"
#include "daemon/process/supervisor.h"
#include "daemon/process/vrrp_process.h"
#include "daemon/version.h"

namespace {

using namespace evenkeel::daemon;

constexpr int kFailure = 1;
constexpr int kUsage = 2;

int check(const Options& options) {
  (void)keep_main_capabilities();  // what the daemon could not read is not read here either
  // As another node would read it, this host says nothing to it.
  const auto parsed = options.node_name.empty() ? load_here(options.config, "")
                                                : load_config(options.config, options.node_name);
  if (!parsed) {
    for (const Diagnostic& error : parsed.error()) {
      std::fprintf(stderr, "%s\n", to_string(error).c_str());
    }
    return kUsage;
  }
  for (const Diagnostic& warning : parsed->warnings) {
    std::fprintf(stderr, "%s\n", to_string(warning).c_str());
  }
  std::printf("%s: good: %s, %s, configuration %s\n", options.config.c_str(),
              counted(parsed->config.services.size(), "virtual service").c_str(),
              counted(parsed->config.vrrp.instances.size(), "instance").c_str(),
              parsed->config.digest.c_str());
  if (options.refuses_empty && parsed->config.services.empty() &&
      parsed->config.vrrp.instances.empty()) {
    std::fprintf(stderr, "%s: nothing is configured\n", options.config.c_str());
    return kFailure;
  }
  return 0;
}

int run(const Options& options) {
  switch (options.role) {
    case Role::Main:
      return run_main_process(options);
    case Role::Checks:
      return run_checks_process(kChannelDescriptor);
    case Role::Vrrp:
      return run_vrrp_process(kChannelDescriptor);
    case Role::Spawner:
      return run_spawner_process(kChannelDescriptor);
    case Role::Release:
      return run_release(options.runtime_directory, options.releases_everything
                                                        ? ReleaseScope::Everything
                                                        : ReleaseScope::Leftovers);
    case Role::Check:
      return check(options);
    case Role::Help:
      std::printf("%s", help_text().c_str());
      return 0;
    case Role::Version:
      std::printf("evenkeeld %s\n", kVersion);
      return 0;
  }
  return kFailure;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto options = parse_options({argv + 1, argv + argc});
    if (!options) {
      std::fprintf(stderr, "evenkeeld: %s\nTry `evenkeeld --help`.\n", options.error().c_str());
      return kUsage;
    }
    return run(*options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "evenkeeld: %s\n", error.what());
    return kFailure;
  }
}
