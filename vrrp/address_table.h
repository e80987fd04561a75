// The addresses of one interface, in the kernel's order; each found in logarithmic time: there may
// be 16,000.
//
// Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <vector>

#include "vrrp/types.h"

namespace evenkeel::vrrp {

struct InstalledAddress {
  int interface_index = 0;
  InterfaceAddress address;   ///< without a scope ID
  bool is_ours = false;       ///< carries our IFA_PROTO
  bool is_secondary = false;  ///< IPv4: another of the same subnet came first
  bool is_tentative = false;  ///< IPv6: in, or refused by, duplicate address detection
  friend std::weak_ordering operator<=>(const InstalledAddress&, const InstalledAddress&) = default;
};

class AddressTable {
 public:
  using InOrder = std::map<std::uint64_t, InstalledAddress>;  ///< by when it came

  AddressTable() = default;
  AddressTable(const std::vector<InstalledAddress>& addresses) {
    for (const InstalledAddress& each : addresses) (void)put(each);
  }

  /// The last one, unless it is there. False: it was there just so.
  bool put(const InstalledAddress& address);
  /// False: it was not there.
  bool erase(const InterfaceAddress& address);
  /// Over IPv6 an interface has an address once: those with another prefix length go.
  void erase_other_prefixes(const InterfaceAddress& address);

  [[nodiscard]] std::size_t size() const { return orders_.size(); }
  /// Over IPv6 whatever its prefix length. nullptr: it is not there.
  [[nodiscard]] const InstalledAddress* find(const InterfaceAddress& address) const;
  /// With any prefix length.
  [[nodiscard]] const InstalledAddress* find(const Address& address) const;
  /// Those that do not carry our mark.
  [[nodiscard]] const InOrder& unmarked() const { return unmarked_; }
  [[nodiscard]] std::vector<InstalledAddress> all() const;

  friend bool operator==(const AddressTable& a, const AddressTable& b) {
    return a.all() == b.all();
  }

 private:
  using Orders = std::map<InterfaceAddress, std::uint64_t>;
  [[nodiscard]] Orders::const_iterator first_of(const Address& address) const {
    return orders_.lower_bound(InterfaceAddress{address, 0});
  }
  [[nodiscard]] const InstalledAddress& at(std::uint64_t order) const;
  void erase(Orders::const_iterator place);

  Orders orders_;
  InOrder marked_;
  InOrder unmarked_;
  std::uint64_t next_order_ = 0;
};

}  // namespace evenkeel::vrrp
