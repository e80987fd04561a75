#include "daemon/process/side_task.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <utility>

#include "daemon/os/side_thread.h"

namespace evenkeel::daemon {

struct SideTasks::State {
  std::mutex mutex;
  boost::asio::io_context* loop;  ///< none: its owner has gone
};

SideTasks::SideTasks(boost::asio::io_context& loop) : state_(std::make_shared<State>()) {
  state_->loop = &loop;
}

SideTasks::~SideTasks() {
  const std::lock_guard lock(state_->mutex);
  state_->loop = nullptr;
}

void SideTasks::run(std::function<std::function<void()>()> work) {
  const auto task = [state = state_, work = std::move(work)] {
    auto then = work();
    const std::lock_guard lock(state->mutex);
    if (state->loop == nullptr) return;
    boost::asio::post(*state->loop, [weak = std::weak_ptr(state), then = std::move(then)] {
      const auto self = weak.lock();
      if (self && self->loop != nullptr) then();  // the loop's thread is its owner's
    });
  };
  if (!start_side_thread(task)) task();
}

}  // namespace evenkeel::daemon
