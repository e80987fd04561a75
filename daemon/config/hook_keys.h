// The keys of hooks, in whatever table they stand (keys.h).
//
// Pure.
#pragma once

#include <tuple>
#include <type_traits>
#include <utility>

#include "daemon/config/hook_key.h"
#include "daemon/config/hooks.h"
#include "daemon/config/keys.h"
#include "daemon/config/unit_name.h"

namespace evenkeel::daemon {

inline constexpr Times kHookTimeout = {.min = std::chrono::seconds(1),
                                       .max = std::chrono::minutes(10)};

template <typename Hooks>
consteval auto hook_limit_rows() {
  return std::tuple(
      without_default(key<&Hooks::user>("hook_user", Name{},
                                        "the user that the hooks run as; default: [global]'s")),
      without_default(key<&Hooks::timeout>("hook_timeout", kHookTimeout,
                                           "how long a hook may run, {min} .. {max}; default: "
                                           "[global]'s")));
}

/// Of an instance and of a sync group.
consteval auto vrrp_hook_rows() {
  using T = VrrpHooks;
  return std::tuple_cat(
      std::tuple(
          key<&T::on_master>("on_master", ArgumentLists{}, "what runs when it has become master"),
          key<&T::on_backup>("on_backup", ArgumentLists{}, "what runs when it has become backup"),
          key<&T::on_fault>("on_fault", ArgumentLists{},
                            "what runs when it has come into initialize by a fault"),
          key<&T::on_stop>("on_stop", ArgumentLists{},
                           "what runs when the daemon stops, after it has handed over"),
          key<&T::on_change>("on_change", ArgumentLists{},
                             "what runs at each of these, after the state's own"),
          key<&T::while_master>("while_master", TableAt{"vrrp.while_master"}, ""),
          key<&T::units>(
              "units",
              ListOf<Text>{.each = {.is_allowed = is_unit_name,
                                    .longest = kMaxUnitName,
                                    .expected = kUnitNameExpected,
                                    .pattern = kUnitNamePattern},
                           .of_what = "names of units",
                           .most = kMaxUnits},
              "units of systemd that are started on the master and stopped elsewhere, at "
              "most {max}")),
      hook_limit_rows<T>());
}

consteval auto service_hook_rows() {
  using T = ServiceHooks;
  return std::tuple_cat(
      std::tuple(
          key<&T::on_up>("on_up", ArgumentLists{}, "what runs when a real server has come up"),
          key<&T::on_down>("on_down", ArgumentLists{}, "what runs when one has gone down"),
          key<&T::on_quorum>("on_quorum", ArgumentLists{}, "what runs when the quorum is there"),
          key<&T::on_quorum_lost>("on_quorum_lost", ArgumentLists{},
                                  "what runs when it has been lost")),
      hook_limit_rows<T>());
}

template <>
struct Keys<WhileMaster> {
  using T = WhileMaster;
  static constexpr std::string_view path = "vrrp.while_master", title = "\"while_master\"",
                                    text = "a program that runs again and again while it is master";
  static constexpr auto rows = std::tuple(
      required(key<&T::command>("command", Command{}, "what runs")),
      key<&T::interval>("interval",
                        Times{.min = std::chrono::seconds(1), .max = std::chrono::hours(24)},
                        "from one begin to the next, {min} .. {max}"),
      without_default(key<&T::user>("user", Name{}, "that it runs as; default: hook_user")));
};

template <typename Hooks>
consteval auto hook_rows() {
  if constexpr (std::is_same_v<Hooks, VrrpHooks>) {
    return vrrp_hook_rows();
  } else {
    return service_hook_rows();
  }
}

/// `act` with each key and its commands.
template <typename Hooks, typename Act>
void for_each_hook(const Hooks& hooks, Act&& act) {
  const auto act_on = [&]<std::size_t at>(std::integral_constant<std::size_t, at>) {
    constexpr auto row = std::get<at>(hook_rows<Hooks>());
    using Row = std::remove_const_t<decltype(row)>;
    if constexpr (std::is_same_v<typename Row::Kind, ArgumentLists>) {
      constexpr HookKey key = fields::from_name<HookKey>(row.name).value();
      act(key, hooks.*Row::member);
    }
  };
  [&]<std::size_t... each>(std::index_sequence<each...>) {
    (act_on(std::integral_constant<std::size_t, each>()), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<decltype(hook_rows<Hooks>())>>());
}

}  // namespace evenkeel::daemon
