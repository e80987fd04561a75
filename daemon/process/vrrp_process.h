// The vrrp role: advertisements, elections, virtual addresses, announcements.
//
// Two threads, both with real-time priority: the engine's, and this one, one below it, which does
// whatever may block: it speaks with main, parses the configuration, opens sockets and writes
// addresses (vrrp/writer.h). When main has gone it leaves as planned, and ends.
#pragma once

namespace evenkeel::daemon {

/// Whom it runs as, with CAP_NET_RAW, CAP_NET_ADMIN, CAP_SYS_NICE and CAP_IPC_LOCK left.
constexpr char kVrrpUser[] = "evenkeel-vrrp";

/// Until the channel ends and every instance has left. Returns the exit status.
[[nodiscard]] int run_vrrp_process(int channel_number);

}  // namespace evenkeel::daemon
