// The limits of a client of the control sockets, and the counters of clients and requests that were
// rejected.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "daemon/control/client_places.h"
#include "daemon/control/protocol.h"

namespace evenkeel::daemon {

struct ControlLimits {
  PlaceLimits clients;  ///< of each socket, so that monitors cannot lock an operator out
  std::size_t request = kMaxRequest;                 ///< octets
  std::chrono::milliseconds request_time{10'000};    ///< from a request's first octet to its end
  std::chrono::milliseconds write_progress{10'000};  ///< a reader that takes nothing for so long
  std::chrono::milliseconds idle{5 * 60 * 1000};     ///< between two requests
};

struct ControlCounters {
  std::uint64_t malformed_requests = 0;  ///< errors in a request itself, and too large
  std::uint64_t rejected_clients = 0;    ///< one too many, or not permitted
};

}  // namespace evenkeel::daemon
