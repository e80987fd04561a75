// The least time in which 1,000 services of 10 destinations can be programmed: plain netlink, every
// message made beforehand, 256 messages a batch, one acknowledgement for each batch. Prints
// "ipvs_floor: 11000 operations in 41.2 ms", from the first message sent to the last
// acknowledgement, and flushes the table. ipvs_program does the same through the library.
//
// Each run wants a network namespace of its own (tests/bench/ipvs makes one): the kernel searches a
// namespace's lately removed destinations for each new one, so that a second run in the same takes
// ten times as long.
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <sys/socket.h>
#include <vector>

namespace {

constexpr std::uint32_t kServices = 1000;
constexpr std::uint32_t kDestinations = 10;
constexpr std::size_t kBatch = 256;
constexpr std::size_t kLongestMessage = 256;

struct Batch {
  std::vector<char> bytes;
  std::size_t used = 0;
  std::size_t last = 0;
  std::size_t count = 0;
  std::uint32_t last_sequence = 0;
};

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "ipvs_floor: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

nlmsghdr* start(void* place, std::uint16_t type, std::uint8_t command, std::uint32_t sequence) {
  nlmsghdr* header = mnl_nlmsg_put_header(place);
  header->nlmsg_type = type;
  header->nlmsg_flags = NLM_F_REQUEST;
  header->nlmsg_seq = sequence;
  auto* generic = static_cast<genlmsghdr*>(mnl_nlmsg_put_extra_header(header, sizeof(genlmsghdr)));
  generic->cmd = command;
  generic->version = 1;
  return header;
}

void put_address(nlmsghdr* header, std::uint16_t type, std::uint32_t address) {
  const std::array<std::uint32_t, 4> bytes{htonl(address), 0, 0, 0};
  mnl_attr_put(header, type, sizeof bytes, bytes.data());
}

void put_key(nlmsghdr* header, std::uint32_t address) {
  mnl_attr_put_u16(header, IPVS_SVC_ATTR_AF, AF_INET);
  mnl_attr_put_u16(header, IPVS_SVC_ATTR_PROTOCOL, 6);
  put_address(header, IPVS_SVC_ATTR_ADDR, address);
  mnl_attr_put_u16(header, IPVS_SVC_ATTR_PORT, htons(80));
}

void put_service(nlmsghdr* header, std::uint32_t address) {
  nlattr* nest = mnl_attr_nest_start(header, IPVS_CMD_ATTR_SERVICE);
  put_key(header, address);
  mnl_attr_put_strz(header, IPVS_SVC_ATTR_SCHED_NAME, "wlc");
  const ip_vs_flags flags{0, ~0U};
  mnl_attr_put(header, IPVS_SVC_ATTR_FLAGS, sizeof flags, &flags);
  mnl_attr_put_u32(header, IPVS_SVC_ATTR_TIMEOUT, 0);
  mnl_attr_put_u32(header, IPVS_SVC_ATTR_NETMASK, ~0U);
  mnl_attr_nest_end(header, nest);
}

void put_destination(nlmsghdr* header, std::uint32_t service, std::uint32_t address) {
  nlattr* nest = mnl_attr_nest_start(header, IPVS_CMD_ATTR_SERVICE);
  put_key(header, service);
  mnl_attr_nest_end(header, nest);
  nest = mnl_attr_nest_start(header, IPVS_CMD_ATTR_DEST);
  put_address(header, IPVS_DEST_ATTR_ADDR, address);
  mnl_attr_put_u16(header, IPVS_DEST_ATTR_PORT, htons(80));
  mnl_attr_put_u32(header, IPVS_DEST_ATTR_FWD_METHOD, IP_VS_CONN_F_MASQ);
  mnl_attr_put_u32(header, IPVS_DEST_ATTR_WEIGHT, 1);
  mnl_attr_put_u32(header, IPVS_DEST_ATTR_U_THRESH, 0);
  mnl_attr_put_u32(header, IPVS_DEST_ATTR_L_THRESH, 0);
  mnl_attr_nest_end(header, nest);
}

class Messages {
 public:
  explicit Messages(std::uint16_t family) : family_(family) {}

