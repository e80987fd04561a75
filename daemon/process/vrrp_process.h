// The vrrp role: advertisements, elections, virtual addresses, announcements.
//
// Two threads, both with real-time priority: the engine's, and this one, one below it. This one
// does whatever may block: it speaks with main, reads the configuration, opens sockets and writes
// addresses (vrrp/writer.h). When main has gone, every instance leaves as planned, and the process
// ends.
#pragma once

namespace evenkeel::daemon {

/// Runs until the channel ends and every instance has left. Returns the exit status.
[[nodiscard]] int run_vrrp_process(int channel_number);

}  // namespace evenkeel::daemon
