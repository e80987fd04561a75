// What a run costs: 500 programs, each once a second, by the real role in a process of its own. CPU
// time of the spawner and how late programs begin and end, beside the least that anybody can do:
// fork, exec, a pidfd in epoll, reap. Both run the same small program, in turn; the medians of the
// rounds are compared. As root programs are run as nobody, as hooks are.
//
//   spawner_runs [--seconds N] [--rounds N] [--programs N]     default 5, 3, 500
#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "daemon/process/channel.h"
#include "daemon/process/sealed_file.h"
#include "daemon/process/spawn.h"
#include "daemon/process/spawner_process.h"
#include "daemon/process/supervisor.h"
#include "daemon/spawner/program_list.h"

namespace {

using namespace std::chrono_literals;
using namespace evenkeel::daemon;
using evenkeel::UniqueFd;
using Clock = std::chrono::steady_clock;

struct Settings {
  long seconds = 5;
  long rounds = 3;
  long programs = 500;
};

struct Round {
  double cpu = 0;                    ///< microseconds a run, without the program's own
  std::vector<double> begun, ended;  ///< milliseconds after it was due
};

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// Microseconds that the process has been on a CPU.
double cpu_of(const std::string& process) {
  std::ifstream file("/proc/" + process + "/schedstat");
  double nanoseconds = 0;
  file >> nanoseconds;
  return nanoseconds / 1e3;
}

double milliseconds_since(Clock::time_point then) {
  return std::chrono::duration<double, std::milli>(Clock::now() - then).count();
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

/// The spawner and its channel.
class Role {
 public:
  explicit Role(const Settings& settings) : settings_(settings) {
    auto ends = channel_ends();
    child_ = spawn("/proc/self/exe", {"evenkeel: spawner", "spawner"}, ends->second.get(),
                   kChannelDescriptor)
                 .value();
    channel_.emplace(loop_, std::move(ends->first));
    ends->second.reset();
    channel_->start({.on_message = [this](const Message& message, const auto&) { take(message); },
                     .on_gone = [] { die("the spawner is gone"); },
                     .on_writable = {}});
    std::vector<Program> list;
    for (ProgramId id = 0; id < static_cast<ProgramId>(settings.programs); ++id) {
      Program program;
      program.id = id;
      program.arguments = {NOTHING_PROGRAM};
      if (::geteuid() != 0) program.uid = ::getuid(), program.gid = ::getgid();
      list.push_back(std::move(program));
    }
    const auto file = seal("programs", encode_programs(list));
    channel_->send(Configure{.generation = 1}, {file->get()});
    loop_.run_for(500ms);
    std::ifstream memory("/proc/" + std::to_string(child_.pid) + "/smaps_rollup");
    for (std::string line; std::getline(memory, line);) {
      if (line.starts_with("Rss") || line.starts_with("Pss:")) std::printf("%s\n", line.c_str());
    }
  }

  Round run() {
    round_ = {};
    const std::string pid = std::to_string(child_.pid);
    const double before = cpu_of(pid);
    const long count = settings_.seconds * settings_.programs;
    const auto pause = 1s / static_cast<double>(settings_.programs);
    const auto began = Clock::now();
    for (long i = 0; i < count; ++i) {
      const auto due = began + std::chrono::duration_cast<Clock::duration>(pause * i);
      loop_.restart();
      loop_.run_until(due);
      due_[++last_] = due;
      channel_->send(RunRequest{.run = last_,
                                .program = static_cast<ProgramId>(i % settings_.programs),
                                .settings = {{Variable::Instance, "web"}}});
    }
    while (!due_.empty()) {
      loop_.restart();
      loop_.run_for(10ms);
    }
    round_.cpu = (cpu_of(pid) - before) / static_cast<double>(count);
    return std::move(round_);
  }

 private:
  void take(const Message& message) {
    if (const auto* started = std::get_if<RunStarted>(&message)) {
      round_.begun.push_back(milliseconds_since(due_.at(started->run)));
    } else if (const auto* ended = std::get_if<RunEnded>(&message)) {
      if (to_string(*ended) != "exit status 0") die(to_string(*ended).c_str());
      round_.ended.push_back(milliseconds_since(due_.extract(ended->run).mapped()));
    }
  }

  Settings settings_;
  boost::asio::io_context loop_{1};
  ChildProcess child_;
  std::optional<Channel> channel_;
  std::map<RunId, Clock::time_point> due_;
  RunId last_ = 0;
  Round round_;
};

/// A program that forks and waits in the simplest way.
Round run_floor(const Settings& settings) {
  Round round;
  const UniqueFd poll(::epoll_create1(EPOLL_CLOEXEC));
  std::map<int, Clock::time_point> due_of;
  std::map<int, pid_t> pid_of;
  const auto reap_until = [&](Clock::time_point then) {
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(then - Clock::now());
      if (left.count() <= 0) return;
      const timespec limit{.tv_sec = left.count() / 1'000'000'000,
                           .tv_nsec = left.count() % 1'000'000'000};
      epoll_event event{};
      if (::syscall(SYS_epoll_pwait2, poll.get(), &event, 1, &limit, nullptr, 0) != 1) continue;
      const int handle = event.data.fd;
      ::waitpid(pid_of.at(handle), nullptr, 0);
      round.ended.push_back(milliseconds_since(due_of.extract(handle).mapped()));
      pid_of.erase(handle);
      // A child that has not reached its exec has a copy, which would keep it in the list.
      ::epoll_ctl(poll.get(), EPOLL_CTL_DEL, handle, nullptr);
      ::close(handle);
    }
  };
  const double before = cpu_of("self");
  const long count = settings.seconds * settings.programs;
  const auto pause = 1s / static_cast<double>(settings.programs);
  const auto began = Clock::now();
  std::array<char*, 2> arguments = {const_cast<char*>(NOTHING_PROGRAM), nullptr};
  for (long i = 0; i < count; ++i) {
    const auto due = began + std::chrono::duration_cast<Clock::duration>(pause * i);
    reap_until(due);
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::execv(NOTHING_PROGRAM, arguments.data());
      ::_exit(127);
    }
    if (pid < 0) die("fork");
    round.begun.push_back(milliseconds_since(due));
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U));
    epoll_event event{.events = EPOLLIN, .data = {.fd = handle}};
    if (::epoll_ctl(poll.get(), EPOLL_CTL_ADD, handle, &event) != 0) die("epoll");
    due_of[handle] = due;
    pid_of[handle] = pid;
  }
  while (!pid_of.empty()) reap_until(Clock::now() + 10ms);
  round.cpu = (cpu_of("self") - before) / static_cast<double>(count);
  return round;
}

