#include "daemon/process/channel.h"

#include <algorithm>
#include <array>
#include <boost/asio/generic/seq_packet_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <sys/socket.h>

#include "daemon/os/closer.h"
#include "daemon/os/passed_descriptors.h"

namespace evenkeel::daemon {
namespace {

using Socket = boost::asio::generic::seq_packet_protocol::socket;

/// Datagrams that one step of the loop takes, so that a child with many does not delay the others.
constexpr int kBatch = 64;

/// Room for several reports of the largest size in either direction, and for two log records of
/// each of 1,024 instances: all of them may become Master within a moment, and the reader have no
/// CPU until then. A Unix socket tells that it is writable when three quarters of this are free, so
/// the largest datagram always fits then.
constexpr int kSendBuffer = 2 * 1024 * 1024;

union ControlBuffer {
  cmsghdr alignment;
  std::array<char, CMSG_SPACE(sizeof(int) * Channel::kMaxDescriptors)> octets;
};

enum class Sent : std::uint8_t { Done, NoRoom, Gone };

template <typename... Kinds>
bool is_one_of(const Message& message) {
  return (std::holds_alternative<Kinds>(message) || ...);
}

Sent send_datagram(int socket, std::span<const std::byte> datagram, std::span<const int> files) {
  // send(2) where there are no descriptors: the system call filter of checks refuses sendmsg(2).
  const auto transmit = [&] {
    return ::send(socket, datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  };
  iovec payload{.iov_base = const_cast<std::byte*>(datagram.data()), .iov_len = datagram.size()};
  msghdr header{};
  header.msg_iov = &payload;
  header.msg_iovlen = 1;
  ControlBuffer control{};
  if (!files.empty()) {
    header.msg_control = control.octets.data();
    header.msg_controllen = CMSG_SPACE(files.size_bytes());
    cmsghdr* part = CMSG_FIRSTHDR(&header);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(files.size_bytes());
    std::memcpy(CMSG_DATA(part), files.data(), files.size_bytes());
  }
  for (;;) {
    const ssize_t sent =
        files.empty() ? transmit() : ::sendmsg(socket, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) return Sent::Done;
    if (errno == EINTR) continue;
    // ETOOMANYREFS: too many descriptors wait in sockets already, until their receivers take them.
    const bool passes =
        errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM || errno == ETOOMANYREFS;
    return passes ? Sent::NoRoom : Sent::Gone;
  }
}

}  // namespace

tl::expected<std::pair<UniqueFd, UniqueFd>, std::error_code> channel_ends() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
    return tl::unexpected(std::error_code(errno, std::generic_category()));
  }
  return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

class Channel::Impl : public std::enable_shared_from_this<Channel::Impl> {
 public:
  Impl(boost::asio::io_context& loop, UniqueFd end, std::shared_ptr<Closer> closer)
      : socket_(loop, boost::asio::generic::seq_packet_protocol(AF_UNIX, 0), end.release()),
        buffer_(kMaxDatagram),
        closer_(std::move(closer)) {
    // Without CAP_NET_ADMIN the kernel caps what we ask for at net.core.wmem_max; its own default
    // holds one report too.
    if (::setsockopt(fd(), SOL_SOCKET, SO_SNDBUFFORCE, &kSendBuffer, sizeof kSendBuffer) != 0) {
      ::setsockopt(fd(), SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
    }
  }

  void start(Handlers handlers) {
    handlers_ = std::move(handlers);
    wait_to_receive();
  }

  bool send(const Message& message, std::span<const int> files) {
    if (!socket_.is_open() || peer_gone_) return false;
    if (const auto* record = std::get_if<LogRecord>(&message)) return send_log(*record);
    if (is_one_of<CheckReport, InstanceReport, TrackReport, RunStarted, RunEnded>(message)) {
      return send_report(message);
    }
    return send_or_queue(message, files);
  }

  void receive_pending() {
    const auto self = shared_from_this();
    while (receive_batch()) {
    }
  }

  void finish() {
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
  }

  void close() {
    closed_ = true;
    boost::system::error_code ignored;
    if (!closer_) {
      socket_.close(ignored);
    } else if (socket_.is_open()) {
      socket_.shutdown(Socket::shutdown_both, ignored);
      closer_->take(UniqueFd(socket_.release(ignored)));
    }
  }

  Counters counters;

 private:
  struct Waiting {
    std::size_t kind;  ///< the index in Message
    std::vector<std::byte> datagram;
    std::vector<UniqueFd> files;
  };

  int fd() { return socket_.native_handle(); }

  bool send_log(LogRecord record) {
    record.dropped += unreported_drops_;
    if (waiting_.empty() && transmit(encode(record), {}) == Sent::Done) {
      unreported_drops_ = 0;
      return true;
    }
    ++unreported_drops_;
    ++counters.log_records_dropped;
    return false;
  }

  bool send_report(const Message& report) {
    if (waiting_.empty() && transmit(encode(report), {}) == Sent::Done) return true;
    if (!peer_gone_) {
      sender_waits_ = true;
      wait_for_room();
    }
    return false;
  }

  bool send_or_queue(const Message& message, std::span<const int> files) {
    auto datagram = encode(message);
    if (waiting_.empty()) {
      switch (transmit(datagram, files)) {
        case Sent::Done:
          return true;
        case Sent::Gone:
          return false;
        case Sent::NoRoom:
          break;
      }
    }
    // Copies: the caller may close its own before there is room.
    std::vector<UniqueFd> kept;
    for (const int file : files) {
      kept.emplace_back(::fcntl(file, F_DUPFD_CLOEXEC, 0));
      if (!kept.back()) return false;
    }
    if (!is_one_of<Command, CommandDone, RunRequest, EndRun>(message)) {
      // Of the others the latest alone counts.
      std::erase_if(waiting_, [&](const Waiting& w) { return w.kind == message.index(); });
    }
    waiting_.push_back({message.index(), std::move(datagram), std::move(kept)});
    wait_for_room();
    return true;
  }

  Sent transmit(std::span<const std::byte> datagram, std::span<const int> files) {
    const Sent sent = send_datagram(fd(), datagram, files);
    if (sent == Sent::Gone) {  // receive_batch() will read the end of file, and call on_gone
      peer_gone_ = true;
      waiting_.clear();
    }
    return sent;
  }

  void wait_for_room() {
    if (waits_for_room_) return;
    waits_for_room_ = true;
    socket_.async_wait(Socket::wait_write,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                         if (!error) self->room();
                       });
  }

