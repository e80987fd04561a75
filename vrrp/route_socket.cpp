#include "vrrp/route_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <netlink/errno.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <new>
#include <sys/socket.h>
#include <sys/time.h>
#include <utility>

#include "vrrp/socket_error.h"

namespace evenkeel::vrrp {

namespace {

constexpr timeval kAnswerLimit{2, 0};
constexpr std::size_t kLongestDatagram = std::size_t{64} * 1024;  // the kernel's are 32 KiB at most
constexpr int kAnswerBuffer = 256 * 1024;
constexpr int kNotificationBuffer = 1024 * 1024;
constexpr int kSendBufferOverhead = 32;
constexpr std::size_t kRequestsADatagram = 64;
constexpr int kDumps = 4;  // of one that is disturbed each time; the last is taken as it is

/// Of a call of libnl's that returned `result`: the errno of its system call, which says more.
std::error_code error_in(int result) {
  if (result >= 0) return {};
  if (result == -NLE_MSG_TRUNC) return error_of(EMSGSIZE);
  if (result == -NLE_MSG_OVERFLOW) return error_of(ENOBUFS);
  return last_error();
}

/// Answers come when they are asked for only (NLM_F_ACK), and libnl checks no sequence numbers.
tl::expected<NetlinkSocket, std::error_code> connect_to_kernel() {
  NetlinkSocket socket(nl_socket_alloc());
  if (!socket) throw std::bad_alloc();
  nl_socket_disable_auto_ack(socket.get());
  const int result = nl_connect(socket.get(), NETLINK_ROUTE);
  if (result < 0) return tl::unexpected(error_in(result));
  nl_socket_set_msg_buf_size(socket.get(), kLongestDatagram);
  return socket;
}

/// libnl has made it small. Beyond net.core.rmem_max, if we may.
void enlarge_receive_buffer(nl_sock* socket, int octets) {
  const int fd = nl_socket_get_fd(socket);
  if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets) == 0) return;
  (void)::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
}

/// Of the request that starts there.
nlmsghdr& header_at(std::vector<std::uint8_t>& datagram, std::size_t octet) {
  return *reinterpret_cast<nlmsghdr*>(datagram.data() + octet);
}

/// The errno of an NLMSG_DONE.
std::error_code result_in(const nlmsghdr& done) {
  int negative = 0;
  if (nlmsg_datalen(&done) < static_cast<int>(sizeof negative)) return {};
  std::memcpy(&negative, nlmsg_data(&done), sizeof negative);
  return error_of(-negative);
}

}  // namespace

void NetlinkDeleter::operator()(nl_sock* socket) const {
  nl_socket_free(socket);
}

void NetlinkDeleter::operator()(nl_cb* callbacks) const {
  nl_cb_put(callbacks);
}

/// Of the requests of one datagram with the kernel: over when the last has its answer.
struct RouteSocket::Conversation {
  std::span<std::error_code> answers;
  const MessageVisitor* visit = nullptr;
  std::uint32_t first = 0;  ///< sequence number of the first request
  bool is_done = false;
  bool is_disturbed = false;

  /// An answer that came too late for an earlier question has another sequence number.
  [[nodiscard]] bool is_about(std::uint32_t sequence) const {
    return sequence - first < answers.size();
  }
  void answer(std::uint32_t sequence, std::error_code error) {
    answers[sequence - first] = error;
    is_done = sequence - first + 1 == answers.size();
  }
  static Conversation& of(void* self) { return *static_cast<Conversation*>(self); }

