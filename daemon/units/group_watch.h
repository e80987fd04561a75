// Watches control groups of units: tells when one comes or goes, gets its first process or loses
// its last. What that means for the unit, systemd says: it is a reason to ask.
//
// On main's loop. The control groups are the kernel's own file system in memory: nothing waits
// here. No file in it is read.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace evenkeel::daemon {

/// The mount of control groups (version 2).
constexpr const char* kControlGroups = "/sys/fs/cgroup";

class GroupWatch {
 public:
  using OnChange = std::function<void(const std::string& unit)>;
  /// After notifications further ones wait so long: what other units of a slice do costs little.
  static constexpr std::chrono::milliseconds kPause{20};

  /// `on_change` is called from the loop.
  GroupWatch(boost::asio::io_context& loop, std::string root, OnChange on_change);

  /// `group`: its path below the root. May be called again and again: what has come meanwhile is
  /// watched from then on. Without inotify, and without a mount, nothing is told.
  void watch(const std::string& unit, const std::string& group);
  void ignore(const std::string& unit);

 private:
  struct Watched {
    std::string group;
    int events = -1;        ///< inotify's watch of its cgroup.events; -1: none
    int parent = -1;        ///< of the lowest directory above it that is there
    std::string next_name;  ///< the one in that directory which leads to it
  };

  [[nodiscard]] bool open();
  void arm(Watched& watched);
  void arm_parent(Watched& watched);
  void remove_if_unused(int watch);
  void wait();
  void read();

  std::string root_;
  OnChange on_change_;
  boost::asio::posix::stream_descriptor queue_;
  boost::asio::steady_timer pause_;
  std::map<std::string, Watched> watched_;
};

}  // namespace evenkeel::daemon
