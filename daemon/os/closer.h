// Threads that close descriptors which strangers have passed to us, so that nobody else waits.
//
// The last close() of an open file may take as long as the file's owner likes: a TCP socket with
// SO_LINGER and unsent data, a file of a FUSE server. Closing a Unix socket also closes the
// descriptors that are still in its queue, so such a socket is closed here too. A signal to the
// thread interrupts a close that waits for the network (tcp_close, sk_stream_wait_close), and the
// socket then ends by itself. A close that cannot be interrupted keeps its thread, and the
// other threads go on.
//
// Every close of a FUSE file asks its server, also the one that a process makes when it ends, for
// what is still in its table. A server that does not answer keeps the killed process, and what the
// process has locked, until that server is ended: ps(1) shows the process in state D, in
// fuse_flush.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

class Closer {
 public:
  /// With more descriptors than this waiting, a caller that can wait takes no more for a while.
  static constexpr std::size_t kMany = 1024;

  Closer();
  /// Does not wait: the threads close the rest, or the end of the process does.
  ~Closer();
  Closer(const Closer&) = delete;
  Closer& operator=(const Closer&) = delete;

  /// Never blocks. For the owner's thread only.
  void take(UniqueFd descriptor);
  void take(std::vector<UniqueFd> descriptors);

  /// Taken and not closed yet.
  [[nodiscard]] std::size_t waiting() const;
  /// More than kMany are waiting. A caller that waits for fewer asks again: each call also starts
  /// another thread where the others are slow.
  [[nodiscard]] bool has_many();

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with its threads
};

}  // namespace evenkeel::daemon
