// The receive sockets of the engine, and the routers that each of them serves.
//
// Engine's thread only.
#pragma once

#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "vrrp/poll_set.h"
#include "vrrp/router.h"

namespace evenkeel::vrrp {

struct Receiver {
  std::shared_ptr<Sockets> sockets;
  std::array<Router*, 256> routers{};  ///< by virtual router ID
  TimePoint drained{};
  bool is_empty = true;  ///< as of then

  /// nullptr: no router.
  [[nodiscard]] Router* first_router() const;
};

class Receivers {
 public:
  /// A router has come or gone, or has other sockets: update() makes all anew, once for many
  /// changes.
  void forget() { is_stale_ = true; }
  /// Receivers without a router are released.
  void update(const std::vector<std::unique_ptr<Router>>& routers, PollSet& polled,
              std::vector<Notice>& told);
  /// nullptr: the router has no sockets.
  [[nodiscard]] Receiver* of(const Router& router) const;
  void append_all(std::vector<Receiver*>& out) const;

 private:
  std::unordered_map<const Sockets*, std::unique_ptr<Receiver>> by_sockets_;
  bool is_stale_ = false;
};

}  // namespace evenkeel::vrrp
