#include "vrrp/address_table.h"

#include <algorithm>
#include <iterator>

namespace evenkeel::vrrp {

bool AddressTable::put(const InstalledAddress& address) {
  const auto [place, is_new] = orders_.try_emplace(address.address, next_order_);
  const std::uint64_t order = place->second;
  if (is_new) {
    ++next_order_;
  } else if (at(order) == address) {
    return false;
  }
  (address.is_ours ? unmarked_ : marked_).erase(order);
  (address.is_ours ? marked_ : unmarked_).insert_or_assign(order, address);
  return true;
}

bool AddressTable::erase(const InterfaceAddress& address) {
  const auto place = orders_.find(address);
  if (place == orders_.end()) return false;
  erase(place);
  return true;
}

void AddressTable::erase(Orders::const_iterator place) {
  marked_.erase(place->second);
  unmarked_.erase(place->second);
  orders_.erase(place);
}

void AddressTable::erase_other_prefixes(const InterfaceAddress& address) {
  if (address.address.is_v4()) return;
  for (auto place = first_of(address.address);
       place != orders_.end() && place->first.address == address.address;) {
    const auto next = std::next(place);
    if (place->first != address) erase(place);
    place = next;
  }
}

const InstalledAddress& AddressTable::at(std::uint64_t order) const {
  const auto marked = marked_.find(order);
  return marked != marked_.end() ? marked->second : unmarked_.at(order);
}

const InstalledAddress* AddressTable::find(const InterfaceAddress& address) const {
  if (address.address.is_v6()) return find(address.address);
  const auto place = orders_.find(address);
  return place == orders_.end() ? nullptr : &at(place->second);
}

const InstalledAddress* AddressTable::find(const Address& address) const {
  const auto place = first_of(address);
  return place == orders_.end() || place->first.address != address ? nullptr : &at(place->second);
}

std::vector<InstalledAddress> AddressTable::all() const {
  InOrder both = marked_;
  both.insert(unmarked_.begin(), unmarked_.end());
  std::vector<InstalledAddress> all;
  all.reserve(both.size());
  for (const auto& [order, address] : both) all.push_back(address);
  return all;
}

}  // namespace evenkeel::vrrp
