#include "vrrp/receivers.h"

#include <algorithm>
#include <utility>

namespace evenkeel::vrrp {

Router* Receiver::first_router() const {
  const auto first =
      std::find_if(routers.begin(), routers.end(), [](const Router* each) { return each; });
  return first == routers.end() ? nullptr : *first;
}

void Receivers::update(const std::vector<std::unique_ptr<Router>>& routers, PollSet& polled,
                       std::vector<Notice>& told) {
  if (!std::exchange(is_stale_, false)) return;
  auto before = std::exchange(by_sockets_, {});
  for (const auto& router : routers) {
    const std::shared_ptr<Sockets>& sockets = router->shared_sockets();
    if (!sockets) continue;
    std::unique_ptr<Receiver>& receiver = by_sockets_[sockets.get()];
    const auto known = before.find(sockets.get());
    if (!receiver && known != before.end()) {
      receiver = std::move(known->second);
      receiver->routers.fill(nullptr);
    } else if (!receiver) {
      receiver = std::make_unique<Receiver>();
      receiver->sockets = sockets;
      receiver->drained = std::chrono::steady_clock::now();
      receiver->is_empty = false;  // somebody has joined, and packets may wait
      polled.add(sockets->receive.fd(), receiver.get());
    }
    receiver->routers[router->instance().config().virtual_router_id] = router.get();
  }
  for (auto& [sockets, receiver] : before) {
    if (!receiver) continue;
    polled.remove(receiver->sockets->receive.fd());
    told.emplace_back(Released{std::move(receiver->sockets)});
  }
}

Receiver* Receivers::of(const Router& router) const {
  const auto receiver = by_sockets_.find(router.shared_sockets().get());
  return receiver == by_sockets_.end() ? nullptr : receiver->second.get();
}

void Receivers::append_all(std::vector<Receiver*>& out) const {
  for (const auto& [sockets, receiver] : by_sockets_) out.push_back(receiver.get());
}

}  // namespace evenkeel::vrrp
