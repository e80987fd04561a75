// The order in which probes and announcements of all routers are sent: in batches, so that no
// burst of a thousand leaves at once.
//
// Probes go first, since their answers are awaited. Announcements, which clients wait for, have
// half of each batch. Routers follow one another, however many frames one of them has.
#pragma once

#include <algorithm>
#include <cstddef>

namespace evenkeel::vrrp {

class FrameOrder {
 public:
  /// Frames a batch.
  static constexpr std::size_t kMost = 32;

  struct Sent {
    std::size_t count = 0;
    bool is_all = true;  ///< false: there are more
  };
  /// A batch. `routers`: pointers to what Router has.
  template <typename Routers, typename Frames>
  [[nodiscard]] Sent send(const Routers& routers, Frames& frames) {
    const auto probe = [&](std::size_t most) {
      return in_order(routers, probing_, most, [&](auto& router, std::size_t budget) {
        return router.is_probing() ? router.send_probes(frames, budget) : 0;
      });
    };
    const auto announce = [&](std::size_t most) {
      return in_order(routers, announcing_, most, [&](auto& router, std::size_t budget) {
        return router.is_announcing() ? router.send_announcements(frames, budget) : 0;
      });
    };
    Sent sent;
    sent.count = probe(kMost / 2);
    sent.count += announce(kMost - sent.count);
    sent.count += probe(kMost - sent.count);
    sent.is_all = std::none_of(routers.begin(), routers.end(), [](const auto& router) {
      return router->is_probing() || router->is_announcing();
    });
    return sent;
  }

 private:
  /// Each router once at most, from the one after the last that has sent.
  template <typename Routers, typename Send>
  static std::size_t in_order(const Routers& routers, std::size_t& slot, std::size_t most,
                              Send send) {
    std::size_t sent = 0;
    for (std::size_t count = 0; count < routers.size() && sent < most; ++count) {
      slot = (slot + 1) % routers.size();
      sent += send(*routers[slot], most - sent);
    }
    return sent;
  }

  std::size_t probing_ = 0;
  std::size_t announcing_ = 0;
};

}  // namespace evenkeel::vrrp
