#include <array>
#include <boost/asio/redirect_error.hpp>

#include "checks/http_match.h"
#include "checks/http_response.h"
#include "checks/run_check.h"

namespace evenkeel::checks {
namespace {

/// Takes what has arrived. Nothing: more is needed.
std::optional<ProbeResult> read(Connection& connection, HttpResponse& response) {
  std::array<char, 16 * 1024> buffer;  // NOLINT: written before it is read
  const auto received = connection.receive(buffer);
  if (!received) return received.error();
  if (!received->has_value()) return std::nullopt;
  std::string_view bytes = **received;
  if (bytes.empty()) return response.end();
  return response.add(bytes);
}

}  // namespace

Awaitable<ProbeResult> http_check(const Check& target, const HttpCheck& check,
                                  Connection& connection) {
  std::optional<ProbeResult> result =
      connection.connect(target.address, target.port, Conversation::WeSpeakFirst);
  boost::system::error_code ignored;  // the call after the wait says what is the matter
  auto wait = boost::asio::redirect_error(kUseAwaitable, ignored);

  for (bool is_connected = false; !result && !is_connected;) {
    co_await connection.socket().async_wait(Connection::Socket::wait_write, wait);
    const auto connected = connection.connected();
    is_connected = connected.value_or(false);
    if (!connected) result = connected.error();
  }
  const std::string request = render_request(check, target.address, target.port);
  std::string_view rest = request;
  while (!result && !rest.empty()) {
    result = connection.send(rest);
    if (result || rest.empty()) break;
    co_await connection.socket().async_wait(Connection::Socket::wait_write, wait);
  }
  HttpResponse response(check);
  while (!result) {
    co_await connection.socket().async_wait(Connection::Socket::wait_read, wait);
    result = read(connection, response);
  }
  connection.close();
  co_return std::move(*result);
}

}  // namespace evenkeel::checks
