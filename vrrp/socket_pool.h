// The sockets of the instances: one pair for each (interface, family, delivery), shared by all
// instances that advertise there, and open for as long as one of them has it.
//
// On the writer's thread: opening and closing wait for the kernel's RTNL lock.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "vrrp/socket_error.h"
#include "vrrp/sockets.h"

namespace evenkeel::vrrp {

class SocketPool {
 public:
  /// The virtual router IDs that the instances of a delivery have.
  using IdsOf = std::function<std::vector<std::uint8_t>(const Delivery&)>;

  explicit SocketPool(IdsOf ids_of) : ids_of_(std::move(ids_of)) {}

  [[nodiscard]] tl::expected<std::shared_ptr<Sockets>, SocketError> get(const Delivery& delivery);
  /// Sets the filters anew after instances have come or gone. Returns the errors, as sentences.
  [[nodiscard]] std::vector<std::string> update_filters();

 private:
  struct Entry {
    std::weak_ptr<Sockets> sockets;
    std::vector<std::uint8_t> ids;  ///< that its filter lets pass
  };
  IdsOf ids_of_;
  std::map<Delivery, Entry> open_;
};

}  // namespace evenkeel::vrrp
