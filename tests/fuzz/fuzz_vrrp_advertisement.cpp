// Whole IP packets, as any neighbour may send them, through the decoder of VRRP: read as IPv4 and
// as IPv6, as they are and with their checksum put right. What is accepted keeps the promises of
// vrrp/advertisement.h and comes back from its own encoding.
#include <algorithm>
#include <cstdlib>
#include <span>
#include <vector>

#include "vrrp/advertisement.h"
#include "vrrp/bytes.h"
#include "vrrp/rival_sighting.h"

using namespace evenkeel::vrrp;

namespace {

constexpr std::size_t kIPv6Header = 40;

Address ipv6_at(std::span<const std::uint8_t> octets, std::size_t at) {
  boost::asio::ip::address_v6::bytes_type bytes;
  std::ranges::copy(octets.subspan(at, bytes.size()), bytes.begin());
  return boost::asio::ip::address_v6(bytes);
}

void require(bool condition) {
  if (!condition) std::abort();
}

bool is_equal(const Advertisement& a, const Advertisement& b) {
  return a.version == b.version && a.family == b.family &&
         a.virtual_router_id == b.virtual_router_id && a.priority == b.priority &&
         a.interval == b.interval && std::ranges::equal(a.addresses, b.addresses) &&
         a.is_authenticated == b.is_authenticated && a.password == b.password;
}

void require_promises(const Received& received, Family family) {
  const Advertisement& advertisement = received.advertisement;
  require(advertisement.family == family && advertisement.virtual_router_id != 0);
  require(advertisement.address_count() > 0 && advertisement.address_count() < 256);
  require(family_of(received.source) == family && !received.source.is_multicast());
  if (advertisement.version == Version::V2) {
    require(family == Family::IPv4 && received.checksum == ChecksumForm::Message);
    require(advertisement.interval >= std::chrono::seconds(1));
    require(advertisement.interval <= std::chrono::seconds(255));
  } else {
    require(!advertisement.is_authenticated && advertisement.password == Password{});
    require(advertisement.interval >= std::chrono::milliseconds(10));
    require(advertisement.interval <= std::chrono::milliseconds(40950));
  }
}

/// True: accepted.
bool decode(const Datagram& datagram) {
  const auto received = decode_advertisement(datagram);
  if (!received) return false;
  require_promises(*received, datagram.family);
  const Advertisement& advertisement = received->advertisement;
  require(compare(advertisement, {.version = advertisement.version,
                                  .interval = advertisement.interval,
                                  .is_authenticated = advertisement.is_authenticated,
                                  .password = advertisement.password})
              .has_value());

  const AdvertisementBytes bytes = encode_advertisement(advertisement, received->checksum,
                                                        received->source, received->destination);
  const auto again = decode_advertisement({.family = datagram.family,
                                           .octets = bytes.octets(),
                                           .source = received->source,
                                           .destination = received->destination,
                                           .hop_limit = kHopLimit});
  require(again.has_value() && is_equal(again->advertisement, advertisement));
  require(again->checksum == received->checksum && again->source == received->source &&
          again->destination == received->destination);
  return true;
}

/// As the sender of this message would have summed it.
void put_checksum_right(std::span<std::uint8_t> message, std::span<const std::uint8_t> addresses,
                        Family family) {
  if (message.size() < 8) return;
  message[6] = message[7] = 0;
  OnesComplementSum sum;
  sum.add(message);
  if (family == Family::IPv6) {
    sum.add(addresses);
    sum.add(kProtocol);
    sum.add(static_cast<std::uint16_t>(message.size()));
  }
  ByteWriter(message).u16_at(6, sum.complement());
}

void decode_ipv4(std::vector<std::uint8_t> packet) {
  if (decode({.family = Family::IPv4, .octets = packet}) || packet.size() < 20) return;
  const std::size_t header = std::size_t{4} * (packet[0] & 0x0FU);
  const std::size_t total = std::min<std::size_t>(load_u16(packet, 2), packet.size());
  if (header >= total) return;
  put_checksum_right(std::span(packet).first(total).subspan(header), {}, Family::IPv4);
  decode({.family = Family::IPv4, .octets = packet});
}

void decode_ipv6(std::vector<std::uint8_t> packet) {
  if (packet.size() < kIPv6Header) return;
  const std::span<std::uint8_t> message = std::span(packet).subspan(kIPv6Header);
  const Datagram datagram{.family = Family::IPv6,
                          .octets = message,
                          .source = ipv6_at(packet, 8),
                          .destination = ipv6_at(packet, 24),
                          .hop_limit = packet[7]};
  if (decode(datagram)) return;
  put_checksum_right(message, std::span(packet).subspan(8, 32), Family::IPv6);
  decode(datagram);
}

/// As a packet socket gives it: what is shown of it lies inside, and is of the family that was
/// asked for.
void open_packet(Family family, std::span<const std::uint8_t> packet) {
  const auto datagram = datagram_in(family, packet);
  if (!datagram) return;
  require(datagram->family == family && family_of(datagram->source) == family &&
          family_of(datagram->destination) == family);
  require(datagram->octets.data() >= packet.data() &&
          datagram->octets.data() + datagram->octets.size() <= packet.data() + packet.size());
  decode(*datagram);
}

/// Beside a configuration of ours: it allocates nothing, and names no owner without an address.
void compare_with_ours(const Datagram& datagram) {
  const auto received = decode_advertisement(datagram);
  if (!received) return;
  InstanceConfig config;
  config.virtual_router_id = 51;
  config.family = datagram.family;
  const Password password{};
  for (const bool is_common : {true, false}) {
    Sighting sighting{.received = *received, .mac = {}, .common = {}};
    if (is_common) sighting.common = received->source;
    const auto rival = rival_in(sighting, {config, password});
    if (!rival) continue;
    require(!rival->is_owner || (rival->address && !rival->differences.empty()));
    require(!what(*rival, config).empty() && !who(*rival, config).empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  decode_ipv4({data, data + size});
  decode_ipv6({data, data + size});
  for (const Family family : {Family::IPv4, Family::IPv6}) {
    open_packet(family, {data, size});
    if (const auto datagram = datagram_in(family, {data, size})) compare_with_ours(*datagram);
  }
  return 0;
}
