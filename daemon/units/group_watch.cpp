#include "daemon/units/group_watch.h"

#include <algorithm>
#include <set>
#include <sys/inotify.h>
#include <utility>
#include <vector>

#include "daemon/os/notifications.h"
#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {
namespace {

/// The kernel tells of a change of "populated" as of a write.
constexpr std::uint32_t kEvents = IN_MODIFY | IN_DELETE_SELF;
constexpr std::uint32_t kParent =
    IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_ONLYDIR;

}  // namespace

GroupWatch::GroupWatch(boost::asio::io_context& loop, std::string root, OnChange on_change)
    : root_(std::move(root)), on_change_(std::move(on_change)), queue_(loop), pause_(loop) {}

void GroupWatch::watch(const std::string& unit, const std::string& group) {
  if (!queue_.is_open() && !open()) return;
  Watched& watched = watched_[unit];
  watched.group = group;
  arm(watched);
}

void GroupWatch::ignore(const std::string& unit) {
  const auto found = watched_.extract(unit);
  if (!found) return;
  remove_if_unused(found.mapped().events);
  remove_if_unused(found.mapped().parent);
}

bool GroupWatch::open() {
  UniqueFd queue(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!queue) return false;
  boost::system::error_code error;
  queue_.assign(queue.get(), error);
  if (error) return false;
  (void)queue.release();
  wait();
  return true;
}

/// Asked for again, a watch of the same directory or file is the same. The parent precedes the
/// file: a group that comes in between is seen.
void GroupWatch::arm(Watched& watched) {
  const int parent = watched.parent;
  const int events = watched.events;
  arm_parent(watched);
  watched.events = ::inotify_add_watch(queue_.native_handle(),
                                       (root_ + watched.group + "/cgroup.events").c_str(), kEvents);
  if (watched.parent != parent) remove_if_unused(parent);
  if (watched.events != events) remove_if_unused(events);
}

void GroupWatch::arm_parent(Watched& watched) {
  std::string path = watched.group;
  watched.parent = -1;
  while (watched.parent < 0 && !path.empty()) {
    const std::size_t slash = path.rfind('/');
    watched.next_name = path.substr(slash + 1);
    path.resize(slash);
    watched.parent = ::inotify_add_watch(queue_.native_handle(), (root_ + path).c_str(), kParent);
  }
}

void GroupWatch::remove_if_unused(int watch) {
  if (watch < 0) return;
  const bool is_used = std::any_of(watched_.begin(), watched_.end(), [&](const auto& each) {
    return each.second.events == watch || each.second.parent == watch;
  });
  if (!is_used) (void)::inotify_rm_watch(queue_.native_handle(), watch);
}

void GroupWatch::wait() {
  queue_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [this](const boost::system::error_code& error) {
                      if (error) return;
                      read();
                      pause_.expires_after(kPause);
                      pause_.async_wait([this](const boost::system::error_code& cancelled) {
                        if (!cancelled) wait();
                      });
                    });
}

/// Each notification is sorted in once, however many there are.
void GroupWatch::read() {
  std::set<std::pair<int, std::string>> told;  // a watch and a name; "" = the watched one itself
  bool is_lost = false;
  read_notifications(queue_.native_handle(), [&](int watch, std::uint32_t, std::string name) {
    is_lost = is_lost || watch < 0;
    told.emplace(watch, std::move(name));
  });
  std::vector<std::string> changed;
  for (auto& [unit, watched] : watched_) {
    const bool is_it = is_lost || told.contains({watched.events, ""}) ||
                       told.contains({watched.parent, ""}) ||
                       told.contains({watched.parent, watched.next_name});
    if (!is_it) continue;
    arm(watched);
    changed.push_back(unit);
  }
  for (const std::string& unit : changed) on_change_(unit);
}

}  // namespace evenkeel::daemon
