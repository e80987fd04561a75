#include "vrrp/advertisement.h"

#include <algorithm>

#include "vrrp/address_key.h"
#include "vrrp/bytes.h"

// Version 3 (RFC 9568 section 5), IPv4 and IPv6:
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-------+-------+---------------+---------------+---------------+
//   |   3   | type 1|   router ID   |   priority    | address count |
//   +-------+-------+---------------+---------------+---------------+
//   |reserve| interval, centiseconds|           checksum            |
//   +-------+-----------------------+-------------------------------+
//   |                addresses, 4 or 16 octets each                 |
//   +---------------------------------------------------------------+
//
// Version 2 (RFC 3768 section 5, RFC 2338 for the authentication), IPv4 alone:
//
//   +-------+-------+---------------+---------------+---------------+
//   |   2   | type 1|   router ID   |   priority    | address count |
//   +-------+-------+---------------+---------------+---------------+
//   | authentication| interval, sec.|           checksum            |
//   +---------------+---------------+-------------------------------+
//   |                   addresses, 4 octets each                    |
//   +---------------------------------------------------------------+
//   |     authentication data, 8 octets: always there, zero or      |
//   |                     the simple text password                  |
//   +---------------------------------------------------------------+

namespace evenkeel::vrrp {
namespace {

using Octets = std::span<const std::uint8_t>;

constexpr std::size_t kIpHeader = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kMessageHeader = 8;
constexpr std::size_t kChecksumAt = 6;
constexpr std::size_t kAuthenticationData = 8;
constexpr std::uint8_t kTypeAdvertisement = 1;
constexpr std::uint8_t kInternetworkControl = 0xC0;  ///< type of service: class selector 6
constexpr std::uint8_t kNoAuthentication = 0;
constexpr std::uint8_t kSimpleTextPassword = 1;
constexpr std::uint16_t kIntervalMask = 0x0FFF;
constexpr Duration kCentisecond = std::chrono::milliseconds(10);
constexpr Duration kSecond = std::chrono::seconds(1);
const boost::asio::ip::address_v4 kMulticastGroup4(0xE0000012);

/// A VRRP message and what its IP packet says about it.
struct Envelope {
  Octets message;
  Address source;
  Address destination;
  int hop_limit = 0;
};

tl::expected<Envelope, DecodeError> open_envelope(const Datagram& datagram) {
  Octets octets = datagram.octets;
  if (datagram.family == Family::IPv6) {
    return Envelope{octets, datagram.source, datagram.destination, datagram.hop_limit};
  }
  if (octets.size() < kIpHeader) return tl::unexpected(DecodeError::Length);
  const std::size_t header = std::size_t{4} * (octets[0] & 0x0FU);
  const std::size_t total = load_u16(octets, 2);
  if (octets[0] >> 4 != 4 || header < kIpHeader || total < header || total > octets.size()) {
    return tl::unexpected(DecodeError::Length);
  }
  // What follows is the padding of a short Ethernet frame.
  return Envelope{octets.first(total).subspan(header), address_of(octets.subspan(12, 4)),
                  address_of(octets.subspan(16, 4)), octets[8]};
}

void add_address(OnesComplementSum& sum, const Address& address) {
  if (address.is_v6()) {
    sum.add(address.to_v6().to_bytes());
  } else {
    sum.add(address.to_v4().to_bytes());
  }
}

/// RFC 8200 section 8.1, and the same for IPv4 (RFC 5798 as most read it).
void add_pseudo_header(OnesComplementSum& sum, const Address& source, const Address& destination,
                       std::size_t message_size) {
  add_address(sum, source);
  add_address(sum, destination);
  sum.add(kProtocol);
  sum.add(static_cast<std::uint16_t>(message_size));
}

tl::expected<ChecksumForm, DecodeError> checksum_form(Version version, Family family,
                                                      const Envelope& envelope) {
  OnesComplementSum message;
  message.add(envelope.message);
  const auto is_right_for = [&](const Address& destination) {
    OnesComplementSum sum = message;
    add_pseudo_header(sum, envelope.source, destination, envelope.message.size());
    return sum.is_right();
  };
  if (family == Family::IPv6) {
    if (is_right_for(envelope.destination)) return ChecksumForm::Message;
    return tl::unexpected(DecodeError::Checksum);
  }
  if (message.is_right()) return ChecksumForm::Message;
  if (version == Version::V2) return tl::unexpected(DecodeError::Checksum);
  if (is_right_for(envelope.destination)) return ChecksumForm::PseudoHeader;
  if (is_right_for(kMulticastGroup4)) return tl::unexpected(DecodeError::MulticastChecksum);
  return tl::unexpected(DecodeError::Checksum);
}

/// Takes the same time whatever differs, so that the time tells nothing about the password.
bool is_equal_in_constant_time(const Password& a, const Password& b) {
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

std::size_t address_size(Family family) {
  return family == Family::IPv4 ? 4 : 16;
}

}  // namespace

Address multicast_group(Family family) {
  if (family == Family::IPv4) return kMulticastGroup4;
  constexpr boost::asio::ip::address_v6::bytes_type kMulticastGroup6 = {
      0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12};
  return boost::asio::ip::address_v6(kMulticastGroup6);
}

Password password_from(std::string_view text) {
  Password password{};
  std::ranges::copy(text.substr(0, password.size()), password.begin());
  return password;
}

std::optional<Datagram> datagram_in(Family family, std::span<const std::uint8_t> packet) {
  if (family == Family::IPv4) {
    if (packet.size() < kIpHeader || packet[0] >> 4 != 4 || packet[9] != kProtocol) {
      return std::nullopt;
    }
    return Datagram{.family = family,
                    .octets = packet,
                    .source = address_of(packet.subspan(12, 4)),
                    .destination = address_of(packet.subspan(16, 4)),
                    .hop_limit = packet[8]};
  }
  // RFC 8200 section 3: version, traffic class and flow label (4 octets), payload length (2), next
  // header, hop limit, source (16), destination (16).
  if (packet.size() < kIpv6Header || packet[0] >> 4 != 6 || packet[6] != kProtocol) {
    return std::nullopt;
  }
  const std::size_t payload = load_u16(packet, 4);
  if (payload > packet.size() - kIpv6Header) return std::nullopt;
  return Datagram{.family = family,
                  .octets = packet.subspan(kIpv6Header, payload),
                  .source = address_of(packet.subspan(8, 16)),
                  .destination = address_of(packet.subspan(24, 16)),
                  .hop_limit = packet[7]};
}

std::optional<std::uint8_t> virtual_router_id_in(const Datagram& datagram) {
  std::size_t at = 1;
  if (datagram.family == Family::IPv4) {
    if (datagram.octets.empty()) return std::nullopt;
    at += std::size_t{4} * (datagram.octets[0] & 0x0FU);
  }
  if (at >= datagram.octets.size()) return std::nullopt;
  return datagram.octets[at];
}

tl::expected<Received, DecodeError> decode_advertisement(const Datagram& datagram) {
  const auto envelope = open_envelope(datagram);
  if (!envelope) return tl::unexpected(envelope.error());
  if (envelope->hop_limit != kHopLimit) return tl::unexpected(DecodeError::HopLimit);
  if (envelope->source.is_multicast() || envelope->source.is_unspecified()) {
    return tl::unexpected(DecodeError::Source);
  }

  const Octets message = envelope->message;
  if (message.size() < kMessageHeader) return tl::unexpected(DecodeError::Length);
  const int version_number = message[0] >> 4;
  const bool is_version2 = version_number == 2 && datagram.family == Family::IPv4;
  if (!is_version2 && version_number != 3) return tl::unexpected(DecodeError::Version);
  const Version version = is_version2 ? Version::V2 : Version::V3;
  if ((message[0] & 0x0F) != kTypeAdvertisement) return tl::unexpected(DecodeError::Type);
  if (message[1] == 0) return tl::unexpected(DecodeError::VirtualRouterId);

  // CARP's packets are refused here too: protocol 112, "version 2, type 1", priority 0, and 28
  // octets after a header that counts seven.
  const std::size_t addresses = message[3] * address_size(datagram.family);
  const std::size_t authentication = is_version2 ? kAuthenticationData : 0;
  if (message.size() != kMessageHeader + addresses + authentication) {
    return tl::unexpected(DecodeError::Length);
  }
  const auto form = checksum_form(version, datagram.family, *envelope);
  if (!form) return tl::unexpected(form.error());

  Advertisement advertisement{.version = version,
                              .family = datagram.family,
                              .virtual_router_id = message[1],
                              .priority = message[2],
                              .addresses = message.subspan(kMessageHeader, addresses)};
  if (is_version2) {
    if (message[4] > kSimpleTextPassword) return tl::unexpected(DecodeError::AuthenticationType);
    advertisement.is_authenticated = message[4] == kSimpleTextPassword;
    if (advertisement.is_authenticated) {
      std::ranges::copy(message.last(kAuthenticationData), advertisement.password.begin());
    }
  }
  if (addresses == 0) return tl::unexpected(DecodeError::AddressCount);
  advertisement.interval =
      is_version2 ? message[5] * kSecond : (load_u16(message, 4) & kIntervalMask) * kCentisecond;
  if (advertisement.interval == Duration::zero()) return tl::unexpected(DecodeError::Interval);
  return Received{envelope->source, envelope->destination, *form, advertisement};
}

tl::expected<void, DecodeError> compare(const Advertisement& advertisement,
                                        const Expected& expected) {
  if (advertisement.version != expected.version) return tl::unexpected(DecodeError::Version);
  if (advertisement.version == Version::V3) return {};
  if (advertisement.is_authenticated != expected.is_authenticated) {
    return tl::unexpected(DecodeError::AuthenticationType);
  }
  if (expected.is_authenticated &&
      !is_equal_in_constant_time(advertisement.password, expected.password)) {
    return tl::unexpected(DecodeError::Authentication);
  }
  if (advertisement.interval != expected.interval) {
    return tl::unexpected(DecodeError::IntervalMismatch);
  }
  return {};
}

namespace {

/// RFC 791 section 3.1, without options.
void write_ip_header(ByteWriter& writer, std::size_t message_size, const Address& source,
                     const Address& destination) {
  writer.u8(0x45);
  writer.u8(kInternetworkControl);
  writer.u16(static_cast<std::uint16_t>(kIpHeader + message_size));
  writer.u16(0);  // identification: the kernel's choice
  writer.u16(0);  // may be fragmented, is not
  writer.u8(kHopLimit);
  writer.u8(kProtocol);
  const std::size_t checksum_at = writer.size();
  writer.u16(0);
  writer.octets(source.to_v4().to_bytes());
  writer.octets(destination.to_v4().to_bytes());
  OnesComplementSum sum;
  sum.add(writer.written());
  writer.u16_at(checksum_at, sum.complement());
}

}  // namespace

std::size_t packet_size(Version version, Family family, std::size_t addresses) {
  const std::size_t header = family == Family::IPv4 ? kIpHeader : kIpv6Header;
  const std::size_t authentication = version == Version::V2 ? kAuthenticationData : 0;
  return header + kMessageHeader + addresses * address_size(family) + authentication;
}

AdvertisementBytes encode_advertisement(const Advertisement& advertisement, ChecksumForm checksum,
                                        const Address& source, const Address& destination) {
  AdvertisementBytes bytes;
  ByteWriter writer(bytes.octets_);
  const bool is_version2 = advertisement.version == Version::V2;
  const std::size_t message_size =
      kMessageHeader + advertisement.addresses.size() + (is_version2 ? kAuthenticationData : 0);
  if (advertisement.family == Family::IPv4) {
    write_ip_header(writer, message_size, source, destination);
  }

  const std::size_t begin = writer.size();
  writer.u8(
      static_cast<std::uint8_t>(static_cast<int>(advertisement.version) << 4 | kTypeAdvertisement));
  writer.u8(advertisement.virtual_router_id);
  writer.u8(advertisement.priority);
  writer.u8(static_cast<std::uint8_t>(advertisement.address_count()));
  if (is_version2) {
    writer.u8(advertisement.is_authenticated ? kSimpleTextPassword : kNoAuthentication);
    writer.u8(static_cast<std::uint8_t>(advertisement.interval / kSecond));
  } else {
    writer.u16(static_cast<std::uint16_t>(advertisement.interval / kCentisecond & kIntervalMask));
  }
  writer.u16(0);
  writer.octets(advertisement.addresses);
  if (is_version2) {
    writer.octets(advertisement.is_authenticated ? advertisement.password : Password{});
  }

  OnesComplementSum sum;
  sum.add(writer.written(begin));
  const bool has_pseudo_header = advertisement.family == Family::IPv6 ||
                                 (!is_version2 && checksum == ChecksumForm::PseudoHeader);
  if (has_pseudo_header) add_pseudo_header(sum, source, destination, message_size);
  // 0x0000 is sent as it is: VRRP has no rule like UDP's.
  writer.u16_at(begin + kChecksumAt, sum.complement());
  bytes.size_ = writer.size();
  return bytes;
}

}  // namespace evenkeel::vrrp
