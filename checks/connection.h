// One TCP connection of one probe at a time: made, talked over, ended, by system calls that never
// block and that say what went wrong as a Reason. The object is reused from probe to probe.
//
// Includes Asio: for the probes and the worker only. Not thread-safe.
//
// What the kernel is asked to do for a probe, and why:
//  * A probe that says nothing (a plain TCP check) is over when the SYN-ACK is there. TCP_QUICKACK
//    is off, so that the kernel holds our ACK back for a moment (net/ipv4/tcp_input.c,
//    tcp_rcv_synsent_state_process), and SO_LINGER is 0, so that closing sends RST instead: SYN,
//    SYN-ACK, RST. The real server's application never sees the connection: no accept, no log line
//    "connection closed by peer" every two seconds, no aborted-connect count that blocks the
//    balancer. Here it leaves no TIME_WAIT: 1,000 checks a second closed in order would hold 60,000
//    of them, and every port to a server that is checked often. (HAProxy does the same; keepalived
//    closes in order.) It costs two cheap system calls and saves five packets.
//  * A probe that speaks first (HTTP; TCP with `send`) holds its ACK back too: it travels with the
//    request. A probe that listens first (TCP with `expect` only) sends its ACK at once: the
//    server's accept waits for it. Neither asks connect(2) a second time, which would throw away
//    what a server has said before it reset the connection: send(2) and recv(2) tell as much.
//  * After a conversation the connection is closed in order, and not before the server's answer was
//    read (lingering.h): closing with octets unread is a reset, which the server logs.
//  * A SYN to a port of this host on which nobody listens may be sent from that very port. It meets
//    itself, and the kernel makes a connection of it (RFC 9293 section 3.5, simultaneous open).
//    The kernel hands out no port below 1024 for that, so getsockname(2) is called above it only.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "checks/check.h"
#include "checks/socket_failure.h"

namespace evenkeel::checks {

using Executor = boost::asio::io_context::executor_type;
template <class T>
using Awaitable = boost::asio::awaitable<T, Executor>;
constexpr boost::asio::use_awaitable_t<Executor> kUseAwaitable{};

/// Who says what once the connection is there.
enum class Conversation : std::uint8_t { None, WeSpeakFirst, TheySpeakFirst };

class Connection {
 public:
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

  explicit Connection(const Executor& executor) : socket_(executor) {}

  /// Connects, and sends `text`, which is not empty if we speak first. Nothing: went well; the
  /// connection of a server that speaks first may have failed, which receive() tells. A probe may
  /// begin several connections, one after the other. The coroutine starts when it is awaited, and
  /// holds its arguments itself.
  [[nodiscard]] Awaitable<std::optional<ProbeResult>> begin(Address address, std::uint16_t port,
                                                            Conversation conversation,
                                                            std::string text);
  /// Receives into `buffer`. "": the peer has closed. Nothing: no octet has come yet, wait for
  /// readable(). After a Reset by begin() it returns the octets that had come before.
  [[nodiscard]] tl::expected<std::optional<std::string_view>, ProbeResult> receive(
      std::span<char> buffer);
  /// Waits; after expire() no longer.
  [[nodiscard]] Awaitable<void> readable();

  /// Whether the socket is ready for what the probe waits for: asks the kernel, without waiting.
  [[nodiscard]] bool has_news();

  /// The deadline has passed: until close() every function above says so, and waiting ends at once.
  void expire();
  /// Ends the probe, whatever its state: the next begin() is another probe's.
  void close();
  /// Says that nothing more will be sent, while the answer is read on.
  void finish_sending();
  /// Hands the socket over, to be read on (lingering.h): this object has none then. The probe's
  /// deadline stays.
  [[nodiscard]] Socket release() { return std::move(socket_); }

 private:
  /// Begins to connect. Nothing: wait until the socket is writable, then ask connected().
  [[nodiscard]] std::optional<ProbeResult> connect(const Address& address, std::uint16_t port,
                                                   Conversation conversation);
  /// The outcome of connect(), for a conversation of None. True: the connection is there; false:
  /// wait on.
  [[nodiscard]] tl::expected<bool, ProbeResult> connected();
  /// The same for a conversation that the server begins: no octet that has come is lost by asking.
  /// True also for a connection that has failed: receive() tells the error.
  [[nodiscard]] tl::expected<bool, ProbeResult> is_there();
  /// Sends what it can and cuts it from `rest`. Nothing: went well; if anything is left, wait until
  /// the socket is writable and call again.
  [[nodiscard]] std::optional<ProbeResult> send(std::string_view& rest);
  [[nodiscard]] Awaitable<void> writable();
  /// connect(2): 0 or an errno.
  [[nodiscard]] int try_connect();
  [[nodiscard]] bool is_established() const;
  /// The connection is made: fails if it is one with ourselves.
  [[nodiscard]] std::optional<ProbeResult> begin_to_talk();
  [[nodiscard]] ProbeResult failure(int error) const;
  void close_socket();

  Socket socket_;
  boost::asio::ip::tcp::endpoint endpoint_;
  Phase phase_ = Phase::Opening;
  bool is_expired_ = false;            // the probe, however many connections it begins
  boost::system::error_code ignored_;  // of a wait: the call after it tells the error
};

}  // namespace evenkeel::checks
