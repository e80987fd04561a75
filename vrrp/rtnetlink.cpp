#include "vrrp/rtnetlink.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <utility>

namespace evenkeel::vrrp {

namespace {

constexpr timeval kAnswerLimit{2, 0};
constexpr std::size_t kLongestDatagram = std::size_t{64} * 1024;  // the kernel's are 32 KiB at most
constexpr int kReceiveBuffer = 256 * 1024;
constexpr int kSendBufferOverhead = 32;
constexpr std::size_t kRequestsADatagram = 64;
constexpr int kDumps = 4;  // of one that is disturbed each time; the last is taken as it is

std::error_code error_of(int errno_value) {
  return {errno_value, std::system_category()};
}

using Octets = std::span<const std::uint8_t>;

/// Calls `visit(type, octets)` for each attribute in `octets`, which are aligned to 4.
template <class Visit>
void for_each_attribute(Octets octets, const Visit& visit) {
  int left = static_cast<int>(octets.size());
  const auto* attribute = reinterpret_cast<const nlattr*>(octets.data());
  while (mnl_attr_ok(attribute, left)) {
    visit(mnl_attr_get_type(attribute),
          Octets(static_cast<const std::uint8_t*>(mnl_attr_get_payload(attribute)),
                 mnl_attr_get_payload_len(attribute)));
    left -= static_cast<int>(MNL_ALIGN(attribute->nla_len));
    attribute = mnl_attr_next(attribute);
  }
}

/// The same for the attributes behind the fixed part.
template <class Visit>
void for_each_attribute(const nlmsghdr& message, std::size_t fixed, const Visit& visit) {
  const std::size_t start = MNL_NLMSG_HDRLEN + MNL_ALIGN(fixed);
  if (message.nlmsg_len < start) return;
  const auto* first = reinterpret_cast<const std::uint8_t*>(&message);
  for_each_attribute(Octets(first + start, message.nlmsg_len - start), visit);
}

/// Up to its zero.
std::string text_in(Octets octets) {
  return {octets.begin(), std::find(octets.begin(), octets.end(), 0)};
}

/// The fixed part; nothing: the message is too short for it.
template <class Fixed>
std::optional<Fixed> fixed_part(const nlmsghdr& message) {
  if (mnl_nlmsg_get_payload_len(&message) < sizeof(Fixed)) return std::nullopt;
  Fixed fixed{};
  std::memcpy(&fixed, mnl_nlmsg_get_payload(&message), sizeof fixed);
  return fixed;
}

template <class Number>
Number number_in(Octets octets) {
  Number number = 0;
  if (octets.size() >= sizeof number) std::memcpy(&number, octets.data(), sizeof number);
  return number;
}

std::optional<Address> address_in(Octets octets, std::uint8_t family) {
  boost::asio::ip::address_v4::bytes_type v4{};
  boost::asio::ip::address_v6::bytes_type v6{};
  if (family == AF_INET && octets.size() == v4.size()) {
    std::memcpy(v4.data(), octets.data(), v4.size());
    return boost::asio::ip::address_v4(v4);
  }
  if (family == AF_INET6 && octets.size() == v6.size()) {
    std::memcpy(v6.data(), octets.data(), v6.size());
    return boost::asio::ip::address_v6(v6);
  }
  return std::nullopt;
}

/// What a dump needs of a datagram: is it over, was it disturbed, did it fail.
struct Progress {
  bool is_done = false;
  bool is_disturbed = false;
  std::error_code error;
};

/// The errno of an NLMSG_ERROR or NLMSG_DONE.
int result_in(const nlmsghdr& message) {
  int negative = 0;
  if (mnl_nlmsg_get_payload_len(&message) < sizeof negative) {
    return message.nlmsg_type == NLMSG_DONE ? 0 : EBADMSG;
  }
  std::memcpy(&negative, mnl_nlmsg_get_payload(&message), sizeof negative);
  return -negative;
}

}  // namespace

RouteRequest::RouteRequest(std::uint16_t type, std::uint16_t flags) {
  nlmsghdr* message = mnl_nlmsg_put_header(octets_.data());
  message->nlmsg_type = type;
  message->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
}

void RouteRequest::put(const ifaddrmsg& fixed) {
  std::memcpy(mnl_nlmsg_put_extra_header(&header(), sizeof fixed), &fixed, sizeof fixed);
}

void RouteRequest::put(const ifinfomsg& fixed) {
  std::memcpy(mnl_nlmsg_put_extra_header(&header(), sizeof fixed), &fixed, sizeof fixed);
}

void RouteRequest::put(std::uint16_t attribute, Octets octets) {
  mnl_attr_put(&header(), attribute, octets.size(), octets.data());
}

void for_each_message(Octets octets, const std::function<void(const nlmsghdr&)>& visit) {
  // libmnl's own loop takes a length above 2^31 for a negative one, and goes on for ever.
  while (octets.size() >= sizeof(nlmsghdr)) {
    const auto& message = *reinterpret_cast<const nlmsghdr*>(octets.data());
    const std::size_t length = message.nlmsg_len;
    if (length < sizeof message || length > octets.size()) return;
    visit(message);
    octets = octets.subspan(std::min<std::size_t>(MNL_ALIGN(length), octets.size()));
  }
}

std::optional<AddressMessage> decode_address(const nlmsghdr& message) {
  const auto fixed = fixed_part<ifaddrmsg>(message);
  if (!fixed) return std::nullopt;
  std::uint32_t flags = fixed->ifa_flags;
  std::optional<Address> address;
  bool is_local = false;
  AddressMessage out;
  for_each_attribute(message, sizeof *fixed, [&](std::uint16_t type, Octets octets) {
    if (type == IFA_LOCAL || (type == IFA_ADDRESS && !is_local)) {
      // Of a point-to-point link IFA_ADDRESS is the other end's.
      is_local = type == IFA_LOCAL;
      address = address_in(octets, fixed->ifa_family);
    } else if (type == IFA_FLAGS) {
      flags = number_in<std::uint32_t>(octets);
    } else if (type == IFA_PROTO) {
      out.has_protocol = true;
      out.address.is_ours = number_in<std::uint8_t>(octets) == kAddressProtocol;
    }
  });
  if (!address) return std::nullopt;
  out.address.interface_index = static_cast<int>(fixed->ifa_index);
  out.address.address = {*address, fixed->ifa_prefixlen};
  // IFA_F_SECONDARY means something else over IPv6: temporary.
  out.address.is_secondary = fixed->ifa_family == AF_INET && (flags & IFA_F_SECONDARY) != 0;
  out.address.is_tentative = (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) != 0;
  return out;
}

std::optional<LinkMessage> decode_link(const nlmsghdr& message) {
  const auto fixed = fixed_part<ifinfomsg>(message);
  if (!fixed || fixed->ifi_family != AF_UNSPEC) return std::nullopt;
  LinkMessage out;
  out.index = fixed->ifi_index;
  out.is_up = (fixed->ifi_flags & IFF_UP) != 0 && (fixed->ifi_flags & IFF_RUNNING) != 0;
  for_each_attribute(message, sizeof *fixed, [&](std::uint16_t type, Octets octets) {
    if (type == IFLA_IFNAME) {
      out.name = text_in(octets);
    } else if (type == IFLA_PROP_LIST) {
      for_each_attribute(octets, [&](std::uint16_t property, Octets value) {
        if (property == IFLA_ALT_IFNAME) out.alternative_names.push_back(text_in(value));
      });
    } else if (type == IFLA_ADDRESS && octets.size() == out.mac.size()) {
      std::copy(octets.begin(), octets.end(), out.mac.begin());
    } else if (type == IFLA_MTU && octets.size() == sizeof out.mtu) {
      std::memcpy(&out.mtu, octets.data(), sizeof out.mtu);
    }
  });
  return out;
}

RouteSocket::RouteSocket(UniqueFd fd) : fd_(std::move(fd)), buffer_(kLongestDatagram) {
  int room = 0;
  socklen_t size = sizeof room;
  (void)::getsockopt(fd_.get(), SOL_SOCKET, SO_SNDBUF, &room, &size);
  // netlink_sendmsg() in Linux net/netlink/af_netlink.c: EMSGSIZE beyond that.
  longest_ = static_cast<std::size_t>(std::max(room - kSendBufferOverhead, 0));
}

tl::expected<RouteSocket, std::error_code> RouteSocket::open() {
  UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!fd) return tl::unexpected(error_of(errno));
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &kAnswerLimit, sizeof kAnswerLimit) != 0) {
    return tl::unexpected(error_of(errno));
  }
  // Room for the errors of a whole datagram, each without the request that it answers.
  const int on = 1;
  (void)::setsockopt(fd.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
  (void)::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer);
  return RouteSocket(std::move(fd));
}

