// What the operator wrote about virtual routers, complete: every default is filled in, every
// per-node value resolved. Field names are the keys of the file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/fields/table.h"
#include "vrrp/gateway_config.h"
#include "vrrp/track.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

/// Version 3 over IPv4 only: what the checksum covers (README.md).
enum class ChecksumPolicy : std::uint8_t {
  Auto,          ///< starts with the pseudo-header, then what the peer sends
  Message,       ///< RFC 9568: the message alone
  PseudoHeader,  ///< RFC 5798 as keepalived and FRR read it
};
constexpr auto words_of(ChecksumPolicy) {
  using enum ChecksumPolicy;
  return fields::words<ChecksumPolicy>(
      {{Auto, "auto"}, {Message, "message"}, {PseudoHeader, "pseudo_header"}});
}

/// What to do when somebody else answers for a virtual address before we install it.
enum class AddressConflict : std::uint8_t { Warn, Refuse };
constexpr auto words_of(AddressConflict) {
  using enum AddressConflict;
  return fields::words<AddressConflict>({{Warn, "warn"}, {Refuse, "refuse"}});
}

/// What to do with an advertisement that has our virtual router ID and no address in common with
/// ours: another virtual router has our ID by mistake.
enum class ForeignAddressList : std::uint8_t { Ignore, Accept };
constexpr auto words_of(ForeignAddressList) {
  using enum ForeignAddressList;
  return fields::words<ForeignAddressList>({{Ignore, "ignore"}, {Accept, "accept"}});
}

struct Unicast {
  Address source;              ///< this node's
  std::vector<Address> peers;  ///< the others: never empty, no two equal, of the source's family
  std::vector<std::string> names{};  ///< of the peers' nodes, in the same order

  friend bool operator==(const Unicast&, const Unicast&) = default;
};
constexpr auto fields_of(fields::Of<Unicast>) {
  using fields::field;
  using T = Unicast;
  return fields::table(field<&T::source>("source"), field<&T::peers>("peers"),
                       field<&T::names>("names"));
}

/// When gratuitous ARP or unsolicited neighbour advertisements go out after a takeover.
struct AnnouncementSchedule {
  std::vector<Duration> at;             ///< since the takeover, ascending, at most 16
  Duration refresh = Duration::zero();  ///< from then on; 0 = never

  friend bool operator==(const AnnouncementSchedule&, const AnnouncementSchedule&) = default;
};
constexpr auto fields_of(fields::Of<AnnouncementSchedule>) {
  using fields::field;
  using T = AnnouncementSchedule;
  return fields::table(field<&T::at>("at"), field<&T::refresh>("refresh"));
}

constexpr std::uint8_t kOwnerPriority = 255;
constexpr std::size_t kMaxVirtualAddresses = 255;  ///< IPv4; IPv6: 90 fit one packet

struct InstanceConfig {
  std::string name;
  std::string interface;               ///< its name or an alternative one, 1..127 octets
  std::uint8_t virtual_router_id = 0;  ///< 1..255
  Family family = Family::IPv4;
  Version version = Version::V3;  ///< V2: IPv4 only
  std::uint8_t priority = 100;    ///< 1..254; 255 = address owner
  /// v3: 10 ms .. 40.95 s in steps of 10 ms; v2: 1 s .. 255 s in whole seconds.
  Duration advertisement_interval = std::chrono::seconds(1);
  bool preempt = true;
  Duration preempt_delay = Duration::zero();
  std::uint8_t preempt_margin = 0;  ///< 0..253: only a Master that is worse by more is preempted
  std::vector<InterfaceAddress> virtual_addresses;  ///< advertised in this order; never empty
  std::vector<InterfaceAddress> extra_addresses;    ///< moved too, not advertised; any family
  std::optional<Unicast> unicast;                   ///< nothing = multicast
  /// What unicast advertisements go over; "" = the interface. The addresses stay on that.
  std::string unicast_interface;
  ChecksumPolicy checksum = ChecksumPolicy::Auto;
  std::string password;  ///< v2 only, at most 8 octets; "" = none
  AnnouncementSchedule announcements;
  AddressConflict address_conflict = AddressConflict::Warn;
  ForeignAddressList foreign_address_list = ForeignAddressList::Ignore;
  std::vector<TrackConfig> tracks{};  ///< no two of the same kind and name

