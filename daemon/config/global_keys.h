// The keys of the file itself, [global], [ipvs] and [ipvs.timeouts] (keys.h). Those of
// [ipvs.sysctl] are in sysctl.h.
//
// Pure.
#pragma once

#include "daemon/config/hook_keys.h"
#include "daemon/config/keys.h"

namespace evenkeel::daemon {

template <>
struct Keys<Config> {
  using T = Config;
  static constexpr std::string_view path = "", title = "the file";
  static constexpr auto rows = std::tuple(
      by_hand("include", Paths{}, "globs of further files, relative to this one"),
      key<&T::global>("global", TableAt{"global"}, ""), key<&T::ipvs>("ipvs", TableAt{"ipvs"}, ""),
      key<&T::vrrp>("vrrp", TableAt{"vrrp"}, ""),
      by_hand("check", NamedTablesAt{"check"}, "named checks"),
      by_hand("script", TablesAt{"script"}, "programs whose exit status is followed"),
      key<&T::services>("virtual_service", TablesAt{"virtual_service"}, ""));
  static constexpr auto not_keys = std::tuple(not_key<&T::digest>, not_key<&T::instance_hooks>,
                                              not_key<&T::group_hooks>, not_key<&T::tracked>);
  static constexpr std::array<std::string_view, 1> later = {"view"};
};

template <>
struct Keys<GlobalConfig> {
  using T = GlobalConfig;
  static constexpr std::string_view path = "global", title = "[global]";
  static constexpr auto rows = std::tuple(
      key<&T::node_name>("node_name", OfNoNode<Name>{},
                         "who this node is, for tables keyed by node name; default: the host name"),
      key<&vrrp::Config::address_lease>("address_lease",
                                        "virtual addresses have a lifetime in the kernel, which is "
                                        "renewed while the daemon lives"),
      key<&T::log_level>("log_level", "what is logged"),
      key<&T::log_format>("log_format", "how it is logged"),
      key<&T::control_group>("control_group", Name{}, "the group that may use the control socket"),
      key<&T::status_group>("status_group", Name{},
                            "the group that may use the status socket, which only reads"),
      key<&T::hook_user>("hook_user", Name{}, "the user that hooks run as"),
      key<&T::hook_timeout>("hook_timeout", kHookTimeout, "how long one may run, {min} .. {max}"));
  static constexpr auto not_keys =
      std::tuple(not_key<&vrrp::Config::instances>, not_key<&vrrp::Config::sync_groups>,
                 not_key<&vrrp::Config::gateways>);
};

template <>
struct Keys<IpvsConfig> {
  using T = IpvsConfig;
  static constexpr std::string_view path = "ipvs", title = "[ipvs]";
  static constexpr auto rows = std::tuple(
      key<&T::exclusive>("exclusive", "remove virtual services that are not ours"),
      key<&T::on_stop>("on_stop", "what happens to our services when the daemon stops"),
      key<&T::max_removals>("max_removals", Percentage{},
                            "a reload that takes away more needs --force"),
      key<&T::drift_interval>("drift_interval",
                              Times{.min = std::chrono::seconds(1),
                                    .max = std::chrono::hours(24),
                                    .zero_is_allowed = true},
                              "how often the kernel is compared with what is wanted; 0s = never"),
      key<&T::timeouts>("timeouts", TableAt{"ipvs.timeouts"}, ""),
      key<&T::sysctl>("sysctl", TableAt{"ipvs.sysctl"}, ""));
  static constexpr std::array<std::string_view, 1> later = {"sync"};
};

template <>
struct Keys<IpvsTimeouts> {
  using T = IpvsTimeouts;
  static constexpr std::string_view path = "ipvs.timeouts", title = "[ipvs.timeouts]",
                                    text = "connection timeouts";
  /// The kernel keeps them in jiffies: INT_MAX / HZ seconds, HZ at most 1000 (ip_vs_ctl.c,
  /// ip_vs_set_timeout).
  static constexpr Times kTimeout = {.min = std::chrono::seconds(1),
                                     .max = std::chrono::seconds(2'147'483),
                                     .is_whole_seconds = true,
                                     .zero_is_allowed = true};
  static constexpr std::string_view kText = "whole seconds; 0s leaves the kernel's";
  static constexpr auto rows =
      std::tuple(key<&T::tcp>("tcp", kTimeout, kText), key<&T::tcp_fin>("tcp_fin", kTimeout, kText),
                 key<&T::udp>("udp", kTimeout, kText));
};

}  // namespace evenkeel::daemon
