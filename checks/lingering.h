// Connections whose verdict is known and that are not over: read to the end of the message, so that
// the real server sees an end in order, not a reset with half of its answer unread (which it logs
// as aborted by the client, and may count against us).
//
// Includes Asio: for the probes and the worker only. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "checks/connection.h"
#include "checks/http_reader.h"

namespace evenkeel::checks {

/// The rest of an answer, and the limits for reading it.
struct Remainder {
  std::optional<HttpReader> reader;  ///< the message that was begun; nothing: all until the close
  std::uint64_t body_limit = 0;   ///< octets of body, or without a reader of all, before giving up
  std::uint64_t octet_limit = 0;  ///< octets in all, from now on
  TimePoint deadline;

  /// Takes the octets that came. True: the message has ended, or a limit is reached.
  [[nodiscard]] bool is_over_with(std::string_view bytes);
};

class Lingering {
 public:
  /// At most `max` at once.
  explicit Lingering(std::size_t max);
  ~Lingering();  ///< closes them
  Lingering(const Lingering&) = delete;
  Lingering& operator=(const Lingering&) = delete;

  /// Reads `socket` until the remainder is over, the peer closes, or the deadline; then closes it.
  /// Closes it at once if `max` are open already: no check waits for this.
  void take(Connection::Socket socket, Remainder remainder);

  [[nodiscard]] std::size_t count() const;

 private:
  class Shared;
  class One;
  std::shared_ptr<Shared> shared_;  // with what is still in the io_context's queues
  std::size_t max_;
};

}  // namespace evenkeel::checks
