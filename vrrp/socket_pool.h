// The sockets of the instances: one pair for each (interface, family, delivery), shared by all that
// speak there, open for as long as one of them has it.
//
// On the writer's thread: opening and closing wait for the kernel's RTNL lock.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "vrrp/instance_plan.h"
#include "vrrp/socket_error.h"
#include "vrrp/sockets.h"

namespace evenkeel::vrrp {

class SocketPool {
 public:
  /// The virtual router IDs of the instances: what the filters let pass.
  void add_id(const ListeningPlace& place, std::uint8_t virtual_router_id) {
    ids_[place].insert(virtual_router_id);
  }
  void remove_id(const ListeningPlace& place, std::uint8_t virtual_router_id);

  [[nodiscard]] tl::expected<std::shared_ptr<Sockets>, SocketError> get(const Delivery& delivery);
  /// After instances have come or gone. The errors, as sentences.
  [[nodiscard]] std::vector<std::string> update_filters();

  /// The engine has no use for them any more. To close them takes its time: one after another.
  void release(std::shared_ptr<Sockets> sockets) { released_.push_back(std::move(sockets)); }
  [[nodiscard]] bool has_released() const { return !released_.empty(); }
  void close_one() { released_.pop_front(); }

 private:
  using Ids = std::vector<std::uint8_t>;
  [[nodiscard]] Ids ids_of(const Delivery& delivery) const;

  struct Entry {
    std::weak_ptr<Sockets> sockets;
    Ids ids;  ///< what its filter lets pass
  };
  std::map<ListeningPlace, std::set<std::uint8_t>> ids_;
  std::map<Delivery, Entry> open_;
  std::deque<std::shared_ptr<Sockets>> released_;
};

}  // namespace evenkeel::vrrp
