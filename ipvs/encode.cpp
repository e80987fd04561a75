// Types -> netlink requests (codec.h).
#include <algorithm>
#include <array>
#include <cstring>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>
#include <string>

#include "ipvs/codec.h"

namespace evenkeel::ipvs {

namespace {

/// More than the longest request: headers, both nests, every attribute and both names.
constexpr std::size_t kLongestRequest = 512;

constexpr std::size_t kLongestSchedulerName = IP_VS_SCHEDNAME_MAXLEN - 1;
constexpr std::size_t kLongestEngineName = IP_VS_PENAME_MAXLEN;

std::uint16_t to_network(std::uint16_t value) {
  const std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(value >> 8U),
                                          static_cast<std::uint8_t>(value & 0xffU)};
  std::uint16_t out = 0;
  std::memcpy(&out, bytes.data(), bytes.size());
  return out;
}

void put_address(nlmsghdr* message, std::uint16_t type, const Address& address) {
  std::array<std::uint8_t, 16> bytes{};  // the kernel's union nf_inet_addr
  if (address.is_v6()) {
    bytes = address.to_v6().to_bytes();
  } else {
    std::ranges::copy(address.to_v4().to_bytes(), bytes.begin());
  }
  mnl_attr_put(message, type, bytes.size(), bytes.data());
}

void put_name(nlmsghdr* message, std::uint16_t type, const std::string& name, std::size_t longest) {
  std::array<char, 32> text{};
  const std::size_t length = std::min(name.size(), longest + 1);
  name.copy(text.data(), length);
  mnl_attr_put(message, type, length + 1, text.data());
}

Family family_of(const Address& address) {
  return address.is_v6() ? Family::Ipv6 : Family::Ipv4;
}

void put_service_key(nlmsghdr* message, const ServiceKey& key) {
  if (key.firewall_mark != 0) {
    mnl_attr_put_u16(message, IPVS_SVC_ATTR_AF, static_cast<std::uint16_t>(key.family));
    mnl_attr_put_u32(message, IPVS_SVC_ATTR_FWMARK, key.firewall_mark);
    return;
  }
  mnl_attr_put_u16(message, IPVS_SVC_ATTR_AF, static_cast<std::uint16_t>(family_of(key.address)));
  mnl_attr_put_u16(message, IPVS_SVC_ATTR_PROTOCOL, static_cast<std::uint16_t>(key.protocol));
  put_address(message, IPVS_SVC_ATTR_ADDR, key.address);
  mnl_attr_put_u16(message, IPVS_SVC_ATTR_PORT, to_network(key.port));
}

bool is_v6(const ServiceKey& key) {
  return key.firewall_mark != 0 ? key.family == Family::Ipv6 : key.address.is_v6();
}

void put_netmask(nlmsghdr* message, const Service& service) {
  if (is_v6(service.key)) {
    mnl_attr_put_u32(message, IPVS_SVC_ATTR_NETMASK, service.persistence_prefix);
    return;
  }
  const unsigned prefix = std::min<unsigned>(service.persistence_prefix, 32);
  const std::uint32_t mask = prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix);
  const auto bytes = boost::asio::ip::address_v4(mask).to_bytes();
  mnl_attr_put(message, IPVS_SVC_ATTR_NETMASK, bytes.size(), bytes.data());
}

void put_service(nlmsghdr* message, const Service& service) {
  put_service_key(message, service.key);
  put_name(message, IPVS_SVC_ATTR_SCHED_NAME, service.scheduler, kLongestSchedulerName);
  if (!service.persistence_engine.empty()) {
    put_name(message, IPVS_SVC_ATTR_PE_NAME, service.persistence_engine, kLongestEngineName);
  }
  // All that we know is in the mask, so that a flag that is not set is cleared.
  const ip_vs_flags flags{service.flags & ServiceFlags::kKnown, ServiceFlags::kKnown};
  mnl_attr_put(message, IPVS_SVC_ATTR_FLAGS, sizeof flags, &flags);
  mnl_attr_put_u32(message, IPVS_SVC_ATTR_TIMEOUT, service.persistence_seconds);
  put_netmask(message, service);
}

void put_destination_key(nlmsghdr* message, const DestinationKey& key) {
  mnl_attr_put_u16(message, IPVS_DEST_ATTR_ADDR_FAMILY,
                   static_cast<std::uint16_t>(family_of(key.address)));
  put_address(message, IPVS_DEST_ATTR_ADDR, key.address);
  mnl_attr_put_u16(message, IPVS_DEST_ATTR_PORT, to_network(key.port));
}

