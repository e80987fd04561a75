#include "checks/tcp_check.h"

#include <array>

#include "checks/sockets.h"
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

/// The part of the server's answer that is read once the verdict is known.
Remainder remainder_until(TimePoint deadline) {
  Remainder remainder;
  remainder.octet_limit = kReadAfter;
  remainder.deadline = deadline;
  return remainder;
}

Awaitable<ProbeResult> probe(const Check& check, const TcpCheck& tcp, Sockets& sockets) {
  const TimePoint deadline = std::chrono::steady_clock::now() + check.timeout;
  const Conversation order = conversation(tcp);
  Connection& connection = sockets.tcp();
  auto begun = connection.begin(check.address, check.port, order, tcp.send);
  std::optional<ProbeResult> result = co_await std::move(begun);

  StreamSearch wanted(tcp.expect, kSearched);
  if (result) result = search_what_came(connection, wanted, std::move(*result));
  while (!result && wanted.state() == StreamSearch::State::Searching) {
    co_await connection.readable();
    result = search(connection, wanted);
  }
  const bool is_answered =
      !result || result->reason == Reason::Passed || result->reason == Reason::TcpExpect;
  if (order != Conversation::None && is_answered) {
    connection.finish_sending();
    sockets.linger(remainder_until(deadline));
  }
  if (!result) result.emplace();
  co_return std::move(*result);
}

}  // namespace

Probing run(const Check& check, const TcpCheck& tcp, Sockets& sockets) {
  return {probe(check, tcp, sockets)};
}

}  // namespace evenkeel::checks
