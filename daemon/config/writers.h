// The users besides root and ourselves who may change the files that are read from a path.
//
// IO: looks at owners and modes. An access control list that lets others write shows in the group's
// bits of the mode.
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
  Link,    ///< a symbolic link in a folder with a sticky bit: its owner may put another there
};

/// "everybody may write WHAT (mode 0666)", "group 1000 may write WHAT (mode 0664)", "user 1000 owns
/// WHAT"; nothing: root and we alone may write it, or it is not there.
[[nodiscard]] std::optional<std::string> others_who_write(const std::string& path, SharedAs as,
                                                          const std::string& what);

struct Step {
  std::string path;
  SharedAs as = SharedAs::Way;  ///< or Link

  friend bool operator==(const Step&, const Step&) = default;
};

/// Every folder on the way to the file or folder, the nearest first. The way is the kernel's: over
/// each symbolic link and its target. Of the links those in a folder with a sticky bit.
[[nodiscard]] std::vector<Step> way_to(const std::string& path);

}  // namespace evenkeel::daemon
