#include "checks/http_check.h"

#include <array>

#include "checks/http_match.h"
#include "checks/http_response.h"
#include "checks/sockets.h"

namespace evenkeel::checks {
namespace {

/// Takes what has arrived. Nothing: more is needed. With a result, `remainder` has a reader if the
/// message goes on.
std::optional<ProbeResult> read(Connection& connection, HttpResponse& response,
                                Remainder& remainder) {
  std::array<char, 16 * 1024> buffer;  // NOLINT: written before it is read
  const auto received = connection.receive(buffer);
  if (!received) return received.error();
  if (!received->has_value()) return std::nullopt;
  std::string_view bytes = **received;
  if (bytes.empty()) return response.end();
  std::optional<ProbeResult> result = response.add(bytes);
  if (result) {
    remainder.reader = response.reader();
    if (remainder.is_over_with(bytes)) remainder.reader.reset();
  }
  return result;
}

/// The verdict on an answer that was complete before `failure`; else `failure`. A busy server may
/// answer, and reset the connection, before it has read the request.
ProbeResult read_what_came(Connection& connection, HttpResponse& response, ProbeResult failure) {
  if (failure.reason != Reason::Reset) return failure;
  std::array<char, 16 * 1024> buffer;  // NOLINT: written before it is read
  for (;;) {
    const auto received = connection.receive(buffer);
    if (!received || !received->has_value() || (*received)->empty()) return failure;
    std::string_view bytes = **received;
    if (auto result = response.add(bytes)) return std::move(*result);
  }
}

Remainder remainder_of(const HttpCheck& check, TimePoint deadline) {
  Remainder remainder;
  remainder.body_limit = check.body_limit;
  remainder.octet_limit = std::uint64_t{check.body_limit} + check.header_limit;
  remainder.deadline = deadline;
  return remainder;
}

Awaitable<ProbeResult> probe(const Check& check, const HttpCheck& http, Sockets& sockets) {
  Remainder remainder = remainder_of(http, std::chrono::steady_clock::now() + check.timeout);
  std::string request = render_request(http, check.address, check.port);
  Connection& connection = sockets.tcp();
  auto begun =
      connection.begin(check.address, check.port, Conversation::WeSpeakFirst, std::move(request));
  std::optional<ProbeResult> result = co_await std::move(begun);

  HttpResponse response(http);
  if (result) result = read_what_came(connection, response, std::move(*result));
  while (!result) {
    co_await connection.readable();
    result = read(connection, response, remainder);
  }
  if (remainder.reader) sockets.linger(std::move(remainder));
  co_return std::move(*result);
}

}  // namespace

Probing run(const Check& check, const HttpCheck& http, Sockets& sockets) {
  return {probe(check, http, sockets)};
}

}  // namespace evenkeel::checks
