#include "daemon/control/control_session.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <cerrno>
#include <span>
#include <utility>
#include <vector>

#include "daemon/control/command_rows.h"
#include "daemon/control/protocol.h"
#include "daemon/os/passed_descriptors.h"

namespace evenkeel::daemon {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {
constexpr std::size_t kReadStep = std::size_t{16} * 1024;
}

void close_elsewhere(ControlSession::Socket& socket, Closer& closer) {
  error_code ignored;
  if (!socket.is_open()) return;
  socket.shutdown(ControlSession::Socket::shutdown_both, ignored);  // the client learns it now
  closer.take(UniqueFd(socket.release(ignored)));
}

ControlSession::ControlSession(Socket socket, SessionContext& context, Access access, Peer peer,
                               std::shared_ptr<Closer> closer)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      context_(context),
      access_(access),
      peer_(std::move(peer)),
      closer_(std::move(closer)) {}

void ControlSession::start(std::function<void()> closed) {
  closed_ = std::move(closed);
  take_request();
}

void ControlSession::stop() {
  closed_ = nullptr;
  close();
}

void ControlSession::close() {
  if (!is_open_) return;
  is_open_ = false;
  timer_.cancel();
  close_elsewhere(socket_, *closer_);
  answer_.reset();
  if (closed_) std::exchange(closed_, nullptr)();
}

void ControlSession::take_request() {
  const std::size_t newline = input_.find('\n', searched_);
  if (newline != std::string::npos || (ends_after_answer_ && !input_.empty())) {
    const std::size_t length = std::min(newline, input_.size());
    std::string line = input_.substr(0, length);
    input_.erase(0, std::min(length + 1, input_.size()));
    if (input_.capacity() > 4 * kReadStep) input_.shrink_to_fit();
    searched_ = 0;
    request_deadline_ = Clock::now() + context_.limits.request_time;  // of one that came with it
    if (line.ends_with('\r')) line.pop_back();
    if (line.size() > context_.limits.request) {
      refuse_size();
    } else {
      perform(std::string_view(line));
    }
    return;
  }
  searched_ = input_.size();
  if (ends_after_answer_) {
    close();
  } else if (input_.size() > context_.limits.request) {
    refuse_size();
  } else {
    read();
  }
}

void ControlSession::refuse_size() {
  ++context_.counters.malformed_requests;
  reply_and_end({ErrorCode::RequestTooLarge, "a request is at most 1 MiB"});
}

void ControlSession::read() {
  if (input_.empty()) {
    set_deadline(Clock::now() + context_.limits.idle, &ControlSession::close);
  } else {
    set_deadline(request_deadline_, &ControlSession::request_expired);
  }
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& error) {
    // Already answered with an error that ends the connection:
    // request_expired().
    if (!self->is_open_ || self->ends_after_answer_) return;
    self->clear_deadline();
    if (error) {
      self->close();
    } else {
      self->receive();
    }
  });
}

void ControlSession::receive() {
  const std::size_t before = input_.size();
  input_.resize(before + kReadStep);
  ReceivedOctets received = receive_octets(
      socket_.native_handle(), std::as_writable_bytes(std::span(input_)).subspan(before));
  input_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(received.count, 0)));
  if (!received.descriptors.empty()) {
    closer_->take(std::move(received.descriptors));
    ++context_.counters.malformed_requests;
    reply_and_end({ErrorCode::DescriptorPassed, "descriptors are not taken here"});
    return;
  }
  if (received.count == 0) {
    ends_after_answer_ = true;
  } else if (received.count < 0 && received.error != EAGAIN) {
    close();
    return;
  } else if (before == 0) {
    request_deadline_ = Clock::now() + context_.limits.request_time;
  }
  take_request();
}

void ControlSession::perform(std::string_view line) {
  const CommandRow* row = nullptr;
  auto work = parse_request(line).and_then([&](Request request) {
    return find_command(request.command).and_then([&](const CommandRow* found) {
      row = found;
      return found->work_of(std::move(request));
    });
  });
  if (!work) {
    ++context_.counters.malformed_requests;
    return reply(error_line(work.error()));
  }
  if (row->access == Access::Write && access_ == Access::Read) {
    return reply(
        error_line({ErrorCode::ReadOnly, "status.sock answers only what reads: use control.sock"}));
  }
  (*work)({context_.commands, peer_, [weak = weak_from_this()](std::unique_ptr<Answer> answer) {
             const auto self = weak.lock();
             if (!self || !self->is_open_) return;
             self->answer_ = std::move(answer);
             self->next_part();
           }});
}

void ControlSession::reply(std::string text) {
  output_ = std::move(text);
  written_ = 0;
  write();
}

void ControlSession::reply_and_end(const ProtocolError& error) {
  ends_after_answer_ = true;
  input_.clear();
  searched_ = 0;
  reply(error_line(error));
}

void ControlSession::write() {
  set_deadline(Clock::now() + context_.limits.write_progress, &ControlSession::close);
  socket_.async_write_some(
      asio::buffer(output_.data() + written_, output_.size() - written_),
      [self = shared_from_this()](const error_code& error, std::size_t octets) {
        if (!self->is_open_) return;
        self->clear_deadline();
        if (error) {
          self->close();
          return;
        }
        self->written_ += octets;
        if (self->written_ < self->output_.size()) {
          self->write();
        } else {
          self->next_part();
        }
      });
}

void ControlSession::next_part() {
  output_.clear();
  written_ = 0;
  if (answer_ && answer_->append_next(output_)) {
    write();
    return;
  }
  answer_.reset();
  output_.shrink_to_fit();
  take_request();
}

void ControlSession::set_deadline(Clock::time_point deadline, void (ControlSession::*expired)()) {
  const std::uint64_t number = ++deadline_number_;
  timer_.expires_at(deadline);
  timer_.async_wait([self = shared_from_this(), number, expired](const error_code& error) {
    // A wait that ends just before it is cancelled has no error: its number is then an old one.
    if (error || !self->is_open_ || self->deadline_number_ != number) return;
    (self.get()->*expired)();
  });
}

void ControlSession::clear_deadline() {
  ++deadline_number_;
  timer_.cancel();
}

void ControlSession::request_expired() {
  error_code ignored;
  socket_.cancel(ignored);
  reply_and_end({ErrorCode::RequestTimeout, "the request did not end in time"});
}

}  // namespace evenkeel::daemon