  void room() {
    waits_for_room_ = false;
    while (!waiting_.empty()) {
      std::vector<int> files;
      for (const UniqueFd& file : waiting_.front().files) files.push_back(file.get());
      const Sent sent = transmit(waiting_.front().datagram, files);
      if (sent == Sent::NoRoom) return wait_for_room();
      if (sent == Sent::Gone) return;
      waiting_.pop_front();
    }
    if (!std::exchange(sender_waits_, false)) return;
    if (!closed_ && handlers_.on_writable) handlers_.on_writable();
  }

  void wait_to_receive() {
    if (closed_) return;
    socket_.async_wait(Socket::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                         if (error) return;
                         self->receive_batch();
                         if (!self->gone_told_) self->wait_to_receive();
                       });
  }

  /// Whether there may be more. A handler may close the channel at any point.
  bool receive_batch() {
    for (int i = 0; i < kBatch; ++i) {
      if (closed_ || gone_told_) return false;
      ReceivedOctets received = receive_octets(fd(), buffer_);
      if (received.count > 0) {
        take(std::move(received));
      } else if (received.count < 0 && received.error == EAGAIN) {
        return false;
      } else if (received.count == 0 || received.error != ECONNRESET) {
        // A peer that died with unread data leaves ECONNRESET before its own last datagrams, which
        // are still to be read, and end-of-file (net/unix/af_unix.c, unix_release_sock). It comes
        // once.
        gone();
      }
    }
    return true;
  }

  void take(ReceivedOctets received) {
    const bool brings_what_it_must_not = closer_ && !received.descriptors.empty();
    if (brings_what_it_must_not) closer_->take(std::move(received.descriptors));
    auto message = decode(std::span(buffer_).first(static_cast<std::size_t>(received.count)));
    const bool is_whole =
        !received.is_truncated && received.descriptors.size() <= Channel::kMaxDescriptors;
    if (brings_what_it_must_not || !is_whole || !message) {
      ++counters.malformed;
    } else if (handlers_.on_message) {
      handlers_.on_message(std::move(*message), std::move(received.descriptors));
    }
  }

  /// The other side may have finished its own direction only: the next send shows it.
  void gone() {
    gone_told_ = true;
    if (handlers_.on_gone) handlers_.on_gone();
  }

  Socket socket_;
  std::vector<std::byte> buffer_;
  std::shared_ptr<Closer> closer_;  ///< nullptr: the other side is trusted
  Handlers handlers_;
  std::deque<Waiting> waiting_;  ///< of a kind at most one, or all: send()
  std::uint64_t unreported_drops_ = 0;
  bool waits_for_room_ = false;
  bool sender_waits_ = false;  ///< on_writable is to be called
  bool peer_gone_ = false;     ///< nothing can be sent any more
  bool gone_told_ = false;     ///< on_gone has been called
  bool closed_ = false;
};

Channel::Channel(boost::asio::io_context& loop, UniqueFd end, std::shared_ptr<Closer> closer)
    : impl_(std::make_shared<Impl>(loop, std::move(end), std::move(closer))) {}
Channel::~Channel() {
  impl_->close();
}
void Channel::start(Handlers handlers) {
  impl_->start(std::move(handlers));
}
bool Channel::send(const Message& message, const std::vector<int>& files) {
  return impl_->send(message, files);
}
void Channel::receive_pending() {
  impl_->receive_pending();
}
void Channel::finish() {
  impl_->finish();
}
const Channel::Counters& Channel::counters() const {
  return impl_->counters;
}

}  // namespace evenkeel::daemon
