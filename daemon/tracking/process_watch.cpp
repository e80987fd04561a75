#include "daemon/tracking/process_watch.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include "daemon/os/error_text.h"
#include "daemon/os/user.h"
#include "daemon/tracking/process_look.h"

namespace evenkeel::daemon {

using vrrp::TrackState;
using Clock = std::chrono::steady_clock;

namespace {

/// Entries of /proc in one turn of the loop: the end of another process is told in between.
constexpr int kEntries = 64;
/// Of the processes that match one track: others are found when these have ended.
constexpr std::size_t kMostHeld = 16;
/// A search takes at most this part of the time, however many processes there are.
constexpr int kRestPerSearch = 10;

UniqueFd open_pid(const char* pid) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, std::atoi(pid), 0U)));
}

}  // namespace

struct ProcessWatch::Held {
  std::string pid;
  std::unique_ptr<boost::asio::posix::stream_descriptor> end;  ///< none: it is looked at
};

struct ProcessWatch::Followed {
  TrackedProcess process;
  std::uint64_t serial = 0;
  std::optional<uid_t> uid;
  std::vector<Held> held;
  bool is_sought = false;  ///< by the search that goes on
  vrrp::TrackResult result;
};

ProcessWatch::ProcessWatch(boost::asio::io_context& loop, OnResult on_result)
    : loop_(loop), on_result_(std::move(on_result)), pause_(loop) {}
ProcessWatch::~ProcessWatch() = default;

void ProcessWatch::configure(const std::vector<TrackedProcess>& processes) {
  auto before = std::exchange(followed_, {});
  for (const TrackedProcess& process : processes) {
    const auto known = std::find_if(before.begin(), before.end(), [&](const auto& each) {
      return each && each->process == process;
    });
    if (known != before.end()) {
      followed_.push_back(std::move(*known));
      const Followed& each = *followed_.back();
      if (each.result.state != TrackState::Unknown) on_result_(process.track, each.result);
      continue;
    }
    followed_.push_back(std::make_unique<Followed>());
    followed_.back()->process = process;
    followed_.back()->serial = next_serial_++;
  }
  look();
  if (search_) is_wanted_again_ = true;
}

void ProcessWatch::look() {
  if (followed_.empty()) return;
  open_proc();
  for (const auto& followed : followed_) {
    std::erase_if(followed->held, [&](const Held& held) {
      ProcessLook look(proc_.get(), held.pid);
      return !look.matches(followed->process, followed->uid) && look.fault() == 0;
    });
  }
  if (!search_) search();
}

void ProcessWatch::open_proc() {
  if (proc_) return;
  proc_.reset(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  proc_error_ = proc_ ? 0 : errno;
}

bool ProcessWatch::is_looking_for_any() {
  return std::any_of(followed_.begin(), followed_.end(),
                     [](const auto& each) { return each->held.empty(); });
}

/// Now, or as soon as one may be again.
void ProcessWatch::search() {
  if (search_) {
    is_wanted_again_ = true;
    return;
  }
  if (!is_looking_for_any()) return;
  if (pause_.expiry() <= Clock::now()) return begin_search();
  pause_.async_wait([this](const boost::system::error_code& error) {
    if (!error && !search_) search();
  });
}

void ProcessWatch::begin_search() {
  begun_ = Clock::now();
  is_wanted_again_ = false;
  fault_ = 0;
  std::string why_not = why_blind(proc_.get(), proc_error_);
  if (why_not.empty()) {
    search_.reset(::opendir("/proc"));
    if (!search_) why_not = "/proc: " + text_of(errno);
  }
  for (const auto& followed : followed_) {
    followed->is_sought = followed->held.empty();
    if (!followed->is_sought) continue;
    const std::string why = why_not.empty() ? find_user(*followed) : why_not;
    if (why.empty()) continue;
    followed->is_sought = false;
    tell(*followed, TrackState::CannotRun, why);
  }
  if (search_) search_some();
}

/// "", or why it is not known.
std::string ProcessWatch::find_user(Followed& followed) {
  const std::string& user = followed.process.user;
  if (user.empty()) return "";
  const auto uid = uid_named(user);
  followed.uid = uid ? std::optional(*uid) : std::nullopt;
  return uid ? "" : user_problem(user, uid.error());
}

void ProcessWatch::search_some() {
  for (int entries = 0; entries < kEntries; ++entries) {
    errno = 0;
    const dirent* const entry = ::readdir(search_.get());
    if (entry == nullptr && errno != 0) fault_ = errno;
    if (entry == nullptr) return end_search();
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') consider(entry->d_name);
  }
  boost::asio::post(loop_, [this] { search_some(); });
}

void ProcessWatch::consider(const char* pid) {
  ProcessLook look(proc_.get(), pid);
  for (const auto& followed : followed_) {
    if (!followed->is_sought || followed->held.size() >= kMostHeld) continue;
    if (look.has_name(followed->process)) hold(*followed, pid);
  }
  if (look.fault() != 0) fault_ = look.fault();
}

/// Its descriptor first: what is then seen under its number is this process, as long as it lives.
void ProcessWatch::hold(Followed& followed, const char* pid) {
  UniqueFd descriptor = open_pid(pid);
  ProcessLook look(proc_.get(), pid);
  if (!look.matches(followed.process, followed.uid)) {
    if (look.fault() != 0) fault_ = look.fault();
    return;
  }
  Held& held = followed.held.emplace_back(Held{.pid = pid, .end = nullptr});
  if (!descriptor) return;
  auto end = std::make_unique<boost::asio::posix::stream_descriptor>(loop_);
  boost::system::error_code error;
  end->assign(descriptor.get(), error);
  if (error) return;
  (void)descriptor.release();
  held.end = std::move(end);
  held.end->async_wait(
      boost::asio::posix::stream_descriptor::wait_read,
      [this, serial = followed.serial, pid = held.pid](const boost::system::error_code& cancelled) {
        if (!cancelled) has_ended(serial, pid);
      });
}

void ProcessWatch::end_search() {
  const auto now = Clock::now();
  search_.reset();
  pause_.expires_at(now + kRestPerSearch * (now - begun_));
  for (const auto& followed : followed_) {
    if (!std::exchange(followed->is_sought, false)) continue;
    if (!followed->held.empty()) {
      tell(*followed, TrackState::Holds, "");
    } else if (fault_ != 0) {
      tell(*followed, TrackState::CannotRun, "/proc: " + text_of(fault_));
    } else {
      tell(*followed, TrackState::Fails, "it does not run");
    }
  }
  if (is_wanted_again_) search();
}

void ProcessWatch::has_ended(std::uint64_t serial, const std::string& pid) {
  const auto found = std::find_if(followed_.begin(), followed_.end(),
                                  [&](const auto& each) { return each->serial == serial; });
  if (found == followed_.end()) return;
  std::erase_if((*found)->held, [&](const Held& held) { return held.pid == pid; });
  if (!(*found)->held.empty()) return;
  (*found)->is_sought = false;  // its successor may stand where the search has passed
  search();
}

void ProcessWatch::tell(Followed& followed, TrackState state, std::string reason) {
  const vrrp::TrackResult now{
      .state = state, .is_stale = false, .number = 0, .reason = std::move(reason)};
  if (now == followed.result) return;
  followed.result = now;
  on_result_(followed.process.track, now);
}

}  // namespace evenkeel::daemon
