#include "daemon/control/control_server.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fcntl.h>
#include <initializer_list>
#include <tuple>
#include <unistd.h>
#include <unordered_set>
#include <utility>

#include "daemon/control/client_places.h"
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
           std::vector<gid_t> groups)
      : acceptor_(context),
        pause_(context),
        shared_(shared),
        access_(access),
        groups_(std::move(groups)),
        places_(shared.limits.clients, ::geteuid()) {}

  void start(ListeningSocket socket) {
    file_ = socket.file;
    acceptor_.assign(Protocol(), socket.descriptor.release());
    accept();
  }

  void stop() {
    is_stopped_ = true;
    error_code ignored;
    if (acceptor_.is_open()) {  // clients that nobody has accepted go with it
      closer_->take(UniqueFd(acceptor_.release(ignored)));
    }
    pause_.cancel();
    for (const auto& session : std::exchange(sessions_, {})) session->stop();
    remove(file_);
  }

 private:
  Protocol::acceptor acceptor_;
  asio::steady_timer pause_;
  SessionContext& shared_;
  /// For this socket alone: clients of status.sock do not delay those of control.sock.
  std::shared_ptr<Closer> closer_ = std::make_shared<Closer>();
  Access access_;
  std::vector<gid_t> groups_;  ///< whose members may ask
  ClientPlaces places_;
  SocketFile file_;
  bool is_stopped_ = false;
  std::unordered_set<std::shared_ptr<ControlSession>> sessions_;

  void accept() {
    // control.sock goes on accepting for root. Other users are rejected there (begin_session()).
    if (closer_->has_many() && access_ == Access::Read) {
      pause();
      return;
    }
    acceptor_.async_accept([self = shared_from_this()](const error_code& error,
                                                       Protocol::socket socket) {
      if (!error && !self->is_stopped_) self->begin_session(socket);
      close_elsewhere(socket, *self->closer_);  // does nothing after begin_session() has taken it
      if (self->is_stopped_) return;
      if (error) {
        self->pause();
      } else {
        self->accept();
      }
    });
  }

  void pause() {
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error && !self->is_stopped_) self->accept();
    });
  }

  /// Begins a session, which takes the socket, or leaves the socket to be closed.
  void begin_session(Protocol::socket& socket) {
    // Asio accepts without SOCK_CLOEXEC; a child that inherited a client would keep it connected.
    if (::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC) != 0) return;
    auto peer = peer_of(socket.native_handle());
    if (!peer || !is_permitted(*peer, ::geteuid(), groups_)) {
      reject(socket, {ErrorCode::NotPermitted, "only root and the group of this socket may ask"});
      return;
    }
    const uid_t user = peer->uid;
    if (!places_.is_privileged(user) && closer_->has_many()) {
      reject(socket, {ErrorCode::TooManyClients,
                      "descriptors that clients have passed wait to be closed: try again later"});
      return;
    }
    if (!places_.take(user)) {
      reject(socket,
             {ErrorCode::TooManyClients, "too many clients are connected: try again later"});
      return;
    }
    auto session = std::make_shared<ControlSession>(std::move(socket), shared_, access_,
                                                    *std::move(peer), closer_);
    sessions_.insert(session);
    session->start([weak = weak_from_this(), key = std::weak_ptr(session), user] {
      const auto self = weak.lock();
      if (!self) return;
      self->sessions_.erase(key.lock());
      self->places_.give_back(user);
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

std::vector<gid_t> listed(std::initializer_list<std::optional<gid_t>> groups) {
  std::vector<gid_t> known;
  for (const auto& each : groups) {
    if (each) known.push_back(*each);
  }
  return known;
}

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
  const std::optional<gid_t> control = find_group(options.group);
  if (!control) {
    impl->warnings.push_back("there is no group \"" + options.group +
                             "\": only root may use control.sock");
  }
  const std::optional<gid_t> status = find_group(options.status_group);
  if (!status && control) {
    impl->warnings.push_back("there is no group \"" + options.status_group +
                             "\": status.sock is for the group \"" + options.group + "\"");
  }
  const std::vector<gid_t> commanders = listed({control});
  const std::vector<gid_t> readers = listed({status, control});
  for (const auto& [name, access, groups] : {std::tuple("/control.sock", Access::Write, commanders),
                                             std::tuple("/status.sock", Access::Read, readers)}) {
    auto socket = listen_at(options.directory + name,
                            groups.empty() ? std::nullopt : std::optional(groups.front()));
    if (!socket) return tl::unexpected(socket.error());
    if (!socket->warning.empty()) impl->warnings.push_back(socket->warning);
    auto listener = std::make_shared<Listener>(context, impl->shared, access, groups);
    listener->start(std::move(*socket));
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
