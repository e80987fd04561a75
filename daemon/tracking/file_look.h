// One look at a file that a track follows.
//
// A look may take as long as the file system likes, so main's thread never takes one
// (watch_thread.h). Only a regular file is opened: to open a FIFO or a device may do something.
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
