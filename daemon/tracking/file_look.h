// One look at a file that a track follows.
//
// It may take as long as the file system likes, so it is never done in main's thread
// (watch_thread.h). Nothing but a regular file is opened: to open a FIFO or a device may do
// something.
#pragma once

#include "daemon/config/tracked.h"
#include "vrrp/track.h"

namespace evenkeel::daemon {

struct FileLook {
  vrrp::TrackResult result;
  bool is_empty = false;  ///< it has no number yet: whoever writes it may not be done
};

/// `last`: the number that it had before; it stands where there is none now.
[[nodiscard]] FileLook look_at(const TrackedFile& file, std::int32_t last);

}  // namespace evenkeel::daemon
