// Watches the processes that tracks follow. A process that is found in /proc is held by a pidfd,
// which tells of its end at once. All of /proc is read only while one is looked for: once a second,
// and when the last that was held has ended, so that its successor is found before its end is told.
//
// On a loop of its own thread (watch_thread.h).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <dirent.h>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config/tracked.h"
#include "daemon/os/unique_fd.h"
#include "vrrp/track.h"

namespace evenkeel::daemon {

class ProcessWatch {
 public:
  using OnResult = std::function<void(const std::string& track, const vrrp::TrackResult&)>;

  ProcessWatch(boost::asio::io_context& loop, OnResult on_result);
  ~ProcessWatch();
  ProcessWatch(const ProcessWatch&) = delete;
  ProcessWatch& operator=(const ProcessWatch&) = delete;

  /// What is known of a process that it has already is told again.
  void configure(const std::vector<TrackedProcess>& processes);
  /// Whether those that are held are still what is followed, and where nothing is held, a search;
  /// once a second.
  void look();

 private:
  struct Held;
  struct Followed;
  struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
  };

  void open_proc();
  void search();
  void begin_search();
  void search_some();
  void end_search();
  [[nodiscard]] static std::string find_user(Followed& followed);
  void consider(const char* pid);
  void hold(Followed& followed, const char* pid);
  void has_ended(std::uint64_t serial, const std::string& pid);
  void tell(Followed& followed, vrrp::TrackState state, std::string reason);
  [[nodiscard]] bool is_looking_for_any();

  boost::asio::io_context& loop_;
  OnResult on_result_;
  UniqueFd proc_;
  int proc_error_ = 0;  ///< why it is not open
  std::vector<std::unique_ptr<Followed>> followed_;
  std::uint64_t next_serial_ = 0;

  std::unique_ptr<DIR, CloseDirectory> search_;  ///< where it stands
  int fault_ = 0;  ///< of the search: an errno that has kept it from looking at a process
  std::chrono::steady_clock::time_point begun_;
  boost::asio::steady_timer pause_;  ///< between two searches
  bool is_wanted_again_ = false;
};

}  // namespace evenkeel::daemon
