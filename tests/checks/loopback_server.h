// Small real servers for the tests of the probes: each does one thing, right or wrong, to whoever
// connects. They share the io_context of what they serve.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <vector>

#include "checks/check.h"
#include "checks/lingering.h"
#include "printing.h"

namespace evenkeel::checks {

/// What a server does with a connection, in the order of the fields.
struct Script {
  bool reads_request = true;  ///< waits for the first bytes of the peer
  std::string answer;
  Duration pause{};         ///< between two octets of the answer; 0: all at once
  bool is_endless = false;  ///< says the last 16 octets of the answer for ever
  enum class Then : std::uint8_t { Close, Hold, Reset } then = Then::Close;
};

struct ServerLog {
  std::vector<std::string> requests, ends;
};

class LoopbackServer {
 public:
  LoopbackServer(boost::asio::io_context& context, Script script, bool is_v6 = false);

  [[nodiscard]] Address address() const { return acceptor_.local_endpoint().address(); }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  /// The first bytes of each connection, as far as it was read.
  [[nodiscard]] const std::vector<std::string>& requests() const { return log_->requests; }
  /// How each connection ended, as the server sees it: "closed", in order; "reset".
  [[nodiscard]] const std::vector<std::string>& ends() const { return log_->ends; }

  void set_script(Script script) { script_ = std::move(script); }

 private:
  void accept();

  boost::asio::ip::tcp::acceptor acceptor_;
  Script script_;
  std::shared_ptr<ServerLog> log_;
};

/// A port of the loopback that refuses connections, as long as this lives.
class RefusedPort {
 public:
  explicit RefusedPort(boost::asio::io_context& context);
  [[nodiscard]] std::uint16_t port() const { return socket_.local_endpoint().port(); }

 private:
  boost::asio::ip::tcp::socket socket_;
};

/// A listener whose queue is full: the kernel drops further SYNs.
class SilentPort {
 public:
  explicit SilentPort(boost::asio::io_context& context);
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<boost::asio::ip::tcp::socket> clients_;
};

/// One probe, alone, with its deadline kept; and how long it took.
struct Probed {
  ProbeResult result;
  Duration took{};
};
[[nodiscard]] Probed probe(boost::asio::io_context& context, const Check& check);
[[nodiscard]] Probed probe(boost::asio::io_context& context, const Check& check,
                           Lingering& lingering);
/// The first, then runs until what lingers is over, at most until the check's deadline.
[[nodiscard]] Probed probe_to_the_end(boost::asio::io_context& context, const Check& check);

}  // namespace evenkeel::checks