  [[nodiscard]] RouterKey key() const { return {interface, family, virtual_router_id}; }
  /// Where it advertises and listens.
  [[nodiscard]] const std::string& link() const {
    return unicast_interface.empty() ? interface : unicast_interface;
  }
  friend bool operator==(const InstanceConfig&, const InstanceConfig&) = default;
};
constexpr auto fields_of(fields::Of<InstanceConfig>) {
  using fields::field;
  using T = InstanceConfig;
  return fields::table(
      field<&T::name>("name"), field<&T::interface>("interface"),
      field<&T::virtual_router_id>("virtual_router_id"),
      field<&T::family>("family", fields::AsNumber{}),
      field<&T::version>("version", fields::AsNumber{}), field<&T::priority>("priority"),
      field<&T::advertisement_interval>("advertisement_interval"), field<&T::preempt>("preempt"),
      field<&T::preempt_delay>("preempt_delay"), field<&T::preempt_margin>("preempt_margin"),
      field<&T::virtual_addresses>("virtual_addresses"),
      field<&T::extra_addresses>("extra_addresses"), field<&T::unicast>("unicast"),
      field<&T::unicast_interface>("unicast_interface"), field<&T::checksum>("checksum"),
      field<&T::password>("password"), field<&T::announcements>("announcements"),
      field<&T::address_conflict>("address_conflict"),
      field<&T::foreign_address_list>("foreign_address_list"), field<&T::tracks>("tracks"));
}

struct SyncGroupConfig {
  std::string name;
  std::vector<std::string> instances;  ///< names; at least two; an instance is in one group at most
  std::vector<TrackConfig> tracks{};   ///< of the group itself; likewise at most kMaxTracks

  friend bool operator==(const SyncGroupConfig&, const SyncGroupConfig&) = default;
};
constexpr auto fields_of(fields::Of<SyncGroupConfig>) {
  using fields::field;
  using T = SyncGroupConfig;
  return fields::table(field<&T::name>("name"), field<&T::instances>("instances"),
                       field<&T::tracks>("tracks"));
}

struct Config {
  bool address_lease =
      true;  ///< virtual addresses carry a kernel lifetime, refreshed while we live
  std::vector<InstanceConfig> instances;  ///< no two with the same name or the same key()
  std::vector<SyncGroupConfig> sync_groups;
  std::vector<GatewayConfig> gateways{};  ///< that tracks follow, each once; at most kMaxGateways

  friend bool operator==(const Config&, const Config&) = default;
};
constexpr auto fields_of(fields::Of<Config>) {
  using fields::field;
  using T = Config;
  return fields::table(field<&T::address_lease>("address_lease"), field<&T::instances>("instances"),
                       field<&T::sync_groups>("sync_groups"), field<&T::gateways>("gateways"));
}

/// The advertised ones, then the extra ones.
[[nodiscard]] std::vector<InterfaceAddress> all_addresses(const InstanceConfig& config);

/// Whether its advertisement fits an interface's MTU (octets; 0: not known). Over IPv4, where the
/// kernel sends what has its own header in one piece or not at all (EMSGSIZE, Linux
/// net/ipv4/raw.c, raw_send_hdrinc()); over IPv6 it is sent in fragments.
[[nodiscard]] bool fits(const InstanceConfig& config, std::uint32_t mtu);

/// The sync group's name; "" = the instance is in none.
[[nodiscard]] std::string sync_group_of(const Config& config, const std::string& instance);

}  // namespace evenkeel::vrrp
