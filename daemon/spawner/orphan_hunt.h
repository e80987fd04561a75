// Kills what came back to us (orphans.h) until nothing more comes, and reaps it.
//
// On the loop and thread of its caller; used by the spawner for what programs have left, and by
// main for what a dead spawner has left. A process that begins others faster than they are killed
// is followed for a time and no longer: kPatience.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>

#include "daemon/spawner/orphans.h"

namespace boost::asio {
class io_context;
}

namespace evenkeel::daemon {

class OrphanHunt {
 public:
  struct Hooks {
    std::function<bool(pid_t)> is_known;  ///< a child that is no orphan: somebody waits for it
    /// The orphan may belong to a run that is under way: it is looked at again.
    std::function<bool(const ProcessStat&)> is_spared;
    std::function<void(pid_t)> kill;  ///< SIGKILL, to a child that has not been reaped
    std::function<void(const std::string&)> warn;
  };
  /// How long it follows what comes anew each time.
  static constexpr std::chrono::seconds kPatience{2};

  OrphanHunt(boost::asio::io_context& loop, Hooks hooks);
  ~OrphanHunt();
  OrphanHunt(const OrphanHunt&) = delete;
  OrphanHunt& operator=(const OrphanHunt&) = delete;

  /// Something has ended: now, and again as long as there is anything.
  void begin();
  /// Something has begun: looks each second for what is to be reaped, until no known child is left.
  void watch();
  /// Likewise begin(); `done`, once, when no orphan is left that is not spared, or kPatience is
  /// over.
  void finish(std::function<void()> done);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace evenkeel::daemon