  template <typename Put>
  void add(std::uint8_t command, Put put) {
    if (batches_.empty() || batches_.back().count == kBatch) {
      batches_.emplace_back();
      batches_.back().bytes.resize(kBatch * kLongestMessage);
    }
    Batch& batch = batches_.back();
    nlmsghdr* header = start(batch.bytes.data() + batch.used, family_, command, ++sequence_);
    put(header);
    batch.last = batch.used;
    batch.used += header->nlmsg_len;
    batch.last_sequence = sequence_;
    ++batch.count;
  }

  std::vector<Batch>& batches() {
    for (Batch& batch : batches_) {
      reinterpret_cast<nlmsghdr*>(batch.bytes.data() + batch.last)->nlmsg_flags |= NLM_F_ACK;
    }
    return batches_;
  }

 private:
  std::uint16_t family_;
  std::uint32_t sequence_ = 100;
  std::vector<Batch> batches_;
};

/// Until `sequence` is answered; any error ends the program.
void wait_for(mnl_socket* socket, std::uint32_t sequence, std::uint16_t* family) {
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t length = mnl_socket_recvfrom(socket, buffer.data(), buffer.size());
    if (length < 0) die("receive");
    int rest = static_cast<int>(length);
    for (auto* header = reinterpret_cast<nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(header, rest);
         header = mnl_nlmsg_next(header, &rest)) {
      if (header->nlmsg_type == NLMSG_ERROR || header->nlmsg_type == NLMSG_DONE) {
        errno = -*static_cast<int*>(mnl_nlmsg_get_payload(header));
        if (errno != 0) die("kernel");
        if (header->nlmsg_seq == sequence) return;
        continue;
      }
      if (family == nullptr) continue;
      mnl_attr_parse(
          header, sizeof(genlmsghdr),
          [](const nlattr* attribute, void* place) {
            if (mnl_attr_get_type(attribute) == CTRL_ATTR_FAMILY_ID) {
              *static_cast<std::uint16_t*>(place) = mnl_attr_get_u16(attribute);
            }
            return MNL_CB_OK;
          },
          family);
    }
  }
}

void send(mnl_socket* socket, const void* bytes, std::size_t size) {
  if (mnl_socket_sendto(socket, bytes, size) < 0) die("send");
}

}  // namespace

int main() {
  mnl_socket* socket = mnl_socket_open(NETLINK_GENERIC);
  if (socket == nullptr || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) die("socket");

  std::array<char, 256> request{};
  std::uint16_t family = 0;
  nlmsghdr* header = start(request.data(), GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
  header->nlmsg_flags |= NLM_F_ACK;
  mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME);
  send(socket, header, header->nlmsg_len);
  wait_for(socket, 1, &family);

  Messages messages(family);
  for (std::uint32_t service = 0; service < kServices; ++service) {
    const std::uint32_t address = 0x0a010000U + service;
    messages.add(IPVS_CMD_NEW_SERVICE, [&](nlmsghdr* at) { put_service(at, address); });
    for (std::uint32_t host = 1; host <= kDestinations; ++host) {
      messages.add(IPVS_CMD_NEW_DEST,
                   [&](nlmsghdr* at) { put_destination(at, address, 0x0a000000U + host); });
    }
  }
  const std::vector<Batch>& batches = messages.batches();

  const auto began = std::chrono::steady_clock::now();
  for (const Batch& batch : batches) {
    send(socket, batch.bytes.data(), batch.used);
    wait_for(socket, batch.last_sequence, nullptr);
  }
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  std::printf("ipvs_floor: %u operations in %.1f ms\n", kServices * (1 + kDestinations),
              took.count());

  header = start(request.data(), family, IPVS_CMD_FLUSH, 2);
  header->nlmsg_flags |= NLM_F_ACK;
  send(socket, header, header->nlmsg_len);
  wait_for(socket, 2, nullptr);
  mnl_socket_close(socket);
  return 0;
}
