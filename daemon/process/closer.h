// Closes descriptors that strangers have passed to us, where that makes nobody wait.
//
// The last close() of an open file may take long, at its owner's will: a TCP socket with SO_LINGER
// and unsent data, a file of a FUSE server. It is also where the descriptors go that are still in
// a Unix socket's queue: such a socket is closed here too. A close that waits for its network is
// interrupted by a signal to the thread (tcp_close, sk_stream_wait_close), the socket then ends by
// itself; one that cannot be interrupted keeps its thread, and a few more take its place.
//
// A close of a FUSE file asks its server, whoever closes: also a process that ends does, for what
// is still in its table. A server that does not answer so keeps the killed process, and what it has
// locked, until that server is ended: ps(1) shows it in state D, in fuse_flush.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

class Closer {
 public:
  /// So many waiting ones are many: whoever can is to take no more for a while.
  static constexpr std::size_t kMany = 1024;

  Closer();
  /// Waits for nothing; what is not closed yet will be, or goes with the process.
  ~Closer();
  Closer(const Closer&) = delete;
  Closer& operator=(const Closer&) = delete;

  /// Never blocks. For one thread, the owner's.
  void take(UniqueFd descriptor);
  void take(std::vector<UniqueFd> descriptors);

  /// Taken and not closed yet.
  [[nodiscard]] std::size_t waiting() const;
  /// Whoever waits for fewer asks again: it is then, too, that another thread begins where the
  /// others are slow.
  [[nodiscard]] bool has_many();

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with its threads
};

}  // namespace evenkeel::daemon
