// Types -> netlink requests (codec.h).
#include <algorithm>
#include <array>
#include <cstring>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>
#include <string>

#include "ipvs/codec.h"
#include "ipvs/message_writer.h"

namespace evenkeel::ipvs {

namespace {

constexpr std::size_t kLongestSchedulerName = IP_VS_SCHEDNAME_MAXLEN - 1;
constexpr std::size_t kLongestEngineName = IP_VS_PENAME_MAXLEN;

void put_address(MessageWriter& writer, std::uint16_t type, const Address& address) {
  if (address.is_v6()) {
    writer.put(type, address.to_v6().to_bytes());
    return;
  }
  std::array<std::uint8_t, 16> bytes{};  // the kernel's union nf_inet_addr
  std::ranges::copy(address.to_v4().to_bytes(), bytes.begin());
  writer.put(type, bytes);
}

void put_name(MessageWriter& writer, std::uint16_t type, std::string_view name,
              std::size_t longest) {
  writer.put_text(type, name.substr(0, longest + 1));
}

std::uint16_t family_of(const Address& address) {
  return static_cast<std::uint16_t>(address.is_v6() ? Family::Ipv6 : Family::Ipv4);
}

void put_service_key(MessageWriter& writer, const ServiceKey& key) {
  if (key.firewall_mark != 0) {
    writer.put(IPVS_SVC_ATTR_AF, static_cast<std::uint16_t>(key.family));
    writer.put(IPVS_SVC_ATTR_FWMARK, key.firewall_mark);
    return;
  }
  writer.put(IPVS_SVC_ATTR_AF, family_of(key.address));
  writer.put(IPVS_SVC_ATTR_PROTOCOL, static_cast<std::uint16_t>(key.protocol));
  put_address(writer, IPVS_SVC_ATTR_ADDR, key.address);
  writer.put_port(IPVS_SVC_ATTR_PORT, key.port);
}

bool is_v6(const ServiceKey& key) {
  return key.firewall_mark != 0 ? key.family == Family::Ipv6 : key.address.is_v6();
}

void put_netmask(MessageWriter& writer, const Service& service) {
  if (is_v6(service.key)) {
    writer.put(IPVS_SVC_ATTR_NETMASK, std::uint32_t{service.persistence_prefix});
    return;
  }
  const unsigned prefix = std::min<unsigned>(service.persistence_prefix, 32);
  const std::uint32_t mask = prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix);
  writer.put(IPVS_SVC_ATTR_NETMASK, boost::asio::ip::address_v4(mask).to_bytes());
}

void put_service(MessageWriter& writer, const Service& service) {
  put_service_key(writer, service.key);
  put_name(writer, IPVS_SVC_ATTR_SCHED_NAME, service.scheduler, kLongestSchedulerName);
  if (!service.persistence_engine.empty()) {
    put_name(writer, IPVS_SVC_ATTR_PE_NAME, service.persistence_engine, kLongestEngineName);
  }
  // The mask has all flags that we know, so that the kernel clears those that are not set.
  writer.put(IPVS_SVC_ATTR_FLAGS,
             ip_vs_flags{service.flags & ServiceFlags::kKnown, ServiceFlags::kKnown});
  writer.put(IPVS_SVC_ATTR_TIMEOUT, service.persistence_seconds);
  put_netmask(writer, service);
}

void put_destination_key(MessageWriter& writer, const DestinationKey& key) {
  writer.put(IPVS_DEST_ATTR_ADDR_FAMILY, family_of(key.address));
  put_address(writer, IPVS_DEST_ATTR_ADDR, key.address);
  writer.put_port(IPVS_DEST_ATTR_PORT, key.port);
}

void put_destination(MessageWriter& writer, const Destination& destination) {
  put_destination_key(writer, destination.key);
  writer.put(IPVS_DEST_ATTR_FWD_METHOD, static_cast<std::uint32_t>(destination.forwarding));
  writer.put(IPVS_DEST_ATTR_WEIGHT, destination.weight);
  writer.put(IPVS_DEST_ATTR_U_THRESH, destination.upper_threshold);
  writer.put(IPVS_DEST_ATTR_L_THRESH, destination.lower_threshold);
  if (destination.forwarding == ForwardingMethod::Tunnel) {
    writer.put(IPVS_DEST_ATTR_TUN_TYPE, static_cast<std::uint8_t>(destination.tunnel.type));
    writer.put_port(IPVS_DEST_ATTR_TUN_PORT, destination.tunnel.port);
    writer.put(IPVS_DEST_ATTR_TUN_FLAGS, destination.tunnel.flags);
  }
}

std::uint8_t command_of(OperationKind kind) {
  switch (kind) {
    case OperationKind::AddService:
      return IPVS_CMD_NEW_SERVICE;
    case OperationKind::SetService:
      return IPVS_CMD_SET_SERVICE;
    case OperationKind::RemoveService:
      return IPVS_CMD_DEL_SERVICE;
    case OperationKind::AddDestination:
      return IPVS_CMD_NEW_DEST;
    case OperationKind::SetDestination:
      return IPVS_CMD_SET_DEST;
    case OperationKind::RemoveDestination:
      return IPVS_CMD_DEL_DEST;
  }
  return IPVS_CMD_UNSPEC;
}

}  // namespace

