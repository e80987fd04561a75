// A VRRP packet and its bytes: versions 2 (RFC 3768) and 3 (RFC 9568), both families.
//
// Pure, and allocates nothing: it runs for every packet on the engine's thread. Any host on the
// link may send us anything: a wrong packet is refused by name and changes nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "vrrp/types.h"

namespace evenkeel::vrrp {

constexpr std::uint8_t kProtocol = 112;  ///< IP protocol, IPv6 next header
constexpr std::uint8_t kHopLimit = 255;  ///< of every advertisement, sent and received
/// 224.0.0.18, ff02::12.
[[nodiscard]] Address multicast_group(Family family);

/// Version 3 over IPv4: what the checksum covers; the others have one form each (Message).
enum class ChecksumForm : std::uint8_t { Message, PseudoHeader };

enum class DecodeError : std::uint8_t {
  Length,           ///< truncated, or not what the address count says
  HopLimit,         ///< TTL or hop limit is not 255: not from this link
  Source,           ///< multicast, unspecified, or (engine) not in the list of peers
  OwnSource,        ///< (engine) our own address: a loop, or a duplicate address
  Delivery,         ///< (engine) multicast to a unicast instance, or the other way round
  Version,          ///< unknown, not the instance's, or 2 over IPv6
  Type,             ///< not 1
  VirtualRouterId,  ///< 0, or none of ours
  Checksum,
  MulticastChecksum,  ///< a unicast packet summed for 224.0.0.18: keepalived up to 1.3.6
  AuthenticationType,
  Authentication,    ///< the wrong password
  AddressCount,      ///< 0
  Interval,          ///< 0
  IntervalMismatch,  ///< version 2: not the configured one
  AddressList,       ///< (engine) no address in common with ours (address_list.h)
};
constexpr auto words_of(DecodeError) {
  using enum DecodeError;
  return fields::words<DecodeError>(
      {{Length, "length"},
       {HopLimit, "hop_limit", "hop limit"},
       {Source, "source"},
       {OwnSource, "own_source", "own source"},
       {Delivery, "delivery"},
       {Version, "version"},
       {Type, "type"},
       {VirtualRouterId, "virtual_router_id", "virtual router ID"},
       {Checksum, "checksum"},
       {MulticastChecksum, "multicast_checksum", "multicast checksum"},
       {AuthenticationType, "authentication_type", "authentication type"},
       {Authentication, "authentication"},
       {AddressCount, "address_count", "address count"},
       {Interval, "interval"},
       {IntervalMismatch, "interval_mismatch", "interval mismatch"},
       {AddressList, "address_list", "address list"}});
}
constexpr std::size_t kDecodeErrors = fields::kCount<DecodeError>;

using Password = std::array<std::uint8_t, 8>;                 ///< zero padded on the right
[[nodiscard]] Password password_from(std::string_view text);  ///< its first 8 octets

struct Advertisement {
  Version version = Version::V3;
  Family family = Family::IPv4;
  std::uint8_t virtual_router_id = 0;
  std::uint8_t priority = 0;                ///< 0 = the Master is leaving
  Duration interval{};                      ///< v3: 10 ms .. 40.95 s; v2: 1 s .. 255 s
  std::span<const std::uint8_t> addresses;  ///< 4 or 16 octets each, inside the packet
  bool is_authenticated = false;            ///< v2 with simple text authentication
  Password password{};

  [[nodiscard]] std::size_t address_count() const {
    return addresses.size() / (family == Family::IPv4 ? 4U : 16U);
  }
};

/// What a socket has received.
struct Datagram {
  Family family = Family::IPv4;
  /// IPv4: the IP packet with its header, as a raw socket gives it; IPv6: the VRRP message.
  std::span<const std::uint8_t> octets;
  Address source;       ///< from the socket; of IPv4 the decoder reads the header
  Address destination;  ///< IPv6: likewise; IPv4: the header has it
  int hop_limit = 0;    ///< likewise
};

/// The VRRP message of a whole IP packet, as a packet socket gives it without its link-layer
/// header. Nothing: the packet is not of this family, or has no VRRP message (none is looked for
/// behind an IPv6 extension header).
[[nodiscard]] std::optional<Datagram> datagram_in(Family family,
                                                  std::span<const std::uint8_t> packet);

/// The virtual router ID, before any check of the packet; nothing: the packet is too short.
[[nodiscard]] std::optional<std::uint8_t> virtual_router_id_in(const Datagram& datagram);

struct Received {
  Address source;
  Address destination;
  ChecksumForm checksum = ChecksumForm::Message;
  Advertisement advertisement;  ///< refers to the datagram's octets
};

/// The checks of RFC 9568 section 7.1 that need no configuration: lengths, hop limit, source,
/// version, type, count, interval, checksum.
[[nodiscard]] tl::expected<Received, DecodeError> decode_advertisement(const Datagram& datagram);

/// The checks that compare with an instance: version, and in version 2 interval and password (in
/// constant time). Nothing = accepted.
struct Expected {
  Version version = Version::V3;
  Duration interval{};            ///< version 2
  bool is_authenticated = false;  ///< version 2
  Password password{};
};
[[nodiscard]] tl::expected<void, DecodeError> compare(const Advertisement& advertisement,
                                                      const Expected& expected);

/// The longest one of either family: 255 IPv6 addresses, which no Ethernet of 1500 octets carries,
/// but decode_advertisement() takes.
constexpr std::size_t kMaxAdvertisement = 8 + 255 * 16;
/// Of the whole IP packet, in octets.
[[nodiscard]] std::size_t packet_size(Version version, Family family, std::size_t addresses);
/// The octets that are sent. IPv4: with the IP header (IP_HDRINCL; identification 0: the kernel
/// chooses one); IPv6: the message with its checksum.
class AdvertisementBytes {
 public:
  [[nodiscard]] std::span<const std::uint8_t> octets() const { return {octets_.data(), size_}; }

 private:
  friend AdvertisementBytes encode_advertisement(const Advertisement&, ChecksumForm, const Address&,
                                                 const Address&);
  std::array<std::uint8_t, kMaxAdvertisement> octets_;
  std::size_t size_ = 0;
};
/// `checksum` counts for version 3 over IPv4 only. The caller keeps the limits of config.h, and
/// source and destination are of the advertisement's family: anything else is a bug. An interval is
/// cut down to what the version counts in.
[[nodiscard]] AdvertisementBytes encode_advertisement(const Advertisement& advertisement,
                                                      ChecksumForm checksum, const Address& source,
                                                      const Address& destination);

}  // namespace evenkeel::vrrp
