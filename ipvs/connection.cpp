#include "ipvs/connection.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace evenkeel::ipvs {

Error error_of(std::string_view doing, int errno_value) {
  ErrorKind kind = ErrorKind::System;
  std::string what = std::generic_category().message(errno_value);
  if (errno_value == EPERM || errno_value == EACCES) {
    kind = ErrorKind::NotPermitted;
  } else if (errno_value == EAGAIN) {
    kind = ErrorKind::TimedOut;
    what = "the kernel did not answer in time";
  } else if (errno_value == ENOBUFS) {
    kind = ErrorKind::Overrun;
    what = "answers of the kernel were lost";
  }
  return {kind, errno_value, std::string(doing) + ": " + what};
}

Error Connection::malformed(std::string_view doing, DecodeError error) {
  disconnect();
  return {ErrorKind::Malformed, EBADMSG, std::string(doing) + ": " + std::string(to_string(error))};
}

void Connection::disconnect() {
  socket_.reset();
  family_id_.reset();
}

tl::expected<void, Error> Connection::send(std::string_view doing) {
  requests_.acknowledge_last();
  next_sequence_ = requests_.first_sequence() + requests_.count();
  const auto sent = socket_->send(requests_.bytes());
  if (sent) return {};
  disconnect();
  return tl::unexpected(error_of(doing, sent.error()));
}

tl::expected<std::span<const std::byte>, Error> Connection::receive(std::string_view doing) {
  const auto datagram = socket_->receive();
  if (datagram) return *datagram;
  disconnect();
  return tl::unexpected(error_of(doing, datagram.error()));
}

tl::expected<int, Error> Connection::exchange(std::string_view doing, const Visit& visit) {
  if (const auto sent = send(doing); !sent) return tl::unexpected(sent.error());
  while (true) {
    auto datagram = receive(doing);
    if (!datagram) return tl::unexpected(datagram.error());
    while (true) {
      const auto answer = next_answer(*datagram);
      if (!answer) return tl::unexpected(malformed(doing, answer.error()));
      if (!*answer) break;
      if ((*answer)->sequence != requests_.first_sequence()) continue;
      if ((*answer)->is_result()) {
        const auto result = decode_result(**answer);
        if (!result) return tl::unexpected(malformed(doing, result.error()));
        return *result;
      }
      const auto visited = visit(**answer);
      if (!visited) return tl::unexpected(malformed(doing, visited.error()));
    }
  }
}

tl::expected<void, Error> Connection::connect() {
  if (family_id_) return {};
  constexpr std::string_view kDoing = "ask for the kernel's balancer";
  if (!socket_) {
    auto socket = NetlinkSocket::open();
    if (!socket) return tl::unexpected(error_of(kDoing, socket.error()));
    socket_ = std::move(*socket);
  }
  requests_.restart(0, next_sequence_);
  requests_.put_get_family();
  std::optional<std::uint16_t> id;
  const auto result =
      exchange(kDoing, [&id](const Answer& answer) -> tl::expected<void, DecodeError> {
        const auto decoded = decode_family_id(answer);
        if (!decoded) return tl::unexpected(decoded.error());
        id = *decoded;
        return {};
      });
  if (!result) return tl::unexpected(result.error());
  if (*result == ENOENT || (*result == 0 && !id)) {
    return tl::unexpected(Error{ErrorKind::NotLoaded, ENOENT, std::string(kNotLoaded)});
  }
  if (*result != 0) return tl::unexpected(error_of(kDoing, *result));
  family_id_ = id;
  return {};
}

tl::expected<int, Error> Connection::query(std::string_view doing, const Put& put,
                                           const Visit& visit) {
  for (const bool is_last_try : {false, true}) {
    if (const auto connected = connect(); !connected) return tl::unexpected(connected.error());
    requests_.restart(*family_id_, next_sequence_);
    put(requests_);
    auto result = exchange(doing, visit);
    if (!result) return result;
    if (*result == EPERM) {
      disconnect();  // the kernel also judges by the capabilities at the opening
      return tl::unexpected(error_of(doing, EPERM));
    }
    if (*result != ENOENT || is_last_try) return result;
    family_id_.reset();  // the module was loaded again, or is gone
  }
  return ENOENT;
}

tl::expected<std::vector<int>, Error> Connection::exchange_batch(std::span<const Operation> batch) {
  std::vector<int> errnos;
  for (const auto piece : pieces_of(batch, socket_->longest_send())) {
    const auto results = exchange_piece(piece);
    if (!results) return tl::unexpected(results.error());
    errnos.insert(errnos.end(), results->begin(), results->end());
  }
  return errnos;
}

tl::expected<std::vector<int>, Error> Connection::exchange_piece(std::span<const Operation> piece) {
  constexpr std::string_view kDoing = "send a batch of operations";
  requests_.restart(*family_id_, next_sequence_);
  for (const Operation& operation : piece) requests_.put_operation(operation);
  if (const auto sent = send(kDoing); !sent) return tl::unexpected(sent.error());

  BatchResults results(requests_.first_sequence(), requests_.count());
  while (!results.is_complete()) {
    const auto datagram = receive(kDoing);
    if (!datagram) return tl::unexpected(datagram.error());
    const auto taken = results.take(*datagram);
    if (!taken) return tl::unexpected(malformed(kDoing, taken.error()));
  }
  return std::vector<int>(results.errnos().begin(), results.errnos().end());
}

tl::expected<std::vector<int>, Error> Connection::execute(std::span<const Operation> batch) {
  if (batch.empty()) return std::vector<int>{};
  if (const auto connected = connect(); !connected) return tl::unexpected(connected.error());
  auto errnos = exchange_batch(batch);
  const auto is_enoent = [](int number) { return number == ENOENT; };
  if (errnos && std::ranges::all_of(*errnos, is_enoent)) {
    // ENOENT for all of them may mean that the family has another ID now, or is gone.
    const auto old_id = std::exchange(family_id_, std::nullopt);
    if (const auto connected = connect(); !connected) return tl::unexpected(connected.error());
    if (family_id_ != old_id) errnos = exchange_batch(batch);
  }
  if (errnos && std::ranges::find(*errnos, EPERM) != errnos->end()) {
    disconnect();
    return tl::unexpected(error_of("change the kernel's table", EPERM));
  }
  return errnos;
}

}  // namespace evenkeel::ipvs