  // What libnl calls, with `self` as given with the callbacks.
  static int take(nl_msg* message, void* self) {
    // Only the kernel answers us.
    const bool is_its = nlmsg_get_src(message)->nl_pid == 0;
    return is_its && of(self).is_about(nlmsg_hdr(message)->nlmsg_seq) ? NL_OK : NL_SKIP;
  }
  static int take_entry(nl_msg* message, void* self) {
    if (const MessageVisitor* visit = of(self).visit) (*visit)(*nlmsg_hdr(message));
    return NL_OK;
  }
  static int take_success(nl_msg* message, void* self) {
    of(self).answer(nlmsg_hdr(message)->nlmsg_seq, {});
    return NL_OK;
  }
  static int take_end(nl_msg* message, void* self) {
    of(self).answer(nlmsg_hdr(message)->nlmsg_seq, result_in(*nlmsg_hdr(message)));
    return NL_OK;
  }
  static int take_disturbance(nl_msg* /*message*/, void* self) {
    of(self).is_disturbed = true;
    return NL_OK;
  }
  static int take_truncated_error(nl_msg* message, void* self) {
    of(self).answer(nlmsg_hdr(message)->nlmsg_seq, error_of(EBADMSG));
    return NL_OK;
  }
  /// Without this one libnl would make the errno one of its own numbers.
  static int take_error(sockaddr_nl* /*sender*/, nlmsgerr* error, void* self) {
    if (of(self).is_about(error->msg.nlmsg_seq)) {
      of(self).answer(error->msg.nlmsg_seq, error_of(-error->error));
    }
    return NL_SKIP;
  }
  /// Valid as long as this is.
  [[nodiscard]] std::unique_ptr<nl_cb, NetlinkDeleter> callbacks() {
    std::unique_ptr<nl_cb, NetlinkDeleter> out(nl_cb_alloc(NL_CB_DEFAULT));
    if (!out) throw std::bad_alloc();
    const auto set = [&](nl_cb_type type, nl_recvmsg_msg_cb_t take_it) {
      nl_cb_set(out.get(), type, NL_CB_CUSTOM, take_it, this);
    };
    set(NL_CB_MSG_IN, take);
    set(NL_CB_VALID, take_entry);
    set(NL_CB_ACK, take_success);
    set(NL_CB_FINISH, take_end);
    set(NL_CB_DUMP_INTR, take_disturbance);
    set(NL_CB_INVALID, take_truncated_error);
    nl_cb_err(out.get(), NL_CB_CUSTOM, take_error, this);
    return out;
  }
};

RouteSocket::RouteSocket(NetlinkSocket socket) : socket_(std::move(socket)) {
  int room = 0;
  socklen_t size = sizeof room;
  (void)::getsockopt(nl_socket_get_fd(socket_.get()), SOL_SOCKET, SO_SNDBUF, &room, &size);
  // netlink_sendmsg() in Linux net/netlink/af_netlink.c: EMSGSIZE beyond that.
  longest_ = static_cast<std::size_t>(std::max(room - kSendBufferOverhead, 0));
}

tl::expected<RouteSocket, std::error_code> RouteSocket::open() {
  auto socket = connect_to_kernel();
  if (!socket) return tl::unexpected(socket.error());
  const int fd = nl_socket_get_fd(socket->get());
  if (::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kAnswerLimit, sizeof kAnswerLimit) != 0) {
    return tl::unexpected(last_error());
  }
  // Room for the errors of a whole datagram, each without the request that it answers.
  const int on = 1;
  (void)::setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
  enlarge_receive_buffer(socket->get(), kAnswerBuffer);
  return RouteSocket(std::move(*socket));
}

void RouteSocket::append(const RouteRequest& request) {
  nl_complete_msg(socket_.get(), request.get());
  const nlmsghdr* header = nlmsg_hdr(request.get());
  const auto* octets = reinterpret_cast<const std::uint8_t*>(header);
  datagram_.insert(datagram_.end(), octets, octets + header->nlmsg_len);
}

