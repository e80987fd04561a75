#include "daemon/process/runtime_directory.h"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/os/whole_file.h"

namespace evenkeel::daemon {
namespace {

constexpr std::size_t kMaxRecord = 16777216;

std::error_code last_error() {
  return {errno, std::generic_category()};
}

/// A warning where other users may write to the directory; "": they may not.
std::string warning_about(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "";
  const bool is_owner_ours = status.st_uid == 0 || status.st_uid == ::geteuid();
  if (is_owner_ours && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0) return "";
  return fmt::format(
      "{} may be written by others (user {}, mode {:o}): they can take the lock and the sockets "
      "away",
      path, status.st_uid, status.st_mode & 07777U);
}

}  // namespace

tl::expected<RuntimeDirectory, NotAcquired> RuntimeDirectory::acquire(
    std::string path, std::chrono::milliseconds patience) {
  if (::mkdir(path.c_str(), 0755) == 0) {
    (void)::chmod(path.c_str(), 0755);  // whatever the umask: the control group is to pass
  } else if (errno != EEXIST) {
    return tl::unexpected(NotAcquired{fmt::format("create {}: {}", path, last_error().message())});
  }
  auto lock = take_runtime_lock(path, patience);
  if (!lock) return tl::unexpected(std::move(lock.error()));
  std::vector<std::string> warnings;
  for (std::string warning : {std::move(lock->warning), warning_about(path)}) {
    if (!warning.empty()) warnings.push_back(std::move(warning));
  }
  return RuntimeDirectory(std::move(path), std::move(lock->file), std::move(warnings));
}

tl::expected<UniqueFd, std::error_code> RuntimeDirectory::open_page(std::string_view name,
                                                                    std::size_t size) const {
  const std::string path = fmt::format("{}/{}", path_, name);
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file || ::ftruncate(file.get(), static_cast<off_t>(size)) != 0) {
    return tl::unexpected(last_error());
  }
  // Allocated now: a write to a mapped page for which there is no memory raises a signal.
  if (const int error = ::posix_fallocate(file.get(), 0, static_cast<off_t>(size))) {
    return tl::unexpected(std::error_code(error, std::generic_category()));
  }
  return file;
}

std::error_code RuntimeDirectory::write_record(std::string_view name, std::string_view contents,
                                               mode_t mode) const {
  const std::string target = fmt::format("{}/{}", path_, name);
  const std::string beside = fmt::format("{}/.{}.new", path_, name);
  ::unlink(beside.c_str());  // one that a killed writer left may have another mode
  const UniqueFd file(
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file) return last_error();
  if (!write_all(file.get(), contents) || ::rename(beside.c_str(), target.c_str()) != 0) {
    const std::error_code cause = last_error();
    ::unlink(beside.c_str());
    return cause;
  }
  return {};
}

tl::expected<std::string, std::error_code> RuntimeDirectory::read_record(
    std::string_view name) const {
  const std::string source = fmt::format("{}/{}", path_, name);
  const UniqueFd file(::open(source.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return tl::unexpected(last_error());
  std::string contents;
  if (!read_all(file.get(), contents, kMaxRecord)) return tl::unexpected(last_error());
  return contents;
}

}  // namespace evenkeel::daemon
