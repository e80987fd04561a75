// One end of the socket between main and a child (Unix SOCK_SEQPACKET): messages and descriptors
// both ways, in order, and the other side's death.
//
// Belongs to the loop's one thread. No send blocks, and nothing grows without bound: what the
// kernel has no room for is treated by what it is (send()).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "daemon/os/unique_fd.h"
#include "daemon/process/message.h"

namespace boost::asio {
class io_context;
}

namespace evenkeel::daemon {

class Closer;

/// The two ends, closed on exec, non-blocking.
[[nodiscard]] tl::expected<std::pair<UniqueFd, UniqueFd>, std::error_code> channel_ends();

class Channel {
 public:
  /// Descriptors that send() takes with one message.
  static constexpr std::size_t kMaxDescriptors = 16;

  /// A handler may destroy the channel. A destroyed channel calls no handler any more.
  struct Handlers {
    /// Descriptors that the handler does not take are closed.
    std::function<void(Message, std::vector<UniqueFd>)> on_message;
    /// The other side has finished, closed its end or died; everything that it had sent has been
    /// delivered. Called once; on_message will not be called again.
    std::function<void()> on_gone;
    /// send() has returned false, and now there is room. May be empty.
    std::function<void()> on_writable;
  };

  struct Counters {
    std::uint64_t malformed = 0;            ///< datagrams received and skipped
    std::uint64_t log_records_dropped = 0;  ///< for want of room
  };

  /// With a `closer` the other side is not trusted, and may pass no descriptors: a message with
  /// descriptors is malformed, and the closer closes them. The closer also closes our end of the
  /// socket, with the descriptors that are still in its queue.
  Channel(boost::asio::io_context& loop, UniqueFd end, std::shared_ptr<Closer> closer = nullptr);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void start(Handlers handlers);

  /// Where the kernel has no room:
  ///   CheckReport, InstanceReport,
  ///   TrackReport, RunStarted, RunEnded    false: keep it, on_writable tells when to try again
  ///   LogRecord                            false: dropped; the next one that is sent says how many
  ///   Configure, Ping, Configured, Pong    true: waits here; one of a kind, the latest wins
  ///   Command, CommandDone,
  ///   RunRequest, EndRun                   true: waits here, all of them
  /// Messages keep their order. False also when the other side is gone, which on_gone tells.
  /// `files` stay the caller's, who may close them after the call; at most kMaxDescriptors.
  bool send(const Message& message, const std::vector<int>& files = {});

  /// Delivers what has arrived, now, without waiting for the loop.
  void receive_pending();
  /// Tells the other side that nothing more will come (it reads end-of-file), and goes on
  /// receiving.
  void finish();
  [[nodiscard]] const Counters& counters() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  ///< shared with the pending operations of the loop
};

}  // namespace evenkeel::daemon
