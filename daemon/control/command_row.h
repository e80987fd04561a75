// A command of the control protocol, as one row: what a person writes and reads of it, who may
// give it, and what answers it.
//
// Pure. Each row stands in a file of its own in commands/, and in the list of command_rows.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <tl/expected.hpp>

#include "daemon/control/answer.h"
#include "daemon/control/command_words.h"
#include "daemon/control/commands.h"
#include "daemon/control/peer.h"
#include "daemon/control/protocol.h"

namespace evenkeel::daemon {

enum class Access : std::uint8_t {
  Read,  ///< status.sock answers too
  Write,
};

/// What a handler works with. `reply` takes the answer once, now or later, from the server's
/// thread, whether or not the client is still there.
struct Call {
  Commands& commands;
  Peer peer;
  std::function<void(std::unique_ptr<Answer>)> reply;
};

/// A request that was judged, ready to be answered.
using Work = std::function<void(Call)>;

struct CommandRow {
  CommandWords words;
  Access access;
  std::chrono::seconds patience;  ///< of the client: the longest silence until the answer
  tl::expected<Work, ProtocolError> (*work_of)(Request request);  ///< by the request's field table
};

}  // namespace evenkeel::daemon
