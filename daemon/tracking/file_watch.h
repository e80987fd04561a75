// Watches the files that tracks follow: inotify tells of a change in a directory, and each file is
// looked at once a second whatever inotify says: a directory that is not there yet, a link whose
// target changes, and a remote file system have no events.
//
// On a loop of its own thread (watch_thread.h).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/config/tracked.h"
#include "vrrp/track.h"

namespace evenkeel::daemon {

/// After a change further ones wait so long: a file that is written a thousand times a second costs
/// a few looks.
constexpr std::chrono::milliseconds kFilePause{200};

class FileWatch {
 public:
  struct Hooks {
    std::function<void(const std::string& path, const vrrp::TrackResult&)> on_result;
    /// About to look at it, which may take long; "" afterwards.
    std::function<void(const std::string& path)> on_look;
  };

  FileWatch(boost::asio::io_context& loop, Hooks hooks);

  /// What is known of a file that it has already is told again.
  void configure(const std::vector<TrackedFile>& files);
  /// At each of them, and for new directories; once a second.
  void look_at_all();

 private:
  struct Watched {
    TrackedFile file;
    std::string name;  ///< in its directory
    vrrp::TrackResult result;
    bool was_empty = false;
    bool is_due = false;
  };
  struct Directory {
    int watch = -1;  ///< inotify's; -1: none
    std::vector<std::size_t> files;
  };

  void open_notifications();
  void watch_directories();
  void wait();
  void take_notifications();
  void mark_due(int watch, const std::string& name);
  void look_at_due();
  void look(Watched& watched);

  Hooks hooks_;
  boost::asio::posix::stream_descriptor notifications_;
  boost::asio::steady_timer pause_;
  std::uint32_t epoch_ = 0;  ///< of the queue: what waits for an older one does nothing
  std::vector<Watched> files_;
  std::map<std::string, Directory> directories_;
};

}  // namespace evenkeel::daemon
