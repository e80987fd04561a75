#include "vrrp/claim_ears.h"

#include <algorithm>

namespace evenkeel::vrrp {

void ClaimEars::open(int interface_index) {
  const bool is_open = std::any_of(ears_.begin(), ears_.end(), [&](const Ear& ear) {
    return ear.interface_index == interface_index;
  });
  if (is_open) return;
  auto socket = ClaimSocket::open(interface_index);
  if (socket) ears_.push_back({interface_index, std::move(*socket)});
}

void ClaimEars::add_to(std::vector<pollfd>& polled) const {
  for (const Ear& ear : ears_) {
    polled.push_back({.fd = ear.socket.fd(), .events = POLLIN, .revents = 0});
  }
}

}  // namespace evenkeel::vrrp
