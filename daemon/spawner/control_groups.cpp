#include "daemon/spawner/control_groups.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/magic.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <system_error>
#include <unistd.h>

#include "daemon/os/proc_file.h"

namespace evenkeel::daemon {
namespace {

constexpr char kMount[] = "/sys/fs/cgroup";
/// Groups of programs that run, and as many again whose last processes are dying.
constexpr std::size_t kMaxGroupsInUse = 128;

std::string failed(const std::string& what, const std::string& path) {
  return "cannot " + what + " " + path + ": " +
         std::error_code(errno, std::generic_category()).message();
}

UniqueFd open_file(const std::string& path, int flags) {
  return UniqueFd(::open(path.c_str(), flags | O_CLOEXEC));
}

bool write_to(const std::string& path, std::string_view text) {
  const UniqueFd file = open_file(path, O_WRONLY);
  return file && ::write(file.get(), text.data(), text.size()) >= 0;
}

bool make_directory(const std::string& path) {
  return ::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST;
}

bool own(const std::string& path, uid_t owner) {
  return ::chown(path.c_str(), owner, static_cast<gid_t>(-1)) == 0;
}

/// Our control group's directory; "" = it is not in the unified hierarchy at its usual place.
std::string our_directory() {
  struct statfs system {};
  if (::statfs(kMount, &system) != 0 || system.f_type != CGROUP2_SUPER_MAGIC) return "";
  // A line for each hierarchy: others may be mounted elsewhere (net_cls, by a VPN's client).
  const std::string text = "\n" + read_proc("/proc/self/cgroup");
  constexpr std::string_view kUnified = "\n0::";
  const std::size_t at = text.find(kUnified);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + kUnified.size();
  return kMount + text.substr(begin, text.find('\n', begin) - begin);
}

/// systemd sets it where it has delegated the control group (systemd.resource-control(5)).
bool is_delegated(const std::string& directory) {
  for (const char* const name : {"user.delegate", "trusted.delegate"}) {
    char value = 0;
    if (::getxattr(directory.c_str(), name, &value, 1) == 1 && value == '1') return true;
  }
  return false;
}

}  // namespace

tl::expected<std::optional<ControlGroups>, std::string> ControlGroups::set_up(uid_t owner) {
  const std::string directory = our_directory();
  if (directory.empty()) return std::nullopt;
  if (!is_delegated(directory)) return std::nullopt;
  auto groups = set_up_below(directory, owner);
  if (!groups) return tl::unexpected(groups.error());
  return std::optional(std::move(*groups));
}

tl::expected<ControlGroups, std::string> ControlGroups::set_up_below(const std::string& directory,
                                                                     uid_t owner) {
  const std::string top = directory + "/spawner";
  const std::string self = top + "/self";
  const std::string entrance = self + "/cgroup.procs";
  // Ours at first: we are root without CAP_DAC_OVERRIDE, and an earlier spawner has made them its
  // user's.
  const uid_t us = ::geteuid();
  if (!make_directory(top) || !own(top, us)) return tl::unexpected(failed("make", top));
  if (!make_directory(self) || !own(self, us) || !own(entrance, us)) {
    return tl::unexpected(failed("make", self));
  }
  if (::access((top + "/cgroup.kill").c_str(), F_OK) != 0) {
    return tl::unexpected(failed("kill by", top));
  }
  if (!write_to(entrance, "0")) return tl::unexpected(failed("move to", self));
  // Whoever moves a process must be able to write to the lowest group that has both places.
  for (const std::string& each : {entrance, self, top + "/cgroup.procs", top}) {
    if (!own(each, owner)) return tl::unexpected(failed("own", each));
  }
  return ControlGroups(top);
}

void ControlGroups::kill_all() const {
  for (std::size_t number = 0; number < kMaxGroupsInUse; ++number) {
    (void)write_to(directory_ + "/run-" + std::to_string(number) + "/cgroup.kill", "1");
  }
}

std::optional<std::size_t> ControlGroups::take() {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (groups_[i].is_taken) continue;
    std::array<char, 64> text{};
    const ssize_t size = ::pread(groups_[i].events.get(), text.data(), text.size(), 0);
    const std::string_view events(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    if (events.find("populated 0") == std::string_view::npos) continue;
    groups_[i].is_taken = true;
    return i;
  }
  if (groups_.size() >= kMaxGroupsInUse) return std::nullopt;
  auto group = make(groups_.size());
  if (!group) return std::nullopt;
  groups_.push_back(std::move(*group));
  return groups_.size() - 1;
}

std::optional<ControlGroups::Group> ControlGroups::make(std::size_t number) const {
  const std::string path = directory_ + "/run-" + std::to_string(number);
  if (!make_directory(path)) return std::nullopt;
  Group group{.entrance = open_file(path + "/cgroup.procs", O_WRONLY),
              .kill = open_file(path + "/cgroup.kill", O_WRONLY),
              .events = open_file(path + "/cgroup.events", O_RDONLY),
              .is_taken = true};
  if (!group.entrance || !group.kill || !group.events) return std::nullopt;
  return group;
}

int ControlGroups::entrance_of(std::size_t group) const {
  return groups_[group].entrance.get();
}

void ControlGroups::kill(std::size_t group) const {
  (void)!::pwrite(groups_[group].kill.get(), "1", 1, 0);
}

}  // namespace evenkeel::daemon
