// A listening Unix socket with the right owner and mode before anybody can connect to it.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <tl/expected.hpp>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

/// What was made: its name and its identity, so that a successor's socket is never removed.
struct SocketFile {
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
};

struct ListeningSocket {
  UniqueFd descriptor;  ///< non-blocking, close-on-exec
  SocketFile file;
  std::string warning;  ///< the group could not be given; then only our own user may connect
};

/// Bound under another name beside `path`, given its group and mode (0660; without a group 0600),
/// then renamed over whatever was there. The error says what failed, on what.
[[nodiscard]] tl::expected<ListeningSocket, std::string> listen_at(const std::string& path,
                                                                   std::optional<gid_t> group);

/// Removes the file if it is still the one that we made.
void remove(const SocketFile& file);

/// The id of a group by name; nothing when there is none.
[[nodiscard]] std::optional<gid_t> find_group(const std::string& name);

}  // namespace evenkeel::daemon
