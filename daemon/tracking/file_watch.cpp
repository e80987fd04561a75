#include "daemon/tracking/file_watch.h"

#include <algorithm>
#include <sys/inotify.h>
#include <utility>

#include "daemon/os/notifications.h"
#include "daemon/os/unique_fd.h"
#include "daemon/tracking/file_look.h"

namespace evenkeel::daemon {
namespace {

constexpr std::uint32_t kChanges = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |
                                   IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

FileWatch::FileWatch(boost::asio::io_context& loop, Hooks hooks)
    : hooks_(std::move(hooks)), notifications_(loop), pause_(loop) {}

void FileWatch::configure(const std::vector<TrackedFile>& files) {
  std::vector<Watched> before = std::exchange(files_, {});
  directories_.clear();
  for (const TrackedFile& file : files) {
    const auto known = std::find_if(before.begin(), before.end(),
                                    [&](const Watched& each) { return each.file == file; });
    const std::string name = file.path.substr(file.path.rfind('/') + 1);
    directories_[directory_of(file.path)].files.push_back(files_.size());
    files_.push_back(known != before.end() ? std::move(*known)
                                           : Watched{.file = file, .name = name, .result = {}});
    const bool is_known = files_.back().result.state != vrrp::TrackState::Unknown;
    if (is_known) hooks_.on_result(file.path, files_.back().result);
  }
  open_notifications();
  look_at_all();
}

/// A new queue: what the old one has is of no interest, for every file is looked at now.
void FileWatch::open_notifications() {
  ++epoch_;
  boost::system::error_code ignored;
  pause_.cancel();
  notifications_.close(ignored);
  if (files_.empty()) return;
  UniqueFd queue(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!queue) return;  // the limit of queues is reached: a look each second is what is left
  boost::system::error_code error;
  notifications_.assign(queue.get(), error);
  if (error) return;
  (void)queue.release();
  wait();
}

/// Asked for again, a watch of the same directory is the same: a directory that was replaced shows.
void FileWatch::watch_directories() {
  if (!notifications_.is_open()) return;
  const int queue = notifications_.native_handle();
  for (auto& [path, directory] : directories_) {
    hooks_.on_look(path);
    const int watch = ::inotify_add_watch(queue, path.c_str(), kChanges | IN_ONLYDIR);
    const int before = std::exchange(directory.watch, watch);
    if (before < 0 || before == watch) continue;
    const bool is_used = std::any_of(directories_.begin(), directories_.end(),
                                     [&](auto& each) { return each.second.watch == before; });
    if (!is_used) (void)::inotify_rm_watch(queue, before);
  }
  hooks_.on_look("");
}

void FileWatch::wait() {
  notifications_.async_wait(
      boost::asio::posix::stream_descriptor::wait_read,
      [this, epoch = epoch_](const boost::system::error_code& error) {
        if (error || epoch != epoch_) return;
        take_notifications();
        look_at_due();
        pause_.expires_after(kFilePause);
        pause_.async_wait([this, epoch](const boost::system::error_code& cancelled) {
          if (!cancelled && epoch == epoch_) wait();
        });
      });
}

void FileWatch::take_notifications() {
  read_notifications(
      notifications_.native_handle(),
      [this](int watch, std::uint32_t, const std::string& name) { mark_due(watch, name); });
}

/// `watch` -1: of any directory (events were lost); no name: of the directory itself.
void FileWatch::mark_due(int watch, const std::string& name) {
  for (auto& [path, directory] : directories_) {
    if (watch >= 0 && directory.watch != watch) continue;
    for (const std::size_t at : directory.files) {
      Watched& file = files_[at];
      if (name.empty() || file.name == name) file.is_due = true;
    }
  }
}

void FileWatch::look_at_due() {
  for (Watched& file : files_) {
    if (file.is_due) look(file);
  }
}

void FileWatch::look_at_all() {
  watch_directories();
  for (Watched& file : files_) look(file);
}

/// A file that is being written is empty for a moment: that is told when it is so still at the next
/// look.
void FileWatch::look(Watched& watched) {
  hooks_.on_look(watched.file.path);
  const FileLook seen = look_at(watched.file, watched.result.number);
  hooks_.on_look("");
  watched.is_due = false;
  if (seen.is_empty && !std::exchange(watched.was_empty, true)) return;
  watched.was_empty = seen.is_empty;
  if (seen.result == watched.result) return;
  watched.result = seen.result;
  hooks_.on_result(watched.file.path, watched.result);
}

}  // namespace evenkeel::daemon
