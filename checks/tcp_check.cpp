#include <array>
#include <boost/asio/redirect_error.hpp>

#include "checks/run_check.h"
#include "checks/stream_search.h"

namespace evenkeel::checks {
namespace {

constexpr std::uint64_t kSearched = 4096;    // octets of the answer
constexpr std::uint64_t kReadAfter = 65536;  // octets of the answer once the verdict is known

Conversation conversation(const TcpCheck& check) {
  if (!check.send.empty()) return Conversation::WeSpeakFirst;
  return check.expect.empty() ? Conversation::None : Conversation::TheySpeakFirst;
}

ProbeResult not_found(const StreamSearch& wanted) {
  return {Reason::TcpExpect, std::to_string(wanted.searched()) + " octets searched"};
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
    return not_found(wanted);
  }
  switch (wanted.add(bytes)) {
    case StreamSearch::State::Found:
      return ProbeResult{};
    case StreamSearch::State::LimitReached:
      return not_found(wanted);
    case StreamSearch::State::Searching:
      break;
  }
  return std::nullopt;
}

/// The verdict on the octets that came before `failure`: a server may send its banner before we
/// have sent anything, and then reset the connection.
ProbeResult search_what_came(Connection& connection, StreamSearch& wanted, ProbeResult failure) {
  const bool is_searching = wanted.state() == StreamSearch::State::Searching;
  if (failure.reason != Reason::Reset || !is_searching) return failure;
  const auto found = search(connection, wanted);
  if (found && found->reason == Reason::Passed) return *found;
  return failure;
}

/// Ends a conversation whose verdict is known: closes our side, and leaves the rest of the server's
/// answer to `lingering`.
void finish(Connection& connection, Lingering& lingering, TimePoint deadline) {
  connection.finish_sending();
  Remainder remainder;
  remainder.octet_limit = kReadAfter;
  remainder.deadline = deadline;
  lingering.take(connection.release(), std::move(remainder));
}

}  // namespace

Awaitable<ProbeResult> tcp_check(const Check& target, const TcpCheck& check, Connection& connection,
                                 Lingering& lingering) {
  const TimePoint deadline = std::chrono::steady_clock::now() + target.timeout;
  const Conversation order = conversation(check);
  std::optional<ProbeResult> result = connection.connect(target.address, target.port, order);
  boost::system::error_code ignored;  // the call after the wait tells the error
  auto wait = boost::asio::redirect_error(kUseAwaitable, ignored);

  for (bool is_connected = order == Conversation::WeSpeakFirst; !result && !is_connected;) {
    co_await connection.socket().async_wait(Connection::Socket::wait_write, wait);
    const auto connected =
        order == Conversation::None ? connection.connected() : connection.is_there();
    is_connected = connected.value_or(false);
    if (!connected) result = connected.error();
  }
  StreamSearch wanted(check.expect, kSearched);
  std::string_view rest = check.send;
  while (!result && !rest.empty()) {
    co_await connection.socket().async_wait(Connection::Socket::wait_write, wait);
    result = connection.send(rest);
    if (result) result = search_what_came(connection, wanted, std::move(*result));
  }
  while (!result && wanted.state() == StreamSearch::State::Searching) {
    co_await connection.socket().async_wait(Connection::Socket::wait_read, wait);
    result = search(connection, wanted);
  }
  const bool is_answered =
      !result || result->reason == Reason::Passed || result->reason == Reason::TcpExpect;
  if (order != Conversation::None && is_answered) {
    finish(connection, lingering, deadline);
  } else {
    connection.close();
  }
  if (!result) result.emplace();
  co_return std::move(*result);
}

}  // namespace evenkeel::checks
