// The subcommands of `evenkeel`: a table in main.cpp, one file a family.
#pragma once

#include <string>
#include <string_view>

namespace evenkeel::ctl {

constexpr std::string_view kDefaultSocket = "/run/evenkeel/control.sock";
/// For those who may only read.
constexpr std::string_view kStatusSocket = "/run/evenkeel/status.sock";

// Exit codes that hold for every subcommand; `status` has meanings of its own for all three.
constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;  ///< the command line, or the configuration, is wrong

struct Invocation {
  std::string socket;  ///< "" = not said yet: main.cpp says it
  int argc = 0;
  char** argv = nullptr;  ///< argv[0] is "evenkeel SUBCOMMAND": getopt puts it before its messages
};

struct Subcommand {
  std::string_view name;
  std::string_view summary;       ///< one line of `evenkeel --help`
  int (*run)(const Invocation&);  ///< the exit code
  bool only_reads = false;        ///< then the status socket does too
};

int status(const Invocation& invocation);
int vrrp(const Invocation& invocation);
int reload(const Invocation& invocation);
int failover(const Invocation& invocation);
int resume(const Invocation& invocation);
int check(const Invocation& invocation);

}  // namespace evenkeel::ctl
