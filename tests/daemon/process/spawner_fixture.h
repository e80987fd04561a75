// A spawner of its own, and scripts for it, in a folder that everybody may read.
#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "daemon/process/channel.h"
#include "daemon/process/sealed_file.h"
#include "daemon/process/spawn.h"
#include "daemon/process/supervisor.h"
#include "daemon/spawner/program_list.h"
#include "tests/daemon/run_until.h"

namespace evenkeel::daemon {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::uint32_t kNobody = 65534;
/// Neither root nor the spawner, which is nobody where its own user is missing.
constexpr std::uint32_t kStranger = 4321;

/// Of a process that has just ended: "".
inline std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();  // which throws nothing where the process ends meanwhile
  return text.str();
}

/// Processes that live and whose command line has this.
inline std::vector<pid_t> processes_with(const std::string& words) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (text_of(entry.path() / "cmdline").find(words) != std::string::npos) {
      found.push_back(std::stoi(name));
    }
  }
  return found;
}

/// A folder of scripts. Each has a number that its own `sleep`s use, to be found by.
class Scripts {
 public:
  Scripts() {
    std::string name = "/tmp/evenkeel-spawner-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    std::filesystem::permissions(folder, std::filesystem::perms(0755));
  }
  ~Scripts() { std::filesystem::remove_all(folder); }
  Scripts(const Scripts&) = delete;
  Scripts& operator=(const Scripts&) = delete;

  std::string write(const std::string& name, const std::string& text, int mode = 0755) const {
    const auto path = folder / name;
    std::ofstream(path) << text;
    std::filesystem::permissions(path, std::filesystem::perms(mode));
    return path;
  }
  [[nodiscard]] std::string shell(const std::string& name, const std::string& text) const {
    return write(name, "#!/bin/sh\n" + text);
  }
  [[nodiscard]] std::string python(const std::string& name, const std::string& text) const {
    return write(name, "#!/usr/bin/python3\n" + text);
  }
  /// Seconds of a sleep that no other process sleeps: longer than a test waits for anything. One
  /// that a test leaves behind, because it was killed itself, ends.
  [[nodiscard]] std::string long_sleep() const { return "300." + std::to_string(::getpid()); }
  /// Lines of a shell that wait for a file: as long as `long_sleep()`, and no longer.
  [[nodiscard]] static std::string wait_for(const std::string& sign) {
    return "for i in $(seq 6000); do [ ! -e " + sign + " ] || break; sleep 0.05; done\n";
  }

  std::filesystem::path folder;
};

inline Program program_of(ProgramId id, std::vector<std::string> arguments,
                          std::chrono::nanoseconds timeout = 20s) {
  Program program;
  program.id = id;
  program.arguments = std::move(arguments);
  program.uid = ::geteuid();
  program.gid = ::getegid();
  program.timeout = timeout;
  return program;
}

class SpawnerProcessTest : public testing::Test {
 protected:
  SpawnerProcessTest() {
    auto ends = channel_ends();
    child = spawn(SPAWNER_PROGRAM, {"evenkeel: spawner"}, ends->second.get(), kChannelDescriptor)
                .value();
    channel.emplace(loop, std::move(ends->first));
    ends->second.reset();
    channel->start({.on_message = [this](const Message& message, const auto&) { take(message); },
                    .on_gone = [this] { gone = true; },
                    .on_writable = {}});
  }

  ~SpawnerProcessTest() override {
    if (!child.handle) return;
    channel->finish();
    EXPECT_TRUE(run_until([&] { return gone; }));
    EXPECT_EQ(reap(child), "exit status 0");
  }

  void take(const Message& message) {
    if (const auto* started_run = std::get_if<RunStarted>(&message)) {
      EXPECT_TRUE(started.emplace(started_run->run, *started_run).second);
      EXPECT_FALSE(ended.contains(started_run->run));
      order.push_back({started_run->run, true});
    } else if (const auto* ended_run = std::get_if<RunEnded>(&message)) {
      EXPECT_TRUE(ended.emplace(ended_run->run, *ended_run).second) << "one end each";
      order.push_back({ended_run->run, false});
    } else if (const auto* record = std::get_if<LogRecord>(&message)) {
      log += record->text + "\n";
    } else if (const auto* configured = std::get_if<Configured>(&message)) {
      problems.push_back(configured->problem);
    } else if (const auto* pong = std::get_if<Pong>(&message)) {
      pongs.push_back(*pong);
    }
  }

  template <typename Condition>
  bool run_until(const Condition& condition) {
    return daemon::run_until(loop, condition);
  }

  /// "" or the problem.
  std::string configure(const std::vector<Program>& list) {
    const auto file = seal("programs", encode_programs(list));
    const std::size_t before = problems.size();
    EXPECT_TRUE(channel->send(Configure{.generation = 1}, {file->get()}));
    EXPECT_TRUE(run_until([&] { return problems.size() > before; }));
    return problems.back();
  }

  RunId request(ProgramId program, std::vector<Setting> settings = {}) {
    const RunId run = ++last_run;
    EXPECT_TRUE(
        channel->send(RunRequest{.run = run, .program = program, .settings = std::move(settings)}));
    return run;
  }

  const RunEnded& end_of(RunId run) {
    EXPECT_TRUE(run_until([&] { return ended.contains(run); }));
    return ended[run];
  }
  std::string outcome_of(RunId run) {
    const RunEnded& end = end_of(run);
    return to_string(end) + (end.last_line.empty() ? "" : ": " + end.last_line);
  }
  /// Of the only program of a list.
  std::string outcome_of(Program program) {
    const ProgramId id = program.id;
    EXPECT_EQ(configure({std::move(program)}), "");
    return outcome_of(request(id));
  }
  bool has_begun(RunId run) {
    return run_until([&] { return started.contains(run) || ended.contains(run); });
  }

  boost::asio::io_context loop;
  ChildProcess child;
  std::optional<Channel> channel;
  std::map<RunId, RunStarted> started;
  std::map<RunId, RunEnded> ended;
  std::vector<std::pair<RunId, bool>> order;  ///< of their starts (true) and ends
  std::vector<std::string> problems;
  std::vector<Pong> pongs;
  std::string log;
  RunId last_run = 0;
  bool gone = false;
  Scripts scripts;
};

}  // namespace evenkeel::daemon
