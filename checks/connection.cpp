#include "checks/connection.h"

#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace evenkeel::checks {
namespace {

/// Below it no port is ever handed out (net/ipv4/sysctl_net_ipv4.c, ipv4_local_port_range), but
/// where ip_unprivileged_port_start was lowered.
constexpr std::uint16_t kFirstEphemeral = 1024;

void hold_ack(int socket) {
  // Where the kernel refuses the option, the ACK goes out at once: one packet more.
  const int off = 0;
  static_cast<void>(::setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off));
}

void reset_on_close(int socket) {
  const linger none{1, 0};
  static_cast<void>(::setsockopt(socket, SOL_SOCKET, SO_LINGER, &none, sizeof none));
}

}  // namespace

Awaitable<std::optional<ProbeResult>> Connection::begin(Address address, std::uint16_t port,
                                                        Conversation conversation,
                                                        std::string text) {
  std::optional<ProbeResult> failure = connect(address, port, conversation);
  bool is_connected = conversation == Conversation::WeSpeakFirst;  // sending tells
  while (!failure && !is_connected) {
    co_await writable();
    const auto there = conversation == Conversation::None ? connected() : is_there();
    is_connected = there.value_or(false);
    if (!there) failure = there.error();
  }
  std::string_view rest = text;
  while (!failure && !rest.empty()) {
    co_await writable();
    failure = send(rest);
  }
  co_return failure;
}

std::optional<ProbeResult> Connection::connect(const Address& address, std::uint16_t port,
                                               Conversation conversation) {
  if (is_expired_) return failure(0);
  close_socket();
  phase_ = Phase::Opening;
  boost::system::error_code error;
  endpoint_ = {address, port};
  socket_.open(endpoint_.protocol(), error);
  if (error) return failure(error.value());
  socket_.native_non_blocking(true, error);
  if (error) return failure(error.value());
  const int socket = socket_.native_handle();
  if (conversation != Conversation::TheySpeakFirst) hold_ack(socket);
  if (conversation == Conversation::None) reset_on_close(socket);
  // Not Socket::async_connect: it would ask poll(2) and SO_ERROR afterwards, and could not tell
  // what connect(2) says at once from what comes back from the network.
  const int refused = try_connect();
  if (refused != 0 && refused != EINPROGRESS) return failure(refused);
  phase_ = Phase::Connecting;
  return std::nullopt;
}

tl::expected<bool, ProbeResult> Connection::connected() {
  // A second connect(2) says what came of the first (net/ipv4/af_inet.c, __inet_stream_connect), as
  // SO_ERROR would, but no stray wake-up can make it take a SYN without an answer for a connection.
  const int refused = try_connect();
  if (refused == EALREADY) return false;
  if (refused != 0) return tl::unexpected(failure(refused));
  if (const auto self = begin_to_talk()) return tl::unexpected(*self);
  return true;
}

tl::expected<bool, ProbeResult> Connection::is_there() {
  if (is_expired_) return tl::unexpected(failure(0));
  if (!has_news()) return false;
  if (!is_established()) return true;
  if (const auto self = begin_to_talk()) return tl::unexpected(*self);
  return true;
}

std::optional<ProbeResult> Connection::begin_to_talk() {
  phase_ = Phase::Talking;
  if (endpoint_.port() < kFirstEphemeral) return std::nullopt;
  boost::system::error_code error;
  const auto local = socket_.local_endpoint(error);
  if (error || local.port() != endpoint_.port()) return std::nullopt;
  // The two ends are compared, not the end and the target: 0.0.0.0 is this host, too.
  if (socket_.remote_endpoint(error) != local || error) return std::nullopt;
  reset_on_close(socket_.native_handle());  // no TIME_WAIT on a port that a server may want
  return ProbeResult{Reason::ConnectRefused, "nobody listens: connected to itself"};
}

bool Connection::is_established() const {
  boost::system::error_code error;
  static_cast<void>(socket_.remote_endpoint(error));
  return !error;  // ENOTCONN as long as the SYN has no answer, net/ipv4/af_inet.c inet_getname
}

int Connection::try_connect() {
  const int result = ::connect(socket_.native_handle(), endpoint_.data(),
                               static_cast<socklen_t>(endpoint_.size()));
  return result == 0 ? 0 : errno;
}

std::optional<ProbeResult> Connection::send(std::string_view& rest) {
  while (!rest.empty()) {
    const ssize_t sent =
        ::send(socket_.native_handle(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(sent));
      if (phase_ == Phase::Connecting) {
        if (auto self = begin_to_talk()) return self;
      }
    } else if (errno == EAGAIN) {
      return std::nullopt;
    } else if (errno != EINTR) {
      return failure(errno);
    }
  }
  return std::nullopt;
}

tl::expected<std::optional<std::string_view>, ProbeResult> Connection::receive(
    std::span<char> buffer) {
  for (;;) {
    const ssize_t size =
        ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size >= 0) {
      phase_ = Phase::Talking;
      return std::string_view(buffer.data(), static_cast<std::size_t>(size));
    }
    if (errno == EAGAIN) return std::nullopt;
    if (errno != EINTR) return tl::unexpected(failure(errno));
  }
}

Awaitable<void> Connection::readable() {
  return socket_.async_wait(Socket::wait_read,
                            boost::asio::redirect_error(kUseAwaitable, ignored_));
}

Awaitable<void> Connection::writable() {
  return socket_.async_wait(Socket::wait_write,
                            boost::asio::redirect_error(kUseAwaitable, ignored_));
}

bool Connection::has_news() {
  pollfd news{.fd = socket_.native_handle(),
              .events = static_cast<short>(phase_ == Phase::Talking ? POLLIN : POLLOUT),
              .revents = 0};
  return socket_.is_open() && ::poll(&news, 1, 0) == 1;
}

void Connection::expire() {
  is_expired_ = true;
  if (phase_ == Phase::Connecting && is_established()) phase_ = Phase::Talking;
  close_socket();
}

void Connection::finish_sending() {
  boost::system::error_code ignored;  // a peer that has reset the connection needs no more
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Connection::close() {
  is_expired_ = false;
  close_socket();
}

void Connection::close_socket() {
  boost::system::error_code ignored;  // the descriptor is gone whatever close(2) says
  socket_.close(ignored);
}

ProbeResult Connection::failure(int error) const {
  if (is_expired_) return deadline_failure(phase_);
  return socket_failure(error, phase_);
}

}  // namespace evenkeel::checks