/// Sends the datagram, takes the answers.
std::error_code RouteSocket::converse(Conversation& conversation) {
  conversation.first = header_at(datagram_, 0).nlmsg_seq;
  int sent = 0;
  do {
    sent = nl_sendto(socket_.get(), datagram_.data(), datagram_.size());
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return error_in(sent);
  const auto callbacks = conversation.callbacks();
  while (!conversation.is_done) {
    const std::error_code error = error_in(nl_recvmsgs(socket_.get(), callbacks.get()));
    if (error) return error.value() == EAGAIN ? error_of(ETIMEDOUT) : error;
  }
  return {};
}

std::vector<std::error_code> RouteSocket::execute(
    std::size_t count, const std::function<RouteRequest(std::size_t)>& make) {
  std::vector<std::error_code> answers(count);
  RouteRequest next;
  for (std::size_t first = 0, made = 0; first < count; first = made) {
    datagram_.clear();
    std::size_t last = 0;  // where it starts
    for (; made < count && made - first < kRequestsADatagram; ++made) {
      if (!next) next = make(made);
      const std::size_t octets = datagram_.size() + nlmsg_hdr(next.get())->nlmsg_len;
      if (octets > longest_ && made > first) break;
      last = datagram_.size();
      append(std::exchange(next, nullptr));
    }
    // Errors come unasked; and the last one's answer when all others have been executed.
    header_at(datagram_, last).nlmsg_flags |= NLM_F_ACK;
    Conversation conversation{.answers = std::span(answers).subspan(first, made - first)};
    if (const std::error_code failed = converse(conversation)) {
      std::fill(conversation.answers.begin(), conversation.answers.end(), failed);
    }
  }
  return answers;
}

tl::expected<bool, std::error_code> RouteSocket::dump(const RouteRequest& request,
                                                      const MessageVisitor& visit) {
  nlmsg_hdr(request.get())->nlmsg_flags |= NLM_F_DUMP;
  datagram_.clear();
  append(request);
  std::error_code answer;
  Conversation conversation{.answers = {&answer, 1}, .visit = &visit};
  if (const std::error_code failed = converse(conversation)) return tl::unexpected(failed);
  if (answer) return tl::unexpected(answer);
  return conversation.is_disturbed;
}

namespace {

/// Each that `decode` finds in the answer.
template <class Decode>
auto read_all(RouteSocket& socket, RouteRequest (*request)(), int type, const Decode& decode)
    -> tl::expected<std::vector<typename std::invoke_result_t<Decode, const nlmsghdr&>::value_type>,
                    std::error_code> {
  std::vector<typename std::invoke_result_t<Decode, const nlmsghdr&>::value_type> out;
  for (int left = kDumps; left > 0; --left) {
    out.clear();
    const auto is_disturbed = socket.dump(request(), [&](const nlmsghdr& message) {
      if (message.nlmsg_type != type) return;
      if (auto entry = decode(message)) out.push_back(std::move(*entry));
    });
    if (!is_disturbed) return tl::unexpected(is_disturbed.error());
    if (!*is_disturbed) break;
  }
  return out;
}

}  // namespace

tl::expected<std::vector<AddressMessage>, std::error_code> read_addresses(RouteSocket& socket) {
  return read_all(socket, request_for_addresses, RTM_NEWADDR, decode_address);
}

tl::expected<std::vector<LinkMessage>, std::error_code> read_links(RouteSocket& socket) {
  return read_all(socket, request_for_links, RTM_NEWLINK, decode_link);
}

tl::expected<RouteNotifications, std::error_code> RouteNotifications::open() {
  auto socket = connect_to_kernel();
  if (!socket) return tl::unexpected(socket.error());
  enlarge_receive_buffer(socket->get(), kNotificationBuffer);
  if (const auto error = error_in(nl_socket_set_nonblocking(socket->get()))) {
    return tl::unexpected(error);
  }
  for (const int group : {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR}) {
    if (const auto error = error_in(nl_socket_add_membership(socket->get(), group))) {
      return tl::unexpected(error);
    }
  }
  return RouteNotifications(std::move(*socket));
}

int RouteNotifications::fd() const {
  return nl_socket_get_fd(socket_.get());
}

std::error_code RouteNotifications::receive(const MessageVisitor& visit) {
  while (true) {
    sockaddr_nl sender{};
    unsigned char* octets = nullptr;
    const int length = nl_recv(socket_.get(), &sender, &octets, nullptr);
    const std::unique_ptr<unsigned char, decltype(&std::free)> buffer(octets, std::free);
    if (length < 0) return error_in(length);
    if (sender.nl_pid != 0) continue;  // anyone may send us one
    for_each_message({octets, static_cast<std::size_t>(length)}, visit);
    return {};
  }
}

}  // namespace evenkeel::vrrp