std::error_code RouteSocket::send(Octets octets) {
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  while (::sendto(fd_.get(), octets.data(), octets.size(), 0,
                  reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) < 0) {
    if (errno != EINTR) return error_of(errno);
  }
  return {};
}

std::error_code RouteSocket::send(RouteRequest& request) {
  request.header().nlmsg_seq = ++sequence_;
  return send(request.octets());
}

tl::expected<Octets, std::error_code> RouteSocket::receive() {
  while (true) {
    sockaddr_nl sender{};
    socklen_t sender_size = sizeof sender;
    const ssize_t length = ::recvfrom(fd_.get(), buffer_.data(), buffer_.size(), MSG_TRUNC,
                                      reinterpret_cast<sockaddr*>(&sender), &sender_size);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return tl::unexpected(error_of(errno == EAGAIN ? ETIMEDOUT : errno));
    if (sender.nl_pid != 0) continue;  // only the kernel answers us
    if (static_cast<std::size_t>(length) > buffer_.size())
      return tl::unexpected(error_of(EMSGSIZE));
    return Octets(buffer_).first(static_cast<std::size_t>(length));
  }
}

std::vector<std::error_code> RouteSocket::execute(std::vector<RouteRequest> requests) {
  std::vector<std::error_code> answers(requests.size());
  const std::span<RouteRequest> all(requests);
  for (std::size_t first = 0; first < all.size();) {
    std::size_t count = 0;
    std::size_t octets = 0;
    while (first + count < all.size() && count < kRequestsADatagram) {
      octets += all[first + count].octets().size();
      if (octets > longest_ && count > 0) break;
      ++count;
    }
    execute(all.subspan(first, count), std::span(answers).subspan(first, count));
    first += count;
  }
  return answers;
}

