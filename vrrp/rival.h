// Another host that has our virtual addresses, or a peer whose advertisements for our virtual
// router differ from ours: which, and in what. (Another list of addresses: other_lists.h.)
//
// Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/fields/table.h"
#include "vrrp/announcement.h"
#include "vrrp/config.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

enum class Difference : std::uint8_t {
  VirtualRouterId,  ///< or its family: IPv4 and IPv6 with the same ID are two
  Version,
  Authentication,  ///< version 2: another password, one where we have none, or the other way round
  Delivery,        ///< multicast against unicast, or unicast to another address of this host, or
                   ///< over another interface
  Sender,          ///< by unicast, and not in the list of peers
  Interval,        ///< version 2 drops its advertisements, version 3 learns it
  Unheard,         ///< reaches the interface, but not the receive socket: a firewall of this host
  SameSource,      ///< sends from our own address: each takes the other's for its own
};
constexpr auto words_of(Difference) {
  using enum Difference;
  return fields::words<Difference>({{VirtualRouterId, "virtual_router_id"},
                                    {Version, "version"},
                                    {Authentication, "password"},
                                    {Delivery, "delivery"},
                                    {Sender, "sender"},
                                    {Interval, "interval"},
                                    {Unheard, "unheard"},
                                    {SameSource, "same_source"}});
}
constexpr std::size_t kDifferences = fields::kCount<Difference>;

class DifferenceSet {
 public:
  static constexpr std::uint8_t kAll = (1U << kDifferences) - 1;
  void add(Difference difference) {
    bits_ = static_cast<std::uint8_t>(bits_ | 1U << static_cast<unsigned>(difference));
  }
  [[nodiscard]] bool has(Difference difference) const {
    return (bits_ >> static_cast<unsigned>(difference) & 1U) != 0;
  }
  [[nodiscard]] bool empty() const { return bits_ == 0; }
  [[nodiscard]] std::uint8_t bits() const { return bits_; }
  [[nodiscard]] static DifferenceSet from_bits(std::uint8_t bits) {
    DifferenceSet set;
    set.bits_ = bits & kAll;
    return set;
  }
  friend bool operator==(const DifferenceSet&, const DifferenceSet&) = default;

 private:
  std::uint8_t bits_ = 0;
};

/// Whether our receive socket gets advertisements with this destination.
[[nodiscard]] bool is_our_delivery(const Address& destination, const InstanceConfig& config);

struct Rival {
  MacAddress mac{};               ///< zeros: the link has none
  std::optional<Address> source;  ///< nothing: no advertisement of it was seen
  /// It has addresses of ours; false: it is a peer whose advertisements count, and only differs.
  bool is_owner = false;
  /// It announces one of our addresses or answers for it (ARP, neighbour advertisement).
  bool is_announcing = false;
  /// More senders than are told apart, each with a MAC of its own: `mac` is zeros, and what they
  /// advertise is not told.
  bool is_crowd = false;
  /// Seen on the addresses' interface, and our advertisements go over another one.
  bool is_elsewhere = false;
  std::optional<Address> address;  ///< one of ours that it has
  // What it advertises, and where to; with a source only.
  DifferenceSet differences{};
  std::uint8_t virtual_router_id = 0;
  std::uint8_t priority = 0;
  Version version = Version::V3;
  Duration interval{};
  std::optional<Address> destination;  ///< multicast or one of this host's addresses
  bool is_authenticated = false;
  TimePoint heard{};  ///< its last frame

  friend bool operator==(const Rival&, const Rival&) = default;
};
constexpr auto fields_of(fields::Of<Rival>) {
  using fields::field;
  using T = Rival;
  return fields::table(field<&T::mac>("mac"), field<&T::source>("source"),
                       field<&T::is_owner>("owner"), field<&T::is_announcing>("announcing"),
                       field<&T::is_crowd>("crowd"), field<&T::is_elsewhere>("elsewhere"),
                       field<&T::address>("address"), field<&T::differences>("differs"),
                       field<&T::virtual_router_id>("virtual_router_id"),
                       field<&T::priority>("priority"), field<&T::version>("version"),
                       field<&T::interval>("interval"), field<&T::destination>("destination"),
                       field<&T::is_authenticated>("authenticated"),
                       field<&T::heard>("heard", fields::NotNegative{}));
}
constexpr std::size_t kMaxRivalsShown = 4;

/// "02:00:5e:10:00:01"
[[nodiscard]] std::string to_string(const MacAddress& mac);
/// Of the node that `unicast` lists with the rival's source; "" = none.
[[nodiscard]] std::string node_name(const Rival& rival, const InstanceConfig& config);
/// "192.0.2.2 (02:00:5e:10:00:01, lb2) on eth0": with the node's name where `unicast` lists it.
[[nodiscard]] std::string who(const Rival& rival, const InstanceConfig& config);
/// What it does, and what differs, with both values: "advertises 192.0.2.10 too: virtual router ID
/// 52, ours is 51; version 2, ours is 3".
[[nodiscard]] std::string what(const Rival& rival, const InstanceConfig& config);

}  // namespace evenkeel::vrrp
