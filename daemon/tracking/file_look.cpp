#include "daemon/tracking/file_look.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

#include "daemon/os/error_text.h"
#include "daemon/os/unique_fd.h"
#include "daemon/os/whole_file.h"
#include "daemon/tracking/number_file.h"

namespace evenkeel::daemon {

using vrrp::TrackResult;
using vrrp::TrackState;

namespace {

constexpr char kNotRegular[] = "not a regular file";

TrackResult presence(const std::string& path) {
  TrackResult result;
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    result.state = TrackState::Holds;
  } else {
    const bool is_absent = errno == ENOENT || errno == ENOTDIR;
    result.state = is_absent ? TrackState::Fails : TrackState::CannotRun;
    result.reason = is_absent ? "there is no such file" : text_of(errno);
  }
  return result;
}

/// "" with the file's first octets in `text`, or why it cannot be read.
std::string read_number_text(const std::string& path, std::string& text) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return text_of(errno);
  if (!S_ISREG(status.st_mode)) return kNotRegular;
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file || ::fstat(file.get(), &status) != 0) return text_of(errno);
  if (!S_ISREG(status.st_mode)) return kNotRegular;
  return read_start(file.get(), text, kMaxNumberFile + 1) ? "" : text_of(errno);
}

}  // namespace

FileLook look_at(const TrackedFile& file, std::int32_t last) {
  if (!file.is_number) return {.result = presence(file.path)};
  FileLook look{.result = {.state = TrackState::CannotRun, .number = last, .reason = {}}};
  std::string text;
  look.result.reason = read_number_text(file.path, text);
  if (!look.result.reason.empty()) return look;
  const auto number = parse_number_file(text);
  if (number) {
    look.result.state = TrackState::Holds;
    look.result.number = *number;
  } else {
    look.result.reason = explain(number.error(), text);
    look.is_empty = number.error() == NumberError::Empty;
  }
  return look;
}

}  // namespace evenkeel::daemon
