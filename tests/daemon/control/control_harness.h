// A control server in a directory of its own, on a thread of its own, and a blocking client.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "daemon/control/control_server.h"

namespace evenkeel::daemon {

constexpr const char* kStatus = R"({"command":"status"})";
constexpr const char* kReload = R"({"command":"reload"})";

/// Limits that a test can wait for.
[[nodiscard]] ControlLimits quick_limits();

/// Waits for what another thread brings about; false: five seconds have passed.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

/// A directory of a test, removed with its files.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Answers with values that the test sets before it asks.
class FakeCommands : public Commands {
 public:
  std::shared_ptr<const Snapshot> state;
  ReloadResult result;
  bool keeps_reload_waiting = false;  ///< until finish_reload()
  InstanceCommandResult instance_result;
  bool keeps_instances_waiting = false;  ///< until finish_instances()
  std::vector<std::string> instances;    ///< that were asked for
  int failovers = 0;
  int resumes = 0;
  int snapshots = 0;
  int reloads = 0;
  bool was_forced = false;
  bool had_statistics = false;
  uid_t asked_by = static_cast<uid_t>(-1);

  std::shared_ptr<const Snapshot> snapshot(bool with_statistics) override;
  void reload(bool force, const Peer& peer, ReloadDone done) override;
  void finish_reload();
  void failover(std::vector<std::string> names, const Peer& peer,
                InstanceCommandDone done) override;
  void resume(std::vector<std::string> names, const Peer& peer, InstanceCommandDone done) override;
  void finish_instances();

 private:
  InstanceCommandDone instances_waiting_;
  ReloadDone waiting_;
};

class RunningServer {
 public:
  /// Both sockets are for our own group, unless status.sock has another.
  explicit RunningServer(const ControlLimits& limits = {}, const std::string& status_group = "");
  ~RunningServer();
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  FakeCommands commands;  ///< touched by the server's thread: set before asking, or use on_thread()

  [[nodiscard]] std::string path(const std::string& socket = "control.sock") const;
  /// Runs it on the server's thread and waits for it.
  void on_thread(const std::function<void()>& work);
  [[nodiscard]] ControlCounters counters();
  /// Ends the server; the sockets go.
  void stop();

 private:
  struct Impl;
  TemporaryDirectory directory_;
  std::unique_ptr<Impl> impl_;
};

/// Blocking, with a time limit of 20 s on everything.
class Client {
 public:
  explicit Client(const std::string& path);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// False when the server has gone away.
  bool send(const std::string& bytes);
  /// One line without its newline; "" at the end.
  std::string line();
  nlohmann::json answer();  ///< null at the end
  nlohmann::json ask(const std::string& request);
  /// What one read gives, at most so much, past what line() has taken in; "" at the end.
  std::string some(std::size_t octets);
  /// Whatever comes until the end of file.
  std::string rest();
  void shut_down_sending();
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  std::string input_;
};

}  // namespace evenkeel::daemon
