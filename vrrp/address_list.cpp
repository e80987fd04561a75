#include "vrrp/address_list.h"

#include <algorithm>
#include <bitset>
#include <cstring>
#include <optional>
#include <set>

namespace evenkeel::vrrp {
namespace {

template <typename Octets>
void append(std::vector<std::uint8_t>& to, const Octets& octets) {
  to.insert(to.end(), octets.begin(), octets.end());
}

void append(std::vector<std::uint8_t>& to, const Address& address) {
  if (address.is_v4()) {
    append(to, address.to_v4().to_bytes());
  } else {
    append(to, address.to_v6().to_bytes());
  }
}

/// The number of an address in a sorted list.
std::optional<std::size_t> find(const std::vector<std::uint8_t>& sorted,
                                const std::uint8_t* address, std::size_t size) {
  std::size_t first = 0;
  std::size_t last = sorted.size() / size;
  while (first < last) {
    const std::size_t middle = (first + last) / 2;
    if (std::memcmp(&sorted[middle * size], address, size) < 0) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  if (first == sorted.size() / size || std::memcmp(&sorted[first * size], address, size) != 0) {
    return std::nullopt;
  }
  return first;
}

}  // namespace

AddressList::AddressList(std::span<const InterfaceAddress> addresses, Family family,
                         std::span<const InterfaceAddress> extra)
    : size_(family == Family::IPv4 ? 4 : 16) {
  std::set<Address> each_once;
  for (const InterfaceAddress& each : addresses) {
    append(octets_, each.address);
    each_once.insert(each.address);
  }
  // Boost compares by octets, as memcmp does: a scope ID is none of a virtual address.
  for (const Address& each : each_once) append(sorted_, each);
  each_once.clear();
  for (const InterfaceAddress& each : extra) {
    if (family_of(each.address) == family) each_once.insert(each.address);
  }
  for (const Address& each : each_once) append(extra_, each);
}

ListMatch AddressList::compare(std::span<const std::uint8_t> advertised) const {
  if (std::ranges::equal(advertised, octets_)) return ListMatch::Same;
  std::bitset<kMaxVirtualAddresses> seen;
  bool are_all_ours = true;
  bool is_any_extra = false;
  for (std::size_t at = 0; at + size_ <= advertised.size(); at += size_) {
    const auto ours = find(sorted_, &advertised[at], size_);
    if (ours) {
      seen.set(*ours);
    } else {
      are_all_ours = false;
      is_any_extra = is_any_extra || find(extra_, &advertised[at], size_);
    }
  }
  if (seen.none() && !is_any_extra) return ListMatch::Foreign;
  return are_all_ours && seen.count() == sorted_.size() / size_ ? ListMatch::Same
                                                                : ListMatch::Common;
}

}  // namespace evenkeel::vrrp
