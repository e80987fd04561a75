#include "daemon/process/runtime_directory.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace evenkeel::daemon {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLookAgain = std::chrono::milliseconds(20);
/// A holder that has locked, but not written its number yet, has this long.
constexpr auto kWritingTakes = std::chrono::milliseconds(500);
constexpr std::string_view kLeaving = " leaving";
constexpr std::size_t kMaxRecord = 16777216;

std::error_code last_error() {
  return {errno, std::generic_category()};
}

std::string failure(std::string_view what, const std::string& path) {
  return fmt::format("{} {}: {}", what, path, last_error().message());
}

bool write_all(int file, std::string_view contents) {
  while (!contents.empty()) {
    const ssize_t count = ::write(file, contents.data(), contents.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    contents.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// The holder's own words about itself, in one write: "123\n" or "123 leaving\n".
void declare(int lock, std::string_view state) {
  const std::string line = fmt::format("{}{}\n", ::getpid(), state);
  if (::ftruncate(lock, 0) != 0) return;
  [[maybe_unused]] const ssize_t written = ::pwrite(lock, line.data(), line.size(), 0);
}

struct Holder {
  std::string pid;  ///< "" = not written yet
  bool is_leaving = false;
};

Holder holder_of(int lock) {
  std::array<char, 64> buffer{};
  const ssize_t count = ::pread(lock, buffer.data(), buffer.size(), 0);
  const std::string_view text(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  const std::string_view line = text.substr(0, text.find('\n'));
  const std::size_t digits = line.find_first_not_of("0123456789");
  return {.pid = std::string(line.substr(0, digits)),
          .is_leaving = digits != std::string_view::npos && line.substr(digits) == kLeaving};
}

}  // namespace

tl::expected<RuntimeDirectory, NotAcquired> RuntimeDirectory::acquire(
    std::string path, std::chrono::milliseconds patience) {
  if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
    return tl::unexpected(NotAcquired{failure("create", path)});
  }
  const std::string lock_path = path + "/lock";
  Descriptor lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock) return tl::unexpected(NotAcquired{failure("open", lock_path)});

  const auto start = Clock::now();
  while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return tl::unexpected(NotAcquired{failure("lock", lock_path)});
    // What we read may be the words of the one before: it is true only for as long as we look.
    const Holder holder = holder_of(lock.get());
    const auto waited = Clock::now() - start;
    if (waited >= patience || (!holder.is_leaving && waited >= kWritingTakes)) {
      return tl::unexpected(
          NotAcquired{.what = fmt::format("evenkeeld is {} already, pid {} ({})",
                                          holder.is_leaving ? "leaving" : "running",
                                          holder.pid.empty() ? "unknown" : holder.pid, lock_path),
                      .is_held = true});
    }
    std::this_thread::sleep_for(kLookAgain);
  }
  declare(lock.get(), "");
  return RuntimeDirectory(std::move(path), std::move(lock));
}

void RuntimeDirectory::mark_leaving() {
  declare(lock_.get(), kLeaving);
}

void mark_leaving(int lock) {
  declare(lock, kLeaving);
}

tl::expected<Descriptor, std::error_code> RuntimeDirectory::open_page(std::string_view name,
                                                                      std::size_t size) const {
  const std::string path = fmt::format("{}/{}", path_, name);
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file || ::ftruncate(file.get(), static_cast<off_t>(size)) != 0) {
    return tl::unexpected(last_error());
  }
  // All of it, now: a page that is missing when it is written is a signal, not an error.
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
  const Descriptor file(
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
  const Descriptor file(::open(source.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return tl::unexpected(last_error());
  std::string contents;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return tl::unexpected(last_error());
    if (count == 0) return contents;
    contents.append(buffer.data(), static_cast<std::size_t>(count));
    if (contents.size() > kMaxRecord)
      return tl::unexpected(std::make_error_code(std::errc::file_too_large));
  }
}

}  // namespace evenkeel::daemon
