// A file under /proc.
#pragma once

#include <fcntl.h>
#include <string>

#include "daemon/os/unique_fd.h"
#include "daemon/os/whole_file.h"

namespace evenkeel::daemon {

/// All of it; "" where it cannot be read.
[[nodiscard]] inline std::string read_proc(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string contents;
  if (file) (void)read_all(file.get(), contents, contents.max_size());
  return contents;
}

}  // namespace evenkeel::daemon