void RouteSocket::execute(std::span<RouteRequest> datagram, std::span<std::error_code> answers) {
  const std::uint32_t first = sequence_ + 1;
  datagram_.clear();
  for (RouteRequest& each : datagram) {
    each.header().nlmsg_seq = ++sequence_;
    // Errors come unasked; and the last one's answer when all others have been executed.
    if (&each == &datagram.back()) each.header().nlmsg_flags |= NLM_F_ACK;
    const Octets octets = each.octets();
    datagram_.insert(datagram_.end(), octets.begin(), octets.end());
  }
  std::error_code failed = send(datagram_);
  if (!failed) failed = take_answers(first, answers);
  if (failed) std::fill(answers.begin(), answers.end(), failed);
}

std::error_code RouteSocket::take_answers(std::uint32_t first, std::span<std::error_code> answers) {
  bool is_done = false;
  while (!is_done) {
    const auto octets = receive();
    if (!octets) return octets.error();
    for_each_message(*octets, [&](const nlmsghdr& message) {
      // An answer that came too late for an earlier question has another sequence number.
      const std::uint32_t which = message.nlmsg_seq - first;
      if (which >= answers.size() || message.nlmsg_type != NLMSG_ERROR) return;
      answers[which] = error_of(result_in(message));
      is_done = which + 1 == answers.size();
    });
  }
  return {};
}

tl::expected<std::vector<std::uint8_t>, std::error_code> RouteSocket::dump(RouteRequest request) {
  request.header().nlmsg_flags |= NLM_F_DUMP;
  std::vector<std::uint8_t> answer;
  for (int left = kDumps; left > 0; --left) {
    answer.clear();
    if (const auto error = send(request)) return tl::unexpected(error);
    Progress progress;
    while (!progress.is_done) {
      const auto octets = receive();
      if (!octets) return tl::unexpected(octets.error());
      for_each_message(*octets, [&](const nlmsghdr& message) {
        if (message.nlmsg_seq != sequence_) return;
        if ((message.nlmsg_flags & NLM_F_DUMP_INTR) != 0) progress.is_disturbed = true;
        if (message.nlmsg_type == NLMSG_DONE || message.nlmsg_type == NLMSG_ERROR) {
          progress.is_done = true;
          progress.error = error_of(result_in(message));
          return;
        }
        const auto* first = reinterpret_cast<const std::uint8_t*>(&message);
        answer.insert(answer.end(), first, first + message.nlmsg_len);
        answer.resize(MNL_ALIGN(answer.size()));
      });
    }
    if (progress.error) return tl::unexpected(progress.error);
    if (!progress.is_disturbed) break;
  }
  return answer;
}

tl::expected<std::vector<AddressMessage>, std::error_code> read_addresses(RouteSocket& socket) {
  RouteRequest request(RTM_GETADDR, 0);
  request.put(ifaddrmsg{.ifa_family = AF_UNSPEC});
  const auto answer = socket.dump(request);
  if (!answer) return tl::unexpected(answer.error());
  std::vector<AddressMessage> out;
  for_each_message(*answer, [&](const nlmsghdr& message) {
    if (message.nlmsg_type != RTM_NEWADDR) return;
    if (auto address = decode_address(message)) out.push_back(*address);
  });
  return out;
}

tl::expected<std::vector<LinkMessage>, std::error_code> read_links(RouteSocket& socket) {
  RouteRequest request(RTM_GETLINK, 0);
  request.put(ifinfomsg{.ifi_family = AF_UNSPEC});
  const std::uint32_t kinds = RTEXT_FILTER_SKIP_STATS;
  std::array<std::uint8_t, sizeof kinds> octets{};
  std::memcpy(octets.data(), &kinds, sizeof kinds);
  request.put(IFLA_EXT_MASK, octets);
  const auto answer = socket.dump(request);
  if (!answer) return tl::unexpected(answer.error());
  std::vector<LinkMessage> out;
  for_each_message(*answer, [&](const nlmsghdr& message) {
    if (message.nlmsg_type != RTM_NEWLINK) return;
    if (auto link = decode_link(message)) out.push_back(std::move(*link));
  });
  return out;
}

}  // namespace evenkeel::vrrp
