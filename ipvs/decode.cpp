// Netlink answers -> types (codec.h).
#include <array>
#include <bit>
#include <cstring>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <utility>

#include "ipvs/attributes.h"
#include "ipvs/codec.h"

namespace evenkeel::ipvs {

namespace {

using Bytes = std::span<const std::byte>;
using CommandAttributes = Attributes<IPVS_CMD_ATTR_MAX>;
using ServiceAttributes = Attributes<IPVS_SVC_ATTR_MAX>;
using DestinationAttributes = Attributes<IPVS_DEST_ATTR_MAX>;

/// The attributes behind the generic netlink header of a message with this command.
tl::expected<Bytes, DecodeError> body_of(const Answer& answer, std::uint8_t command) {
  genlmsghdr header{};
  if (answer.payload.size() < sizeof header) return tl::unexpected(DecodeError::Truncated);
  std::memcpy(&header, answer.payload.data(), sizeof header);
  if (header.cmd != command) return tl::unexpected(DecodeError::UnexpectedCommand);
  return answer.payload.subspan(sizeof header);
}

/// The content of attribute `nest` of a message with this command.
tl::expected<Bytes, DecodeError> nest_of(const Answer& answer, std::uint8_t command,
                                         std::uint16_t nest) {
  const auto body = body_of(answer, command);
  if (!body) return body;
  CommandAttributes attributes(*body);
  const Bytes bytes = attributes.bytes(nest);
  if (attributes.error()) return tl::unexpected(*attributes.error());
  return bytes;
}

template <std::size_t Max>
Family family_of(Attributes<Max>& attributes, std::uint16_t number) {
  switch (static_cast<Family>(number)) {
    case Family::Ipv4:
      return Family::Ipv4;
    case Family::Ipv6:
      return Family::Ipv6;
  }
  attributes.fail(DecodeError::Unrepresentable);
  return Family::Ipv4;
}

/// The kernel's union nf_inet_addr: IPv4 takes the first 4 of its 16 bytes.
template <std::size_t Max>
Address address_of(Attributes<Max>& attributes, std::size_t type, Family family) {
  const Bytes bytes = attributes.bytes(type);
  boost::asio::ip::address_v6::bytes_type v6{};
  boost::asio::ip::address_v4::bytes_type v4{};
  if (family == Family::Ipv6 && bytes.size() == v6.size()) {
    std::memcpy(v6.data(), bytes.data(), v6.size());
    return boost::asio::ip::address_v6(v6);
  }
  if (family == Family::Ipv4 && bytes.size() >= v4.size()) {
    std::memcpy(v4.data(), bytes.data(), v4.size());
    return boost::asio::ip::address_v4(v4);
  }
  attributes.fail(DecodeError::BadAttribute);
  return {};
}

/// Both nests, STATS and STATS64: a number's length says which it is.
std::optional<Statistics> to_statistics(Bytes nest) {
  Statistics out;
  const std::array<std::uint64_t*, IPVS_STATS_ATTR_OUTBPS + 1> fields{
      nullptr,
      &out.connections,
      &out.in_packets,
      &out.out_packets,
      &out.in_bytes,
      &out.out_bytes,
      &out.connection_rate,
      &out.in_packet_rate,
      &out.out_packet_rate,
      &out.in_byte_rate,
      &out.out_byte_rate,
  };
  bool fits = true;
  const bool walked = for_each_attribute(nest, [&](const Attribute& attribute) {
    if (attribute.type >= fields.size() || fields.at(attribute.type) == nullptr) return;
    std::uint64_t& field = *fields.at(attribute.type);
    std::uint32_t narrow = 0;
    if (attribute.payload.size() == sizeof field) {
      std::memcpy(&field, attribute.payload.data(), sizeof field);
    } else if (attribute.payload.size() == sizeof narrow) {
      std::memcpy(&narrow, attribute.payload.data(), sizeof narrow);
      field = narrow;
    } else {
      fits = false;
    }
  });
  if (!walked || !fits) return std::nullopt;
  return out;
}

template <std::size_t Max>
Statistics statistics_of(Attributes<Max>& attributes, std::size_t wide, std::size_t narrow) {
  if (!attributes.has(wide) && !attributes.has(narrow)) return {};
  const auto statistics = to_statistics(attributes.bytes(attributes.has(wide) ? wide : narrow));
  if (!statistics) attributes.fail(DecodeError::BadAttribute);
  return statistics.value_or(Statistics{});
}

ServiceKey service_key_of(ServiceAttributes& attributes) {
  ServiceKey key;
  key.family = family_of(attributes, attributes.number<std::uint16_t>(IPVS_SVC_ATTR_AF));
  key.firewall_mark = attributes.number_or<std::uint32_t>(IPVS_SVC_ATTR_FWMARK, 0);
  if (key.firewall_mark != 0) return key;

  const auto protocol = attributes.number<std::uint16_t>(IPVS_SVC_ATTR_PROTOCOL);
  if (protocol > 0xff) attributes.fail(DecodeError::Unrepresentable);
  key.protocol = static_cast<Protocol>(protocol);
  key.address = address_of(attributes, IPVS_SVC_ATTR_ADDR, key.family);
  key.port = attributes.port(IPVS_SVC_ATTR_PORT);
  return key;
}

std::uint8_t persistence_prefix_of(ServiceAttributes& attributes, Family family) {
  if (family == Family::Ipv6) {
    const auto prefix = attributes.number<std::uint32_t>(IPVS_SVC_ATTR_NETMASK);
    return static_cast<std::uint8_t>(prefix <= 128 ? prefix : 0);
  }
  using Octets = boost::asio::ip::address_v4::bytes_type;
  const auto octets = attributes.number<Octets>(IPVS_SVC_ATTR_NETMASK);
  const std::uint32_t mask = boost::asio::ip::address_v4(octets).to_uint();
  const int ones = std::countl_one(mask);
  return static_cast<std::uint8_t>(std::popcount(mask) == ones ? ones : 0);
}

DestinationKey destination_key_of(DestinationAttributes& attributes, Family service_family) {
  const auto number = attributes.number_or<std::uint16_t>(IPVS_DEST_ATTR_ADDR_FAMILY, 0);
  const Family family = number == 0 ? service_family : family_of(attributes, number);
  DestinationKey key;
  key.address = address_of(attributes, IPVS_DEST_ATTR_ADDR, family);
  key.port = attributes.port(IPVS_DEST_ATTR_PORT);
  return key;
}

/// A kernel before 5.2 has no tunnel type: ipip is its only one.
Tunnel tunnel_of(DestinationAttributes& attributes) {
  Tunnel tunnel;
  tunnel.type =
      static_cast<TunnelType>(attributes.number_or<std::uint8_t>(IPVS_DEST_ATTR_TUN_TYPE, 0));
  if (attributes.has(IPVS_DEST_ATTR_TUN_PORT)) {
    tunnel.port = attributes.port(IPVS_DEST_ATTR_TUN_PORT);
  }
  tunnel.flags = attributes.number_or<std::uint16_t>(IPVS_DEST_ATTR_TUN_FLAGS, 0);
  return tunnel;
}

}  // namespace

tl::expected<ServiceReading, DecodeError> decode_service(const Answer& answer) {
  const auto nest = nest_of(answer, IPVS_CMD_NEW_SERVICE, IPVS_CMD_ATTR_SERVICE);
  if (!nest) return tl::unexpected(nest.error());

  ServiceAttributes attributes(*nest);
  ServiceReading out;
  Service& service = out.service;
  service.key = service_key_of(attributes);
  service.scheduler = attributes.text(IPVS_SVC_ATTR_SCHED_NAME);
  if (attributes.has(IPVS_SVC_ATTR_PE_NAME)) {
    service.persistence_engine = attributes.text(IPVS_SVC_ATTR_PE_NAME);
  }
  const auto flags = attributes.number<ip_vs_flags>(IPVS_SVC_ATTR_FLAGS);
  service.flags = flags.flags & ServiceFlags::kKnown;
  service.persistence_seconds = attributes.number<std::uint32_t>(IPVS_SVC_ATTR_TIMEOUT);
  service.persistence_prefix = persistence_prefix_of(attributes, service.key.family);
  out.statistics = statistics_of(attributes, IPVS_SVC_ATTR_STATS64, IPVS_SVC_ATTR_STATS);
  if (attributes.error()) return tl::unexpected(*attributes.error());
  return out;
}

tl::expected<DestinationReading, DecodeError> decode_destination(const Answer& answer,
                                                                 Family family) {
  const auto nest = nest_of(answer, IPVS_CMD_NEW_DEST, IPVS_CMD_ATTR_DEST);
  if (!nest) return tl::unexpected(nest.error());

  DestinationAttributes attributes(*nest);
  const auto number = [&attributes](std::size_t type) {
    return attributes.number<std::uint32_t>(type);
  };
  DestinationReading out;
  Destination& destination = out.destination;
  destination.key = destination_key_of(attributes, family);
  destination.forwarding =
      static_cast<ForwardingMethod>(number(IPVS_DEST_ATTR_FWD_METHOD) & IP_VS_CONN_F_FWD_MASK);
  if (destination.forwarding == ForwardingMethod::Tunnel)
    destination.tunnel = tunnel_of(attributes);
  destination.weight = number(IPVS_DEST_ATTR_WEIGHT);
  destination.upper_threshold = number(IPVS_DEST_ATTR_U_THRESH);
  destination.lower_threshold = number(IPVS_DEST_ATTR_L_THRESH);
  out.counters.active_connections = number(IPVS_DEST_ATTR_ACTIVE_CONNS);
  out.counters.inactive_connections = number(IPVS_DEST_ATTR_INACT_CONNS);
  out.counters.persistent_connections = number(IPVS_DEST_ATTR_PERSIST_CONNS);
  out.counters.statistics = statistics_of(attributes, IPVS_DEST_ATTR_STATS64, IPVS_DEST_ATTR_STATS);
  if (attributes.error()) return tl::unexpected(*attributes.error());
  return out;
}

tl::expected<KernelInfo, DecodeError> decode_info(const Answer& answer) {
  const auto body = body_of(answer, IPVS_CMD_SET_INFO);
  if (!body) return tl::unexpected(body.error());
  Attributes<IPVS_INFO_ATTR_MAX> attributes(*body);
  KernelInfo info;
  info.version = attributes.number<std::uint32_t>(IPVS_INFO_ATTR_VERSION);
  info.connection_table_size = attributes.number<std::uint32_t>(IPVS_INFO_ATTR_CONN_TAB_SIZE);
  if (attributes.error()) return tl::unexpected(*attributes.error());
  return info;
}

tl::expected<Timeouts, DecodeError> decode_timeouts(const Answer& answer) {
  const auto body = body_of(answer, IPVS_CMD_SET_CONFIG);
  if (!body) return tl::unexpected(body.error());
  CommandAttributes attributes(*body);
  Timeouts timeouts;  // a kernel without TCP or UDP balancing leaves its own out
  timeouts.tcp = attributes.number_or<std::uint32_t>(IPVS_CMD_ATTR_TIMEOUT_TCP, 0);
  timeouts.tcp_fin = attributes.number_or<std::uint32_t>(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, 0);
  timeouts.udp = attributes.number_or<std::uint32_t>(IPVS_CMD_ATTR_TIMEOUT_UDP, 0);
  if (attributes.error()) return tl::unexpected(*attributes.error());
  return timeouts;
}

tl::expected<std::uint16_t, DecodeError> decode_family_id(const Answer& answer) {
  const auto body = body_of(answer, CTRL_CMD_NEWFAMILY);
  if (!body) return tl::unexpected(body.error());
  Attributes<CTRL_ATTR_FAMILY_ID> attributes(*body);
  const auto id = attributes.number<std::uint16_t>(CTRL_ATTR_FAMILY_ID);
  if (attributes.error()) return tl::unexpected(*attributes.error());
  return id;
}

}  // namespace evenkeel::ipvs
