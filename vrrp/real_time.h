// What a thread needs to be on time: real-time priority, memory that is never paged out, a small
// stack that is there already; and a limit of CPU time, should the thread spin.
//
// Errors: EPERM without CAP_SYS_NICE or RLIMIT_RTPRIO, CAP_IPC_LOCK or RLIMIT_MEMLOCK, as the
// kernel gives them. The caller decides what they mean for an instance (Reason::NotRealTime).
#pragma once

#include <cstddef>
#include <functional>
#include <pthread.h>
#include <system_error>
#include <tl/expected.hpp>

namespace evenkeel::vrrp {

/// The calling thread gets SCHED_RR with `priority`, 1..99. Its children do not inherit that.
[[nodiscard]] std::error_code become_real_time(int priority);
/// The calling thread is scheduled as SCHED_RR or SCHED_FIFO.
[[nodiscard]] bool is_real_time();

/// Locks the memory of the process, also what it maps later. A page is locked from its first use on
/// (MCL_ONFAULT): pages of libraries that are never used cost nothing.
[[nodiscard]] std::error_code lock_memory();

/// A real-time thread that runs for 1 s without sleeping is sent SIGXCPU (its default ends the
/// process), for 2 s SIGKILL. For every thread of the process.
[[nodiscard]] std::error_code limit_real_time();

/// Touches this much of the calling thread's stack, below the caller's frame.
void prefault_stack(std::size_t octets);

/// A thread with a stack of a given size; joined by its destruction. (std::thread's have
/// RLIMIT_STACK, usually 8 MiB.)
class Thread {
 public:
  /// `stack`: octets; at least 64 KiB, a whole number of pages. It starts without the creator's
  /// real-time priority. `name`: at most 15 octets.
  [[nodiscard]] static tl::expected<Thread, std::error_code> start(const char* name,
                                                                   std::size_t stack,
                                                                   std::function<void()> body);
  Thread() = default;
  Thread(Thread&& other) noexcept;
  Thread& operator=(Thread&& other) noexcept;
  ~Thread() { join(); }

  /// Waits for its end; nothing where there is none.
  void join();

 private:
  explicit Thread(pthread_t thread) : thread_(thread), is_joinable_(true) {}
  pthread_t thread_{};
  bool is_joinable_ = false;
};

}  // namespace evenkeel::vrrp
