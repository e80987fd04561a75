// A state that is to be told, and whose. Pure.
#pragma once

#include "daemon/hooks/hook.h"

namespace evenkeel::daemon {

struct ToldEvent {
  HookOwner owner;
  HookEvent event;
};

}  // namespace evenkeel::daemon
