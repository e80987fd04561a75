#include "daemon/control/socket_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace evenkeel::daemon {

namespace {

// What an entry of the group database may need: groups with thousands of members exist.
constexpr std::size_t kFirstGroupSize = std::size_t{16} * 1024;
constexpr std::size_t kLastGroupSize = std::size_t{16} * 1024 * 1024;

std::string failure(const std::string& what) {
  return what + ": " + std::generic_category().message(errno);
}

/// Removes the file of an attempt that failed: of one whose descriptor was not taken.
class Attempt {
 public:
  Attempt(UniqueFd descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  ~Attempt() {
    if (descriptor_) ::unlink(path_.c_str());
  }
  [[nodiscard]] UniqueFd take() { return std::move(descriptor_); }

 private:
  UniqueFd descriptor_;
  std::string path_;
};

}  // namespace

tl::expected<ListeningSocket, std::string> listen_at(const std::string& path,
                                                     std::optional<gid_t> group) {
  const std::string temporary = path + ".new";
  sockaddr_un address{};
  if (temporary.size() >= sizeof(address.sun_path)) {
    return tl::unexpected("listen on " + path + ": the name is too long for a Unix socket");
  }
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, temporary.data(), temporary.size());

  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return tl::unexpected(failure("make a socket for " + path));
  const int descriptor = socket.get();
  Attempt attempt(std::move(socket), temporary);
  ::unlink(temporary.c_str());  // of a start that was killed half way
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return tl::unexpected(failure("bind " + temporary));
  }

  ListeningSocket result;
  mode_t mode = 0600;
  if (group) {
    if (::chown(temporary.c_str(), static_cast<uid_t>(-1), *group) == 0) {
      mode = 0660;
    } else {
      result.warning = failure("give " + path + " to the control group") +
                       ": only root and our own user may use it";
    }
  }
  struct stat status {};
  if (::chmod(temporary.c_str(), mode) != 0) return tl::unexpected(failure("chmod " + temporary));
  if (::stat(temporary.c_str(), &status) != 0) return tl::unexpected(failure("stat " + temporary));
  if (::listen(descriptor, SOMAXCONN) != 0) return tl::unexpected(failure("listen on " + path));
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    return tl::unexpected(failure("rename " + temporary + " to " + path));
  }
  result.descriptor = attempt.take();
  result.file = {path, status.st_dev, status.st_ino};
  return result;
}

void remove(const SocketFile& file) {
  struct stat status {};
  if (::stat(file.path.c_str(), &status) != 0) return;
  if (status.st_dev == file.device && status.st_ino == file.inode) ::unlink(file.path.c_str());
}

std::optional<gid_t> find_group(const std::string& name) {
  std::vector<char> buffer(kFirstGroupSize);
  group entry{};
  group* found = nullptr;
  while (::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == ERANGE &&
         buffer.size() < kLastGroupSize) {
    buffer.resize(buffer.size() * 2);
  }
  if (found == nullptr) return std::nullopt;
  return found->gr_gid;
}

}  // namespace evenkeel::daemon