std::vector<std::span<const Operation>> pieces_of(std::span<const Operation> batch,
                                                  std::size_t longest_send) {
  const std::size_t size = std::max<std::size_t>(longest_send / kLongestRequest, 1);
  std::vector<std::span<const Operation>> pieces;
  for (; batch.size() > size; batch = batch.subspan(size)) pieces.push_back(batch.first(size));
  if (!batch.empty()) pieces.push_back(batch);
  return pieces;
}

template <typename Put>
void Requests::append(std::uint16_t type, std::uint16_t flags, std::uint8_t command, Put put) {
  if (buffer_.size() < size_ + kLongestRequest) {
    buffer_.resize(
        std::max(size_ + kLongestRequest, buffer_.size() + Backend::kBatch * kLongestRequest / 2));
  }
  MessageWriter writer(buffer_.data() + size_, type,
                       static_cast<std::uint16_t>(NLM_F_REQUEST | flags), first_sequence_ + count_,
                       genlmsghdr{command, IPVS_GENL_VERSION, 0});
  put(writer);
  last_ = size_;
  size_ += writer.finish();
  ++count_;
}

template <typename Put>
void Requests::append(std::uint16_t flags, std::uint8_t command, Put put) {
  append(family_id_, flags, command, put);
}

void Requests::restart(std::uint16_t family_id, std::uint32_t sequence) {
  size_ = 0;
  last_ = 0;
  count_ = 0;
  family_id_ = family_id;
  first_sequence_ = sequence;
}

void Requests::put_operation(const Operation& operation) {
  const bool has_whole_service =
      operation.kind == OperationKind::AddService || operation.kind == OperationKind::SetService;
  const bool has_destination = operation.kind == OperationKind::AddDestination ||
                               operation.kind == OperationKind::SetDestination;
  append(0, command_of(operation.kind), [&](MessageWriter& writer) {
    std::byte* nest = writer.open_nest();
    if (has_whole_service) {
      put_service(writer, operation.service);
    } else {
      put_service_key(writer, operation.service.key);
    }
    writer.close_nest(nest, IPVS_CMD_ATTR_SERVICE);
    if (!has_destination && operation.kind != OperationKind::RemoveDestination) return;
    nest = writer.open_nest();
    if (has_destination) {
      put_destination(writer, operation.destination);
    } else {
      put_destination_key(writer, operation.destination.key);
    }
    writer.close_nest(nest, IPVS_CMD_ATTR_DEST);
  });
}

void Requests::put_get_services() {
  append(NLM_F_DUMP, IPVS_CMD_GET_SERVICE, [](MessageWriter&) {});
}

void Requests::put_get_service(const ServiceKey& key) {
  append(0, IPVS_CMD_GET_SERVICE, [&key](MessageWriter& writer) {
    std::byte* nest = writer.open_nest();
    put_service_key(writer, key);
    writer.close_nest(nest, IPVS_CMD_ATTR_SERVICE);
  });
}

void Requests::put_get_destinations(const ServiceKey& service) {
  append(NLM_F_DUMP, IPVS_CMD_GET_DEST, [&service](MessageWriter& writer) {
    std::byte* nest = writer.open_nest();
    put_service_key(writer, service);
    writer.close_nest(nest, IPVS_CMD_ATTR_SERVICE);
  });
}

void Requests::put_get_info() {
  append(0, IPVS_CMD_GET_INFO, [](MessageWriter&) {});
}

void Requests::put_get_timeouts() {
  append(0, IPVS_CMD_GET_CONFIG, [](MessageWriter&) {});
}

void Requests::put_set_timeouts(const Timeouts& timeouts) {
  append(0, IPVS_CMD_SET_CONFIG, [&timeouts](MessageWriter& writer) {
    writer.put(IPVS_CMD_ATTR_TIMEOUT_TCP, timeouts.tcp);
    writer.put(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, timeouts.tcp_fin);
    writer.put(IPVS_CMD_ATTR_TIMEOUT_UDP, timeouts.udp);
  });
}

void Requests::put_get_family() {
  append(GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY,
         [](MessageWriter& writer) { writer.put_text(CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME); });
}

void Requests::acknowledge_last() {
  if (count_ == 0) return;
  nlmsghdr header{};
  std::memcpy(&header, buffer_.data() + last_, sizeof header);
  header.nlmsg_flags = static_cast<std::uint16_t>(header.nlmsg_flags | NLM_F_ACK);
  std::memcpy(buffer_.data() + last_, &header, sizeof header);
}

}  // namespace evenkeel::ipvs
