#include "loopback_server.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <utility>

#include "checks/run_check.h"

namespace evenkeel::checks {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class Peer : public std::enable_shared_from_this<Peer> {
 public:
  Peer(tcp::socket socket, Script script, std::shared_ptr<ServerLog> log)
      : socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        script_(std::move(script)),
        log_(std::move(log)) {}

  void serve() {
    if (!script_.reads_request) return answer();
    socket_.async_read_some(asio::buffer(request_),
                            [self = shared_from_this()](error_code error, std::size_t size) {
                              self->log_->requests.emplace_back(self->request_.data(), size);
                              if (!error) self->answer();
                            });
  }

 private:
  void answer() {
    const std::size_t size = script_.pause == Duration{} ? script_.answer.size() : 1;
    std::string& piece = piece_ = script_.answer.substr(sent_, size);
    asio::async_write(socket_, asio::buffer(piece),
                      [self = shared_from_this()](error_code error, std::size_t octets) {
                        self->sent_ += octets;
                        if (error) return self->ended(error);
                        self->go_on();
                      });
  }

  void go_on() {
    if (sent_ >= script_.answer.size() && script_.is_endless) sent_ = script_.answer.size() - 16;
    if (sent_ >= script_.answer.size()) return finish();
    if (script_.pause == Duration{}) return answer();
    timer_.expires_after(script_.pause);
    timer_.async_wait([self = shared_from_this()](error_code) { self->answer(); });
  }

  void finish() {
    error_code ignored;
    switch (script_.then) {
      case Script::Then::Close:
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        [[fallthrough]];
      case Script::Then::Hold:
        watch();
        break;
      case Script::Then::Reset:
        socket_.set_option(tcp::socket::linger(true, 0), ignored);
        socket_.close(ignored);
        break;
    }
  }

  void watch() {
    socket_.async_read_some(asio::buffer(request_),
                            [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) return self->ended(error);
                              self->watch();
                            });
  }

  void ended(error_code error) {
    log_->ends.emplace_back(error == asio::error::eof ? "closed" : "reset");
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  Script script_;
  std::shared_ptr<ServerLog> log_;
  std::array<char, 4096> request_{};
  std::string piece_;
  std::size_t sent_ = 0;
};

Address loopback(bool is_v6) {
  if (is_v6) return asio::ip::address_v6::loopback();
  return asio::ip::address_v4::loopback();
}

}  // namespace

LoopbackServer::LoopbackServer(asio::io_context& context, Script script, bool is_v6)
    : acceptor_(context, tcp::endpoint(loopback(is_v6), 0)),
      script_(std::move(script)),
      log_(std::make_shared<ServerLog>()) {
  accept();
}

void LoopbackServer::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (error) return;
    std::make_shared<Peer>(std::move(socket), script_, log_)->serve();
    accept();
  });
}

RefusedPort::RefusedPort(asio::io_context& context)
    : socket_(context, tcp::endpoint(loopback(false), 0)) {}

SilentPort::SilentPort(asio::io_context& context) : acceptor_(context, tcp::v4()) {
  acceptor_.bind(tcp::endpoint(loopback(false), 0));
  acceptor_.listen(0);
  for (int i = 0; i < 4; ++i) {  // one is enough; the others will never know
    clients_.emplace_back(context, tcp::v4());
    clients_.back().native_non_blocking(true);
    const tcp::endpoint target = acceptor_.local_endpoint();
    const int ignored = ::connect(clients_.back().native_handle(), target.data(),
                                  static_cast<socklen_t>(target.size()));
    static_cast<void>(ignored);
  }
}

Probed probe(asio::io_context& context, const Check& check, Lingering& lingering) {
  Sockets sockets(context.get_executor(), lingering);
  asio::steady_timer deadline(context, check.timeout);
  deadline.async_wait([&sockets](error_code error) {
    if (!error) sockets.expire();
  });
  std::optional<Probed> probed;
  const TimePoint started = std::chrono::steady_clock::now();
  asio::co_spawn(context.get_executor(), run_check(check, sockets),
                 [&](const std::exception_ptr& error, ProbeResult result) {
                   if (error) std::rethrow_exception(error);
                   sockets.close();
                   probed = {std::move(result), std::chrono::steady_clock::now() - started};
                   deadline.cancel();
                 });
  context.restart();
  while (!probed) context.run_one();
  context.poll();
  return std::move(*probed);
}

Probed probe(asio::io_context& context, const Check& check) {
  Lingering lingering(8);
  return probe(context, check, lingering);
}

Probed probe_to_the_end(asio::io_context& context, const Check& check) {
  Lingering lingering(8);
  Probed probed = probe(context, check, lingering);
  while (lingering.count() > 0) context.run_one();
  return probed;
}

}  // namespace evenkeel::checks
