// The senders that advertise our virtual router ID with another list of addresses, and their lists.
// Pure; allocates nothing for a packet.
//
// A few senders have a place, each until no other list of it has been heard for a while. Only then
// another sender gets the place. A sender's list is read again only after a pause, also where our
// list was heard in between. So a flood of packets makes few changes.
#pragma once

#include <boost/container/static_vector.hpp>
#include <span>
#include <vector>

#include "vrrp/status.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

class OtherLists {
 public:
  /// `advertised`: the sender's list, whole addresses of `family`. True: the lists have changed.
  bool heard(const Address& source, std::span<const std::uint8_t> advertised, Family family,
             bool is_ignored, TimePoint at);
  /// The sender has advertised our list. True: the lists have changed.
  bool heard_ours(const Address& source);
  /// Forgets the senders not heard since `time`. True: there were some.
  bool forget_before(TimePoint time);
  void clear() { lists_.clear(); }

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::vector<OtherList> lists() const;

 private:
  struct Entry {
    Address source;
    bool is_ignored = false;
    std::size_t count = 0;
    boost::container::static_vector<Address, kMaxAddressesShown> addresses;
    TimePoint taken;
    TimePoint heard;
    bool is_over = false;  ///< our list was heard since `taken`
  };
  boost::container::static_vector<Entry, kMaxOtherLists> lists_;
};

}  // namespace evenkeel::vrrp
