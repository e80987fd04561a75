#include "vrrp/socket_pool.h"

namespace evenkeel::vrrp {

tl::expected<std::shared_ptr<Sockets>, SocketError> SocketPool::get(const Delivery& delivery) {
  if (auto shared = open_[delivery].lock()) return shared;
  auto receive = ReceiveSocket::open(delivery, ids_of_(delivery));
  if (!receive) return tl::unexpected(receive.error());
  auto send = SendSocket::open(delivery);
  if (!send) return tl::unexpected(send.error());
  auto sockets =
      std::make_shared<Sockets>(Sockets{delivery, std::move(*receive), std::move(*send)});
  open_[delivery] = sockets;
  return sockets;
}

std::vector<std::string> SocketPool::update_filters() {
  std::vector<std::string> problems;
  std::erase_if(open_, [](const auto& each) { return each.second.expired(); });
  for (const auto& [delivery, weak] : open_) {
    const auto sockets = weak.lock();
    if (!sockets) continue;
    if (const auto error = sockets->receive.set_filter(ids_of_(delivery))) {
      problems.push_back("cannot set a socket's filter: " + error.message());
    }
  }
  return problems;
}

}  // namespace evenkeel::vrrp
