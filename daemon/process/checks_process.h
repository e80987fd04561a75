// The `checks` role: every probe of a network service, and no verdict.
//
// Privileges: none. Its own user, no_new_privs, seccomp (sandbox.h); it has the channel, and the
// sockets of its probes. It opens nothing: its part of the configuration comes as a sealed memfd.
// One thread, one loop.
//
//   Configure + memfd  -> the list of checks with the health and count of each
//                         (config/checks_codec.h), answered by Configured; one that cannot be read
//                         changes nothing
//   Ping               -> Pong, with the number of probes that were late, and of checks that
//                         are late for 3 intervals
//   outcomes           -> CheckReport; while the channel is full no probe is started
//   end-of-file        -> exit
#pragma once

namespace evenkeel::daemon {

/// Called first thing in main(), `channel` being the descriptor that the supervisor left
/// (kChannelDescriptor). Ends the process when main has died or has closed the channel.
[[noreturn]] int run_checks_process(int channel);

}  // namespace evenkeel::daemon
