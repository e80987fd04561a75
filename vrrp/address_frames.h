// The frames that a router has still to send: announcements of its addresses, and probes that ask
// who has them.
//
// Engine's thread only.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "vrrp/address_key.h"
#include "vrrp/frame_socket.h"
#include "vrrp/rival_table.h"

namespace evenkeel::vrrp {

class AddressFrames {
 public:
  /// Other addresses restart announcements and probes that are under way.
  void set_addresses(std::vector<Address> addresses);
  [[nodiscard]] const std::vector<AddressKey>& keys() const { return keys_; }

  void start_announcing() { announced_ = 0; }
  void stop_announcing() { announced_ = addresses_.size(); }
  [[nodiscard]] bool is_announcing() const { return announced_ < addresses_.size(); }
  /// Of the first addresses.
  void start_probing() { probed_ = 0; }
  void stop_probing() { probed_ = to_probe(); }
  /// These are probed first.
  void ask_for(RivalTable::Addresses addresses) { asked_ = std::move(addresses); }
  [[nodiscard]] bool is_probing() const { return probed_ < to_probe() || !asked_.empty(); }

  struct Sent {
    std::size_t tried = 0;
    std::size_t count = 0;  ///< the kernel took them
  };
  /// At most `budget` frames, from `mac`.
  Sent send_announcements(FrameSocket& frames, int interface_index, const MacAddress& mac,
                          std::size_t budget);
  Sent send_probes(FrameSocket& frames, int interface_index, const MacAddress& mac,
                   std::size_t budget);

 private:
  [[nodiscard]] std::size_t to_probe() const;

  std::vector<Address> addresses_;
  std::vector<AddressKey> keys_;
  std::size_t announced_ = 0;
  std::size_t probed_ = 0;
  RivalTable::Addresses asked_;
};

}  // namespace evenkeel::vrrp
