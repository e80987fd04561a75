// The loop that is always on time: drain the sockets, expire the timers, perform what the instances
// want.
//
// Runs on a thread of its own, with real-time priority. It allocates nothing for a packet, closes
// nothing, opens nothing, writes no address and no log: whatever may block is asked of the writer's
// thread (writer.h) by a notice, and comes back as a request. An advertisement that is already in a
// socket beats the timer it resets: sockets are drained first, with the kernel's receive times.
#pragma once

#include <memory>
#include <vector>

#include "vrrp/advertisement_tap.h"
#include "vrrp/conflict_socket.h"
#include "vrrp/engine_messages.h"
#include "vrrp/frame_socket.h"
#include "vrrp/shared_page.h"

namespace evenkeel::vrrp {

class EngineLoop;

class Engine {
 public:
  /// `page` outlives the engine; nullptr: nothing is left behind.
  Engine(FrameSocket frames, ConflictSocket conflicts, AdvertisementTap tap, SharedPage* page);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Until stop(). On the engine's thread.
  void run();

  // From any thread; none blocks for longer than a short copy takes.
  void post(std::vector<Request> requests);
  void stop();
  /// Readable: there are notices to take().
  [[nodiscard]] int notices_fd() const;
  [[nodiscard]] std::vector<Notice> take();
  /// The loop's last tick: at the latest a quarter of a second ago, if it lives.
  [[nodiscard]] TimePoint last_tick() const;

 private:
  std::unique_ptr<EngineLoop> loop_;
};

}  // namespace evenkeel::vrrp
