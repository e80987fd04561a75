// Two members of a sync group that are driven by hand.
#pragma once

#include "driven_instance.h"
#include "vrrp/sync_group.h"

namespace evenkeel::vrrp {

inline InstanceConfig config_of(const char* name, Duration interval = 1s) {
  InstanceConfig config = some_config();
  config.name = name;
  config.advertisement_interval = interval;
  return config;
}

inline const InterfaceChanged kUsable{std::nullopt, boost::asio::ip::make_address("192.0.2.5")};
inline const InterfaceChanged kDown{Reason::InterfaceDown, {}};

/// Two members, "a" and "b"; what each does, as "a: install; b: install".
struct Pair {
  DrivenInstance a{config_of("a"), true};
  DrivenInstance b{config_of("b"), true};

  /// Lets the group settle, as the engine does after every event.
  std::string settle() {
    const Instance* const members[] = {&a.instance(), &b.instance()};
    std::string text;
    for (int steps = 0; const auto step = group_step(members); ++steps) {
      if (steps > 10) return text + " for ever";
      DrivenInstance& member = step->member == 0 ? a : b;
      const std::string done = member.on(step->event);
      if (done.empty()) continue;
      if (!text.empty()) text += "; ";
      text += (step->member == 0 ? "a: " : "b: ") + done;
    }
    return text;
  }

  Pair& at(Duration time) {
    a.at(time);
    b.at(time);
    return *this;
  }
  void start() {
    a.starts();
    b.starts();
    settle();
  }
  void become_master() {
    start();
    at(2609375us);
    a.expires();
    b.expires();
    at(3609375us);
    a.expires();
    b.expires();
    settle();
    a.installed();
    b.installed();
    settle();
  }
};

}  // namespace evenkeel::vrrp
