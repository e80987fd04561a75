// The `spawner` role: runs the programs of the operator, and knows nothing of what for.
//
// Privileges: its own user, CAP_SETUID, CAP_SETGID, CAP_KILL (sandbox.h). It opens no socket; what
// it has is the channel. One thread, one loop: it forks, and a fork of a small process with one
// thread is cheap and safe.
//
//   Configure + memfd  -> the list of programs (daemon/spawner/program_list.h), answered by
//                         Configured; one that cannot be read changes nothing
//   RunRequest         -> RunStarted, and RunEnded: each request has one end. While the channel is
//                         full no run begins
//   Ping               -> Pong, with the number of runs that wait for a free place
//   end-of-file        -> ends what it runs, and exits
#pragma once

namespace evenkeel::daemon {

/// Called first thing in main(), `channel` being the descriptor that the supervisor left
/// (kChannelDescriptor). Ends the process when main has died or has closed the channel.
[[noreturn]] int run_spawner_process(int channel);

}  // namespace evenkeel::daemon
