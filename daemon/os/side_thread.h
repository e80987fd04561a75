// A thread beside main's for what may take as long as somebody else likes: a close, a look at a
// file. It has no capability and takes no signal of the process, and nobody waits for its end.
#pragma once

#include <functional>

namespace evenkeel::daemon {

/// `work` owns whatever it uses. False: the system gives no thread.
[[nodiscard]] bool start_side_thread(std::function<void()> work);

}  // namespace evenkeel::daemon
