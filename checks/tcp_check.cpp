#include <array>
#include <boost/asio/redirect_error.hpp>

#include "checks/run_check.h"
#include "checks/stream_search.h"

namespace evenkeel::checks {
namespace {

constexpr std::uint64_t kSearched = 4096;  // octets of the answer

Conversation conversation(const TcpCheck& check) {
  if (!check.send.empty()) return Conversation::WeSpeakFirst;
  return check.expect.empty() ? Conversation::None : Conversation::TheySpeakFirst;
}

/// Takes what has arrived. Nothing: more is needed.
std::optional<ProbeResult> search(Connection& connection, StreamSearch& wanted) {
  std::array<char, kSearched> buffer;  // NOLINT: written before it is read
  const auto received = connection.receive(buffer);
  if (!received) return received.error();
  if (!received->has_value()) return std::nullopt;
  const std::string_view bytes = **received;
  if (bytes.empty()) {
    if (wanted.searched() == 0) return ProbeResult{Reason::Reset, "closed without an answer"};
    return ProbeResult{Reason::TcpExpect, std::to_string(wanted.searched()) + " octets searched"};
  }
  switch (wanted.add(bytes)) {
    case StreamSearch::State::Found:
      return ProbeResult{};
    case StreamSearch::State::LimitReached:
      return ProbeResult{Reason::TcpExpect, std::to_string(wanted.searched()) + " octets searched"};
    case StreamSearch::State::Searching:
      break;
  }
  return std::nullopt;
}

}  // namespace

Awaitable<ProbeResult> tcp_check(const Check& target, const TcpCheck& check,
                                 Connection& connection) {
  std::optional<ProbeResult> result =
      connection.connect(target.address, target.port, conversation(check));
  boost::system::error_code ignored;  // the call after the wait says what is the matter
  auto wait = boost::asio::redirect_error(kUseAwaitable, ignored);

  for (bool is_connected = false; !result && !is_connected;) {
    co_await connection.socket().async_wait(Connection::Socket::wait_write, wait);
    const auto connected = connection.connected();
    is_connected = connected.value_or(false);
    if (!connected) result = connected.error();
  }
  std::string_view rest = check.send;
  while (!result && !rest.empty()) {
    result = connection.send(rest);
    if (result || rest.empty()) break;
    co_await connection.socket().async_wait(Connection::Socket::wait_write, wait);
  }
  StreamSearch wanted(check.expect, kSearched);
  while (!result && wanted.state() == StreamSearch::State::Searching) {
    co_await connection.socket().async_wait(Connection::Socket::wait_read, wait);
    result = search(connection, wanted);
  }
  connection.close();
  if (!result) result.emplace();
  co_return std::move(*result);
}

}  // namespace evenkeel::checks