void print(const char* who, const Round& round) {
  std::printf(
      "%-8s %7.1f us a run   begun %6.2f / %6.2f / %6.2f ms   ended %6.2f / %6.2f / %6.2f ms\n",
      who, round.cpu, percentile(round.begun, 0.5), percentile(round.begun, 0.99),
      percentile(round.begun, 1), percentile(round.ended, 0.5), percentile(round.ended, 0.99),
      percentile(round.ended, 1));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "spawner") run_spawner_process(kChannelDescriptor);
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    long& value = option == "--seconds"  ? settings.seconds
                  : option == "--rounds" ? settings.rounds
                                         : settings.programs;
    value = std::max(1L, std::atol(argv[i + 1]));
  }
  Role role(settings);
  std::printf("%ld programs, each once a second; lateness: median / 99 %% / greatest\n",
              settings.programs);
  std::vector<double> ours, floor;
  for (long i = 0; i < settings.rounds; ++i) {
    const Round one = role.run();
    print("spawner", one);
    ours.push_back(one.cpu);
    const Round other = run_floor(settings);
    print("floor", other);
    floor.push_back(other.cpu);
  }
  std::printf("CPU of the spawner / floor: %.2f\n", percentile(ours, 0.5) / percentile(floor, 0.5));
  std::fflush(stdout);
  std::_Exit(0);
}
