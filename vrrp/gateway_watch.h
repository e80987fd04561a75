// Asks the gateways that tracks follow, hears their answers, and tells what has become of each.
//
// Engine's thread only. No packet wakes the engine for it: answers are read when some are awaited,
// and before a question is judged, with the kernel's receive times. Each look reads and sends a
// limited number of frames.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "vrrp/frame_socket.h"
#include "vrrp/gateway.h"
#include "vrrp/gateway_frame.h"
#include "vrrp/gateway_target.h"
#include "vrrp/neighbour_socket.h"

namespace evenkeel::vrrp {

/// All of them, and the sockets of the families that are asked.
struct SetGateways {
  std::vector<GatewayTarget> targets;
  std::array<std::shared_ptr<NeighbourSocket>, 2> sockets;  ///< IPv4, IPv6
};

class GatewayWatch {
 public:
  /// A gateway that stays keeps what is known of it.
  void set(SetGateways request, TimePoint now);
  /// When look() is to be called.
  [[nodiscard]] TimePoint next_look() const { return next_look_; }
  /// Hears, judges, asks. Returns the results that have changed.
  [[nodiscard]] std::vector<NamedTrackResult> look(FrameSocket& frames, TimePoint now);

 private:
  /// More than the kernel's queue of a socket holds: what has come before a look is read in it.
  static constexpr int kFramesALook = 512;
  static constexpr int kQuestionsALook = 32;
  static constexpr Duration kPause = std::chrono::milliseconds(10);

  struct Watched {
    GatewayTarget target;
    Gateway gateway;
    TrackResult told{};
  };

  void hear();
  void hear(const ReceivedFrame& frame, const GatewayAnswer& answer, TimePoint at);
  void ask(Watched& watched, FrameSocket& frames);

  std::vector<Watched> watched_;
  std::array<std::shared_ptr<NeighbourSocket>, 2> sockets_;
  TimePoint heard_{};  ///< the last look into the sockets
  TimePoint next_look_ = TimePoint::max();
};

}  // namespace evenkeel::vrrp
