#include "vrrp/socket_pool.h"

namespace evenkeel::vrrp {

void SocketPool::remove_id(const ListeningPlace& place, std::uint8_t virtual_router_id) {
  const auto found = ids_.find(place);
  found->second.erase(virtual_router_id);
  if (found->second.empty()) ids_.erase(found);
}

SocketPool::Ids SocketPool::ids_of(const Delivery& delivery) const {
  const auto found = ids_.find({delivery.interface, delivery.family, delivery.unicast_source});
  if (found == ids_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

tl::expected<std::shared_ptr<Sockets>, SocketError> SocketPool::get(const Delivery& delivery) {
  Entry& entry = open_[delivery];
  if (auto shared = entry.sockets.lock()) return shared;
  Ids ids = ids_of(delivery);
  auto receive = ReceiveSocket::open(delivery, ids);
  if (!receive) return tl::unexpected(receive.error());
  auto send = SendSocket::open(delivery);
  if (!send) return tl::unexpected(send.error());
  auto sockets =
      std::make_shared<Sockets>(Sockets{delivery, std::move(*receive), std::move(*send)});
  entry = {.sockets = sockets, .ids = std::move(ids)};
  return sockets;
}

std::vector<std::string> SocketPool::update_filters() {
  std::vector<std::string> problems;
  std::erase_if(open_, [](const auto& each) { return each.second.sockets.expired(); });
  for (auto& [delivery, entry] : open_) {
    const auto sockets = entry.sockets.lock();
    Ids ids = ids_of(delivery);
    if (!sockets || ids == entry.ids) continue;
    if (const auto error = sockets->receive.set_filter(ids)) {
      problems.push_back("cannot set a socket's filter: " + error.message());
    } else {
      entry.ids = std::move(ids);
    }
  }
  return problems;
}

}  // namespace evenkeel::vrrp
