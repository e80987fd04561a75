// The list of virtual addresses that an advertisement carries, beside our own.
//
// Pure, and allocates nothing for a packet: a stranger may send 255 addresses as often as he likes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "vrrp/config.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

/// Order and repetition do not count.
enum class ListMatch : std::uint8_t {
  Same,
  Common,   ///< another list, with an address of ours in it, be it an extra one
  Foreign,  ///< no address in common
};

/// False: an advertisement with such a list changes nothing. One that shares an address takes part
/// in version 2 too, where RFC 3768 section 7.1 says to drop it: dropped, it would give that
/// address two owners.
[[nodiscard]] constexpr bool takes_part(ListMatch list, ForeignAddressList policy) {
  return list != ListMatch::Foreign || policy == ForeignAddressList::Accept;
}

/// Ours.
class AddressList {
 public:
  AddressList() = default;
  /// All of `family`, at most kMaxVirtualAddresses. `extra`: of any family, not advertised by us.
  AddressList(std::span<const InterfaceAddress> addresses, Family family,
              std::span<const InterfaceAddress> extra = {});

  /// In the order of the configuration, 4 or 16 octets each: as they are advertised.
  [[nodiscard]] const std::vector<std::uint8_t>& octets() const { return octets_; }
  /// `advertised`: whole addresses of our family.
  [[nodiscard]] ListMatch compare(std::span<const std::uint8_t> advertised) const;

 private:
  std::size_t size_ = 4;  ///< of an address, in octets
  std::vector<std::uint8_t> octets_;
  std::vector<std::uint8_t> sorted_;  ///< each once
  std::vector<std::uint8_t> extra_;   ///< likewise
};

}  // namespace evenkeel::vrrp
