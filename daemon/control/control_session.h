// One client of the control server: takes a request, answers it, takes the next.
//
// Internal to the control server: this header brings Asio with it.
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/control/answer.h"
#include "daemon/control/command_row.h"
#include "daemon/control/commands.h"
#include "daemon/control/control_limits.h"
#include "daemon/os/closer.h"

namespace evenkeel::daemon {

/// Shared by all clients of one server; outlives every open session.
struct SessionContext {
  Commands& commands;
  ControlLimits limits;
  ControlCounters counters;
};

/// Keeps itself alive while it is open. Requests that come while one is being answered stay where
/// they are until it is their turn.
class ControlSession : public std::enable_shared_from_this<ControlSession> {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  /// `access`: of the socket. `closer`: closes the client's socket, and descriptors that it passes.
  ControlSession(Socket socket, SessionContext& context, Access access, Peer peer,
                 std::shared_ptr<Closer> closer);

  /// `closed` is called once, when the session has ended by itself.
  void start(std::function<void()> closed);
  /// Ends it at once: nothing of the context is touched after that.
  void stop();

 private:
  Socket socket_;
  boost::asio::steady_timer timer_;
  SessionContext& context_;
  Access access_;
  Peer peer_;
  std::shared_ptr<Closer> closer_;
  std::function<void()> closed_;

  std::uint64_t deadline_number_ = 0;  ///< tells a wait from those before it
  bool is_open_ = true;
  bool ends_after_answer_ = false;  ///< end of file, or an error that ends the connection
  std::string input_;               ///< what was read and not yet taken
  std::size_t searched_ = 0;        ///< octets of it without a newline
  std::chrono::steady_clock::time_point request_deadline_;
  std::string output_;
  std::size_t written_ = 0;         ///< octets of it
  std::unique_ptr<Answer> answer_;  ///< of which output_ is a part

  void read();
  void receive();
  void take_request();
  void perform(std::string_view line);
  void reply(std::string text);
  void reply_and_end(const ProtocolError& error);
  void write();
  void next_part();
  void set_deadline(std::chrono::steady_clock::time_point deadline,
                    void (ControlSession::*expired)());
  void clear_deadline();
  void request_expired();
  void refuse_size();
  void close();
};

/// Ends a client's connection. The closer closes the socket: descriptors may be in its queue.
void close_elsewhere(ControlSession::Socket& socket, Closer& closer);

}  // namespace evenkeel::daemon
