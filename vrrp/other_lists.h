// Who advertises our virtual router ID with another list of addresses, and which. Pure; allocates
// nothing for a packet.
//
// A few senders, each until it has been silent for a while, so that no flood of packets is a flood
// of news: a place is given away, and a sender's list taken anew, no sooner than that.
#pragma once

#include <boost/container/static_vector.hpp>
#include <span>
#include <vector>

#include "vrrp/status.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

class OtherLists {
 public:
  /// `advertised`: its list, whole addresses of `family`. True: that is news.
  bool heard(const Address& source, std::span<const std::uint8_t> advertised, Family family,
             bool is_ignored, TimePoint at);
  /// It has advertised our list. True: that is news.
  bool heard_ours(const Address& source);
  /// Those not heard since then. True: there were some.
  bool forget_before(TimePoint time);
  void clear() { lists_.clear(); }

  [[nodiscard]] std::size_t size() const { return lists_.size(); }
  [[nodiscard]] std::vector<OtherList> lists() const;

 private:
  struct Entry {
    Address source;
    bool is_ignored = false;
    std::size_t count = 0;
    boost::container::static_vector<Address, kMaxAddressesShown> addresses;
    TimePoint taken;
    TimePoint heard;
  };
  boost::container::static_vector<Entry, kMaxOtherLists> lists_;
};

}  // namespace evenkeel::vrrp
