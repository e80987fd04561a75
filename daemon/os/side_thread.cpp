#include "daemon/os/side_thread.h"

#include <array>
#include <csignal>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace evenkeel::daemon {
namespace {

/// Of this thread. What it opens or closes is opened and closed with its credentials.
void drop_capabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  ::syscall(SYS_capset, &header, none.data());
}

}  // namespace

bool start_side_thread(std::function<void()> work) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // the process's signals are for others
  bool is_started = true;
  try {
    std::thread([work = std::move(work)] {
      drop_capabilities();
      work();
    }).detach();
  } catch (const std::system_error&) {
    is_started = false;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return is_started;
}

}  // namespace evenkeel::daemon
