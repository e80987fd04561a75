#include "daemon/process/runtime_lock.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

#include "daemon/os/proc_file.h"
#include "daemon/process/find_process.h"
#include "daemon/process/lock_holder.h"
#include "daemon/process/sandbox.h"

namespace evenkeel::daemon {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr auto kRetryPause = milliseconds(20);
/// How long a holder may take from its lock to its declaration.
constexpr auto kDeclareLimit = milliseconds(500);

NotAcquired failure(std::string_view what, const std::string& path) {
  return {fmt::format("{} {}: {}", what, path, std::generic_category().message(errno))};
}

/// Writes the number of this process and its state into the file, in one write (lock_holder.h).
void declare(int lock, std::string_view state) {
  const std::string line = fmt::format("{}{}\n", ::getpid(), state);
  if (::ftruncate(lock, 0) != 0) return;
  [[maybe_unused]] const ssize_t written = ::pwrite(lock, line.data(), line.size(), 0);
}

UniqueFd open_lock(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
}

/// No other user can open the file, and none ever could: nobody tightens its mode later.
bool is_ours_alone(int file) {
  struct stat status {};
  return ::fstat(file, &status) == 0 && status.st_uid == ::geteuid() &&
         (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

/// False: another file has got the name meanwhile.
bool has_name(int file, const std::string& path) {
  struct stat named {};
  struct stat opened {};
  return ::lstat(path.c_str(), &named) == 0 && ::fstat(file, &opened) == 0 &&
         named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

std::vector<uid_t> our_users() {
  return {0, ::geteuid(), uid_of(kVrrpUser)};
}

LockHolder holder_of(int lock) {
  struct stat status {};
  (void)::fstat(lock, &status);
  std::array<char, 64> buffer{};
  const ssize_t count = ::pread(lock, buffer.data(), buffer.size(), 0);
  const std::string_view text(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  const auto lockers = parse_lockers(read_proc("/proc/locks"), status.st_dev, status.st_ino);
  const auto users = our_users();
  return judge_holder({.declared = parse_lock_declaration(text),
                       .lockers = lockers,
                       .our_users = users,
                       .find = find_process});
}

class LockAttempt {
 public:
  LockAttempt(const std::string& directory, milliseconds patience)
      : path_(directory + "/lock"), next_path_(directory + "/.lock.next"), patience_(patience) {}

  tl::expected<RuntimeLock, NotAcquired> take() {
    for (;;) {
      UniqueFd file = open_lock(path_);
      if (!file) return tl::unexpected(failure("open", path_));
      auto taken = is_ours_alone(file.get()) ? lock(std::move(file)) : replace();
      if (taken && !taken->file) {
        std::this_thread::sleep_for(kRetryPause);
        continue;
      }
      if (taken) declare(taken->file.get(), "");
      return taken;
    }
  }

 private:
  using Result = tl::expected<RuntimeLock, NotAcquired>;

  static Result retry() { return RuntimeLock{}; }

  Result lock(UniqueFd file) {
    if (const auto error = try_lock(file.get(), path_)) return tl::unexpected(*error);
    if (!is_locked_) {
      // The declaration may still be that of the holder before: it is believed while we wait only.
      const LockHolder holder = holder_of(file.get());
      if (waits_for(holder)) return retry();
      // The holder may have let go while we read about it.
      if (const auto error = try_lock(file.get(), path_)) return tl::unexpected(*error);
      if (!is_locked_) {
        return tl::unexpected(
            NotAcquired{.what = describe(holder, path_), .is_held = holder.is_evenkeel});
      }
    }
    if (!has_name(file.get(), path_)) return retry();
    return RuntimeLock{.file = std::move(file), .warning = ""};
  }

  /// Only the process that has the lock of the next file may give that file the name.
  Result replace() {
    UniqueFd next = open_lock(next_path_);
    if (!next) return tl::unexpected(failure("open", next_path_));
    if (!is_ours_alone(next.get())) {
      return tl::unexpected(NotAcquired{next_path_ + " is not ours alone: remove it"});
    }
    if (const auto error = try_lock(next.get(), next_path_)) return tl::unexpected(*error);
    if (!is_locked_ && Clock::now() - start_ >= patience_) {
      return tl::unexpected(NotAcquired{describe(holder_of(next.get()), next_path_)});
    }
    if (!is_locked_ || !has_name(next.get(), next_path_)) return retry();

    const UniqueFd old = open_lock(path_);
    if (!old) return tl::unexpected(failure("open", path_));
    if (is_ours_alone(old.get())) return retry();
    std::string warning;
    if (const auto error = try_lock(old.get(), path_)) return tl::unexpected(*error);
    if (!is_locked_) {
      const LockHolder holder = holder_of(old.get());
      if (waits_for(holder)) return retry();
      if (holder.is_evenkeel) {
        return tl::unexpected(NotAcquired{.what = describe(holder, path_), .is_held = true});
      }
      warning =
          describe(holder, path_) + ": everybody could open that file; another is in its place";
    }
    if (::rename(next_path_.c_str(), path_.c_str()) != 0) {
      return tl::unexpected(failure("replace", path_));
    }
    return RuntimeLock{.file = std::move(next), .warning = std::move(warning)};
  }

  /// Sets is_locked_, or says what is wrong with the file.
  std::optional<NotAcquired> try_lock(int file, const std::string& path) {
    int result = 0;
    do {
      result = ::flock(file, LOCK_EX | LOCK_NB);
    } while (result != 0 && errno == EINTR);
    is_locked_ = result == 0;
    if (is_locked_ || errno == EWOULDBLOCK) return std::nullopt;
    return failure("lock", path);
  }

  [[nodiscard]] bool waits_for(const LockHolder& holder) const {
    const auto waited = Clock::now() - start_;
    return waited < patience_ && (holder.is_leaving || waited < kDeclareLimit);
  }

  std::string path_;
  std::string next_path_;
  milliseconds patience_;
  Clock::time_point start_ = Clock::now();
  bool is_locked_ = false;
};

}  // namespace

tl::expected<RuntimeLock, NotAcquired> take_runtime_lock(const std::string& directory,
                                                         milliseconds patience) {
  return LockAttempt(directory, patience).take();
}

void mark_leaving(int lock) {
  declare(lock, " leaving");
}

}  // namespace evenkeel::daemon