void put_destination(nlmsghdr* message, const Destination& destination) {
  put_destination_key(message, destination.key);
  mnl_attr_put_u32(message, IPVS_DEST_ATTR_FWD_METHOD,
                   static_cast<std::uint32_t>(destination.forwarding));
  mnl_attr_put_u32(message, IPVS_DEST_ATTR_WEIGHT, destination.weight);
  mnl_attr_put_u32(message, IPVS_DEST_ATTR_U_THRESH, destination.upper_threshold);
  mnl_attr_put_u32(message, IPVS_DEST_ATTR_L_THRESH, destination.lower_threshold);
  if (destination.forwarding == ForwardingMethod::Tunnel) {
    mnl_attr_put_u8(message, IPVS_DEST_ATTR_TUN_TYPE,
                    static_cast<std::uint8_t>(destination.tunnel.type));
    mnl_attr_put_u16(message, IPVS_DEST_ATTR_TUN_PORT, to_network(destination.tunnel.port));
    mnl_attr_put_u16(message, IPVS_DEST_ATTR_TUN_FLAGS, destination.tunnel.flags);
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

/// One message being written at the end of the buffer; finished when it goes out of scope.
class Requests::Message {
 public:
  Message(Requests& requests, std::uint16_t type, std::uint16_t flags, std::uint8_t command)
      : requests_(requests) {
    if (requests.buffer_.size() < requests.size_ + kLongestRequest) {
      requests.buffer_.resize(std::max(requests.size_ + kLongestRequest,
                                       requests.buffer_.size() + kBatch * kLongestRequest / 2));
    }
    header_ = mnl_nlmsg_put_header(requests.buffer_.data() + requests.size_);
    header_->nlmsg_type = type;
    header_->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    header_->nlmsg_seq = requests.first_sequence_ + requests.count_;
    auto* generic =
        static_cast<genlmsghdr*>(mnl_nlmsg_put_extra_header(header_, sizeof(genlmsghdr)));
    generic->cmd = command;
    generic->version = IPVS_GENL_VERSION;
  }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;
  ~Message() {
    requests_.last_ = requests_.size_;
    requests_.size_ += NLMSG_ALIGN(header_->nlmsg_len);
    ++requests_.count_;
  }

  [[nodiscard]] nlmsghdr* header() const { return header_; }

  template <typename Put>
  void nest(std::uint16_t type, Put put) {
    nlattr* start = mnl_attr_nest_start(header_, type);
    put(header_);
    mnl_attr_nest_end(header_, start);
  }

 private:
  Requests& requests_;
  nlmsghdr* header_ = nullptr;
};

void Requests::restart(std::uint16_t family_id, std::uint32_t sequence) {
  size_ = 0;
  last_ = 0;
  count_ = 0;
  family_id_ = family_id;
  first_sequence_ = sequence;
}

void Requests::put_operation(const Operation& operation) {
  Message message(*this, family_id_, 0, command_of(operation.kind));
  const bool has_whole_service =
      operation.kind == OperationKind::AddService || operation.kind == OperationKind::SetService;
  const bool has_destination = operation.kind == OperationKind::AddDestination ||
                               operation.kind == OperationKind::SetDestination;
  message.nest(IPVS_CMD_ATTR_SERVICE, [&](nlmsghdr* header) {
    if (has_whole_service) {
      put_service(header, operation.service);
    } else {
      put_service_key(header, operation.service.key);
    }
  });
  if (has_destination) {
    message.nest(IPVS_CMD_ATTR_DEST,
                 [&](nlmsghdr* header) { put_destination(header, operation.destination); });
  } else if (operation.kind == OperationKind::RemoveDestination) {
    message.nest(IPVS_CMD_ATTR_DEST,
                 [&](nlmsghdr* header) { put_destination_key(header, operation.destination.key); });
  }
}

void Requests::put_get_services() {
  const Message message(*this, family_id_, NLM_F_DUMP, IPVS_CMD_GET_SERVICE);
}

void Requests::put_get_service(const ServiceKey& key) {
  Message message(*this, family_id_, 0, IPVS_CMD_GET_SERVICE);
  message.nest(IPVS_CMD_ATTR_SERVICE, [&](nlmsghdr* header) { put_service_key(header, key); });
}

void Requests::put_get_destinations(const ServiceKey& service) {
  Message message(*this, family_id_, NLM_F_DUMP, IPVS_CMD_GET_DEST);
  message.nest(IPVS_CMD_ATTR_SERVICE, [&](nlmsghdr* header) { put_service_key(header, service); });
}

void Requests::put_get_info() {
  const Message message(*this, family_id_, 0, IPVS_CMD_GET_INFO);
}

void Requests::put_get_timeouts() {
  const Message message(*this, family_id_, 0, IPVS_CMD_GET_CONFIG);
}

void Requests::put_set_timeouts(const Timeouts& timeouts) {
  const Message message(*this, family_id_, 0, IPVS_CMD_SET_CONFIG);
  mnl_attr_put_u32(message.header(), IPVS_CMD_ATTR_TIMEOUT_TCP, timeouts.tcp);
  mnl_attr_put_u32(message.header(), IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, timeouts.tcp_fin);
  mnl_attr_put_u32(message.header(), IPVS_CMD_ATTR_TIMEOUT_UDP, timeouts.udp);
}

void Requests::put_get_family() {
  const Message message(*this, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY);
  mnl_attr_put_strz(message.header(), CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME);
}

void Requests::acknowledge_last() {
  if (count_ == 0) return;
  nlmsghdr header{};
  std::memcpy(&header, buffer_.data() + last_, sizeof header);
  header.nlmsg_flags = static_cast<std::uint16_t>(header.nlmsg_flags | NLM_F_ACK);
  std::memcpy(buffer_.data() + last_, &header, sizeof header);
}

}  // namespace evenkeel::ipvs
