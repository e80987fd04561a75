#include "vrrp/address_frames.h"

#include <algorithm>

namespace evenkeel::vrrp {
namespace {

/// Addresses that are probed before a takeover, the advertised ones first. A host that has one of
/// thousands of extra addresses has most of them.
constexpr std::size_t kMostProbed = 256;

}  // namespace

void AddressFrames::set_addresses(std::vector<Address> addresses) {
  if (addresses == addresses_) return;
  const bool was_announcing = is_announcing();
  const bool was_probing = probed_ < to_probe();
  addresses_ = std::move(addresses);
  keys_.clear();
  for (const Address& address : addresses_) keys_.push_back(key_of(address));
  announced_ = was_announcing ? 0 : addresses_.size();
  probed_ = was_probing ? 0 : to_probe();
  asked_.clear();
}

std::size_t AddressFrames::to_probe() const {
  return std::min(addresses_.size(), kMostProbed);
}

AddressFrames::Sent AddressFrames::send_announcements(FrameSocket& frames, int interface_index,
                                                      const MacAddress& mac, std::size_t budget) {
  Sent sent;
  for (; is_announcing() && sent.tried < budget; ++sent.tried) {
    if (!frames.send(interface_index, announcement(addresses_[announced_++], mac))) ++sent.count;
  }
  return sent;
}

AddressFrames::Sent AddressFrames::send_probes(FrameSocket& frames, int interface_index,
                                               const MacAddress& mac, std::size_t budget) {
  Sent sent;
  for (; is_probing() && sent.tried < budget; ++sent.tried) {
    const bool is_asked = !asked_.empty();
    const Address& address = is_asked ? asked_.back() : addresses_[probed_];
    if (!frames.send(interface_index, probe(address, mac))) ++sent.count;
    if (is_asked) {
      asked_.pop_back();
    } else {
      ++probed_;
    }
  }
  return sent;
}

}  // namespace evenkeel::vrrp
