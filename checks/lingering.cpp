#include "checks/lingering.h"

#include <array>
#include <boost/asio/basic_waitable_timer.hpp>
#include <cerrno>
#include <list>
#include <sys/socket.h>
#include <utility>

namespace evenkeel::checks {
namespace {

using Buffer = std::array<char, 16384>;

}  // namespace

bool Remainder::is_over_with(std::string_view bytes) {
  if (bytes.size() >= octet_limit) return true;
  octet_limit -= bytes.size();
  if (!reader) return false;
  for (;;) {
    switch (reader->next(bytes)) {
      case HttpReader::Step::NeedsMore:
        return reader->body_octets() + reader->missing_octets() > body_limit;
      case HttpReader::Step::Head:
      case HttpReader::Step::Body:
        break;
      case HttpReader::Step::End:
      case HttpReader::Step::TooLarge:
      case HttpReader::Step::Malformed:
        return true;
    }
  }
}

/// The open connections, and the one buffer that each of them reads into in its turn.
class Lingering::Shared {
 public:
  std::list<std::weak_ptr<One>> all;  // open
  Buffer buffer{};
};

class Lingering::One : public std::enable_shared_from_this<One> {
 public:
  One(std::shared_ptr<Shared> shared, Connection::Socket socket, Remainder remainder)
      : shared_(std::move(shared)),
        socket_(std::move(socket)),
        deadline_(socket_.get_executor()),
        remainder_(std::move(remainder)) {}

  void start() {
    at_ = shared_->all.insert(shared_->all.end(), weak_from_this());
    deadline_.expires_at(remainder_.deadline);
    deadline_.async_wait([self = shared_from_this()](boost::system::error_code error) {
      if (!error) self->close();
    });
    wait();
  }

  void close() {
    if (!socket_.is_open()) return;
    shared_->all.erase(at_);
    boost::system::error_code ignored;
    socket_.close(ignored);
    deadline_.cancel();
  }

 private:
  void wait() {
    socket_.async_wait(Connection::Socket::wait_read,
                       [self = shared_from_this()](boost::system::error_code error) {
                         if (!error) self->read();
                       });
  }

  void read() {
    if (!socket_.is_open()) return;  // closed since this was queued
    Buffer& buffer = shared_->buffer;
    for (int piece = 0; piece < kPieces; ++piece) {
      const ssize_t size =
          ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (size < 0 && (errno == EAGAIN || errno == EINTR)) break;
      if (size <= 0) return close();
      if (remainder_.is_over_with({buffer.data(), static_cast<std::size_t>(size)})) return close();
    }
    wait();
  }

  static constexpr int kPieces = 4;  // a turn, for the others' sake

  std::shared_ptr<Shared> shared_;
  Connection::Socket socket_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
      deadline_;
  Remainder remainder_;
  std::list<std::weak_ptr<One>>::iterator at_;
};

Lingering::Lingering(std::size_t max) : shared_(std::make_shared<Shared>()), max_(max) {}

Lingering::~Lingering() {
  std::list<std::weak_ptr<One>>& all = shared_->all;
  while (!all.empty()) {
    if (const auto one = all.front().lock()) {
      one->close();
    } else {
      all.pop_front();
    }
  }
}

void Lingering::take(Connection::Socket socket, Remainder remainder) {
  if (count() >= max_) return;
  std::make_shared<One>(shared_, std::move(socket), std::move(remainder))->start();
}

std::size_t Lingering::count() const {
  return shared_->all.size();
}

}  // namespace evenkeel::checks
