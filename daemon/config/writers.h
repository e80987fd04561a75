// Who besides root and ourselves may change what is read from a path.
//
// IO: looks at owners and modes. Access control lists show through the group's bits, as far as they
// let anybody but the owner write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace evenkeel::daemon {

enum class SharedAs : std::uint8_t {
  File,
  Way,     ///< a folder on the way: the sticky bit keeps others from replacing what is in it
  Source,  ///< a folder of which every file is read: a sticky bit changes nothing
};

/// "everybody may write WHAT (mode 0666)", "group 1000 may write WHAT (mode 0664)", "user 1000 owns
/// WHAT"; nothing: root and we alone may write it, or it is not there.
[[nodiscard]] std::optional<std::string> others_who_write(const std::string& path, SharedAs as,
                                                          const std::string& what);

/// Every folder on the way to the file, symbolic links and what they lead to included, the nearest
/// first.
[[nodiscard]] std::vector<std::string> folders_above(const std::string& path);

}  // namespace evenkeel::daemon
