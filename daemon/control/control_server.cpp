#include "daemon/control/control_server.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fcntl.h>
#include <unistd.h>
#include <unordered_set>
#include <utility>

#include "daemon/control/control_session.h"
#include "daemon/control/socket_file.h"

namespace evenkeel::daemon {

namespace asio = boost::asio;
using boost::system::error_code;
using Protocol = asio::local::stream_protocol;

namespace {

constexpr std::chrono::milliseconds kAcceptPause{100};  // after a failed accept: out of descriptors

/// One listening socket with its clients. Handlers that run after stop() find it stopped: they
/// share it.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(asio::io_context& context, SessionContext& shared, Access access,
           std::optional<gid_t> group)
      : acceptor_(context), pause_(context), shared_(shared), access_(access), group_(group) {}

  void start(const ListeningSocket& socket) {
    file_ = socket.file;
    acceptor_.assign(Protocol(), socket.descriptor);
    accept();
  }

  void stop() {
    is_stopped_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    for (const auto& session : std::exchange(sessions_, {})) session->stop();
    remove(file_);
  }

 private:
  Protocol::acceptor acceptor_;
  asio::steady_timer pause_;
  SessionContext& shared_;
  Access access_;
  std::optional<gid_t> group_;
  SocketFile file_;
  bool is_stopped_ = false;
  std::unordered_set<std::shared_ptr<ControlSession>> sessions_;

  void accept() {
    acceptor_.async_accept(
        [self = shared_from_this()](const error_code& error, Protocol::socket socket) {
          if (self->is_stopped_) return;
          if (error) {
            self->pause();
            return;
          }
          self->admit(std::move(socket));
          self->accept();
        });
  }

  void pause() {
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error && !self->is_stopped_) self->accept();
    });
  }

  void admit(Protocol::socket socket) {
    // Asio accepts without SOCK_CLOEXEC; a child that inherited a client would keep it connected.
    if (::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC) != 0) return;
    auto peer = peer_of(socket.native_handle());
    if (!peer || !is_permitted(*peer, ::geteuid(), group_)) {
      reject(socket, {ErrorCode::NotPermitted, "only root and the control group may ask"});
      return;
    }
    if (sessions_.size() >= shared_.limits.clients) {
      reject(socket,
             {ErrorCode::TooManyClients, "too many clients are connected: try again later"});
      return;
    }
    auto session =
        std::make_shared<ControlSession>(std::move(socket), shared_, access_, *std::move(peer));
    sessions_.insert(session);
    session->start([weak = weak_from_this(), key = std::weak_ptr(session)] {
      if (const auto self = weak.lock()) self->sessions_.erase(key.lock());
    });
  }

  /// The line fits into a new socket's empty buffer; if not, the end of file says enough.
  void reject(Protocol::socket& socket, const ProtocolError& error) {
    ++shared_.counters.rejected_clients;
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(error_line(error)), ignored);
  }
};

}  // namespace

struct ControlServer::Impl {
  SessionContext shared;
  std::vector<std::string> warnings;
  std::vector<std::shared_ptr<Listener>> listeners;

  Impl(Commands& commands, const ControlLimits& limits) : shared{commands, limits, {}} {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    for (const auto& listener : listeners) listener->stop();
  }
};

tl::expected<std::unique_ptr<ControlServer>, std::string> ControlServer::start(
    asio::io_context& context, Commands& commands, const ControlOptions& options) {
  auto impl = std::make_unique<Impl>(commands, options.limits);
  const std::optional<gid_t> group = find_group(options.group);
  if (!group) {
    impl->warnings.push_back("there is no group \"" + options.group +
                             "\": only root may use the control sockets");
  }
  const std::array<std::pair<const char*, Access>, 2> sockets{
      {{"/control.sock", Access::ReadWrite}, {"/status.sock", Access::ReadOnly}}};
  for (const auto& [name, access] : sockets) {
    auto socket = listen_at(options.directory + name, group);
    if (!socket) return tl::unexpected(socket.error());
    if (!socket->warning.empty()) impl->warnings.push_back(socket->warning);
    auto listener = std::make_shared<Listener>(context, impl->shared, access, group);
    listener->start(*socket);
    impl->listeners.push_back(std::move(listener));
  }
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(impl)));
}

ControlServer::ControlServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ControlServer::~ControlServer() = default;

const std::vector<std::string>& ControlServer::warnings() const {
  return impl_->warnings;
}

ControlCounters ControlServer::counters() const {
  return impl_->shared.counters;
}

}  // namespace evenkeel::daemon
