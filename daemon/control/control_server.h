// The daemon's two sockets: control.sock, which takes every command, and status.sock, which takes
// only those that read, for monitors.
//
// Runs on the owner's io_context, in its one thread; nothing here blocks. Both sockets have mode
// 0660 and a group each: a monitor that reads need not be one that may fail over. State is not for
// everybody, because every answer costs the kernel a read, and this process its time. Where there
// is no such group: 0600, and status.sock is for the control group. A client that is slow, silent
// or hostile costs at most one request and one chunk of memory, and one snapshot while it is being
// answered; descriptors that it passes, and its own, are closed by another thread.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/control/commands.h"
#include "daemon/control/control_limits.h"

namespace boost::asio {
class io_context;
}

namespace evenkeel::daemon {

struct ControlOptions {
  std::string directory;           ///< the runtime directory; exists, and is ours alone
  std::string group = "evenkeel";  ///< may use control.sock
  std::string status_group = "evenkeel-status";  ///< may use status.sock
  ControlLimits limits;
};

class ControlServer {
 public:
  /// Makes both sockets, in place of stale ones (the runtime lock says that nobody else is there),
  /// and listens. The error says what could not be done.
  [[nodiscard]] static tl::expected<std::unique_ptr<ControlServer>, std::string> start(
      boost::asio::io_context& context, Commands& commands, const ControlOptions& options);

  /// Drops every client and removes the sockets. `commands` is not called after that.
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  /// For the operator: "no group \"evenkeel\": only root may use ...".
  [[nodiscard]] const std::vector<std::string>& warnings() const;
  [[nodiscard]] ControlCounters counters() const;

 private:
  struct Impl;
  explicit ControlServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel::daemon
