// Which of the routers have an address: found without looking at each of them.
//
// Engine's thread only. Made anew when routers come, go or are reconfigured; a look allocates
// nothing.
#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "vrrp/address_key.h"

namespace evenkeel::vrrp {

template <typename Router>
class AddressIndex {
 public:
  void clear() { entries_.clear(); }
  void add(const AddressKey& key, Router& router) { entries_.push_back({key, &router}); }
  /// After the last add().
  void sort() {
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.key < b.key; });
  }
  /// act(router), for each that has the address.
  template <typename Act>
  void each_with(const AddressKey& key, Act&& act) const {
    auto entry = std::lower_bound(entries_.begin(), entries_.end(), key,
                                  [](const Entry& a, const AddressKey& b) { return a.key < b; });
    for (; entry != entries_.end() && entry->key == key; ++entry) act(*entry->router);
  }

 private:
  struct Entry {
    AddressKey key;
    Router* router;
  };
  std::vector<Entry> entries_;
};

}  // namespace evenkeel::vrrp
