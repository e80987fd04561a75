// length:u8 name  length:u8 interface_name  state:u8  reason:u8  since:i64  priority:u8  flags:u8
// master:address  master_down_interval:i64  worst_lateness:i64
// count:u8  count x { address  priority:u8  interval:i64  heard:i64 }
// count:u8  count x { address  ignored:u8  addresses:u8  shown:u8  shown x address }
// drop:u8 (0 none, else 1 + error)  address  address for each error
// lesser: address  [priority:u8  interval:i64  heard:i64]
// rivals:u8  rivals x { mac  source:address  address:address  destination:address  flags:u8
//                       differences:u8  virtual_router_id:u8  priority:u8  version:u8
//                       interval:i64  heard:i64 }
// counters: u64 each, in the order of their declaration
//
// An address is family:u8 (0 none, 4, 6) and its octets; times and durations are nanoseconds.
#include "daemon/process/instance_wire.h"

#include <algorithm>
#include <stdexcept>

#include "daemon/process/message.h"

namespace evenkeel::daemon {
namespace {

using vrrp::InstanceStatus;

constexpr std::uint8_t kRivalFlags = 0x1F;  ///< owner, announcing, authenticated, crowd, elsewhere
constexpr std::uint8_t kFlags = 0x3F;  ///< leaving, claimed, ready, held, foreign, refused address

void put_address(WireWriter& to, const std::optional<vrrp::Address>& address) {
  if (!address) return to.u8(0);
  to.u8(address->is_v4() ? 4 : 6);
  const auto put = [&](const auto& octets) {
    for (const unsigned char octet : octets) to.u8(octet);
  };
  if (address->is_v4()) {
    put(address->to_v4().to_bytes());
  } else {
    put(address->to_v6().to_bytes());
  }
}

void put_time(WireWriter& to, vrrp::Duration time) {
  to.u64(static_cast<std::uint64_t>(time.count()));
}

void put_list(WireWriter& to, const vrrp::OtherList& list) {
  put_address(to, list.source);
  to.u8(list.is_ignored ? 1 : 0);
  to.u8(static_cast<std::uint8_t>(list.count));
  const std::size_t shown = std::min(list.addresses.size(), vrrp::kMaxAddressesShown);
  to.u8(static_cast<std::uint8_t>(shown));
  for (std::size_t i = 0; i < shown; ++i) put_address(to, list.addresses[i]);
}

void put_rival(WireWriter& to, const vrrp::Rival& rival) {
  for (const std::uint8_t octet : rival.mac) to.u8(octet);
  put_address(to, rival.source);
  put_address(to, rival.address);
  put_address(to, rival.destination);
  to.u8(static_cast<std::uint8_t>((rival.is_owner ? 1U : 0U) | (rival.is_announcing ? 2U : 0U) |
                                  (rival.is_authenticated ? 4U : 0U) | (rival.is_crowd ? 8U : 0U) |
                                  (rival.is_elsewhere ? 16U : 0U)));
  to.u8(rival.differences.bits());
  to.u8(rival.virtual_router_id);
  to.u8(rival.priority);
  to.u8(static_cast<std::uint8_t>(rival.version));
  put_time(to, rival.interval);
  put_time(to, rival.heard.time_since_epoch());
}

void put_peer(WireWriter& to, const vrrp::Peer& peer) {
  put_address(to, peer.address);
  to.u8(peer.priority);
  put_time(to, peer.interval);
  put_time(to, peer.heard.time_since_epoch());
}

template <typename Counters, typename Do>
void each_counter(Counters& counters, Do&& act) {
  act(counters.became_master);
  act(counters.left_master);
  act(counters.advertisements_sent);
  act(counters.advertisements_received);
  act(counters.priority_zero_sent);
  act(counters.priority_zero_received);
  act(counters.priority_zero_ignored);
  act(counters.lesser_answered);
  act(counters.addresses_put_back);
  act(counters.late);
  act(counters.intervals_clamped);
  act(counters.announcements_sent);
  act(counters.sends_refused);
  act(counters.others_heard);
  act(counters.others_missed);
  for (auto& count : counters.dropped) act(count);
}

class StatusReader {
 public:
  explicit StatusReader(WireReader& from) : from_(from) {}

  std::optional<InstanceStatus> take() {
    InstanceStatus status;
    status.name = from_.octets(up_to(kMaxInstanceName));
    status.interface_name = from_.octets(up_to(kMaxInstanceName));
    status.state = static_cast<vrrp::State>(up_to(static_cast<std::uint8_t>(vrrp::State::Master)));
    status.reason = static_cast<vrrp::Reason>(up_to(vrrp::kReasons - 1));
    status.since = vrrp::TimePoint(time());
    status.priority = from_.u8();
    const std::uint64_t flags = up_to(kFlags);
    status.is_leaving = (flags & 1U) != 0;
    status.is_claimed = (flags & 2U) != 0;
    status.is_ready = (flags & 4U) != 0;
    status.is_held = (flags & 8U) != 0;
    status.has_foreign_address = (flags & 16U) != 0;
    status.has_refused_address = (flags & 32U) != 0;
    status.master = address();
    status.master_down_interval = time();
    status.worst_lateness = time();
    const std::uint64_t peers = up_to(vrrp::kMaxPeersShown);
    for (std::uint64_t i = 0; i < peers; ++i) status.peers.push_back(peer());
    const std::uint64_t lists = up_to(vrrp::kMaxOtherLists);
    for (std::uint64_t i = 0; i < lists; ++i) status.other_lists.push_back(other_list());
    const std::uint64_t drop = up_to(vrrp::kDecodeErrors);
    const auto source = address();
    if (source.has_value() != (drop > 0)) is_bad_ = true;
    if (source && drop > 0) {
      status.last_drop =
          vrrp::Drop{.error = static_cast<vrrp::DecodeError>(drop - 1), .source = *source};
    }
    for (auto& from : status.dropped_from) from = address();
    if (const auto lesser = address()) status.last_lesser = peer_at(*lesser);
    const std::uint64_t rivals = up_to(vrrp::kMaxRivalsShown);
    for (std::uint64_t i = 0; i < rivals; ++i) status.rivals.push_back(rival());
    each_counter(status.counters, [&](std::uint64_t& count) { count = from_.u64(); });
    if (is_bad_) return std::nullopt;
    return status;
  }

 private:
  std::uint8_t up_to(std::uint64_t limit) {
    const std::uint8_t value = from_.u8();
    if (value <= limit) return value;
    is_bad_ = true;
    return 0;
  }

  vrrp::Duration time() { return vrrp::Duration(static_cast<std::int64_t>(from_.u64())); }

  vrrp::Peer peer() { return peer_at(some_address()); }

  vrrp::Peer peer_at(const vrrp::Address& source) {
    vrrp::Peer peer;
    peer.address = source;
    peer.priority = from_.u8();
    peer.interval = time();
    peer.heard = vrrp::TimePoint(time());
    return peer;
  }

  vrrp::OtherList other_list() {
    vrrp::OtherList list;
    list.source = some_address();
    list.is_ignored = up_to(1) == 1;
    list.count = from_.u8();
    const std::uint64_t shown = up_to(vrrp::kMaxAddressesShown);
    for (std::uint64_t i = 0; i < shown; ++i) list.addresses.push_back(some_address());
    return list;
  }

  vrrp::Address some_address() {
    const auto found = address();
    if (!found) is_bad_ = true;
    return found.value_or(vrrp::Address());
  }

  vrrp::Rival rival() {
    vrrp::Rival rival;
    rival.mac = octets<vrrp::MacAddress>();
    rival.source = address();
    rival.address = address();
    rival.destination = address();
    const std::uint64_t flags = up_to(kRivalFlags);
    rival.is_owner = (flags & 1U) != 0;
    rival.is_announcing = (flags & 2U) != 0;
    rival.is_authenticated = (flags & 4U) != 0;
    rival.is_crowd = (flags & 8U) != 0;
    rival.is_elsewhere = (flags & 16U) != 0;
    rival.differences = vrrp::DifferenceSet::from_bits(up_to(vrrp::DifferenceSet::kAll));
    rival.virtual_router_id = from_.u8();
    rival.priority = from_.u8();
    const std::uint8_t version = up_to(static_cast<std::uint8_t>(vrrp::Version::V3));
    if (version < static_cast<std::uint8_t>(vrrp::Version::V2)) is_bad_ = true;
    rival.version = static_cast<vrrp::Version>(version);
    rival.interval = time();
    rival.heard = vrrp::TimePoint(time());
    return rival;
  }

  std::optional<vrrp::Address> address() {
    switch (from_.u8()) {
      case 0:
        return std::nullopt;
      case 4:
        return boost::asio::ip::address_v4(octets<boost::asio::ip::address_v4::bytes_type>());
      case 6:
        return boost::asio::ip::address_v6(octets<boost::asio::ip::address_v6::bytes_type>());
      default:
        is_bad_ = true;
        return std::nullopt;
    }
  }

  template <typename Octets>
  Octets octets() {
    Octets result;
    for (auto& octet : result) octet = from_.u8();
    return result;
  }

  WireReader& from_;
  bool is_bad_ = false;
};

}  // namespace

void put_name(WireWriter& to, std::string_view name) {
  if (name.size() > kMaxInstanceName) throw std::length_error("name too long");
  to.u8(static_cast<std::uint8_t>(name.size()));
  to.octets(name);
}

void put_status(WireWriter& to, const InstanceStatus& status) {
  put_name(to, status.name);
  put_name(to, status.interface_name);
  to.u8(static_cast<std::uint8_t>(status.state));
  to.u8(static_cast<std::uint8_t>(status.reason));
  put_time(to, status.since.time_since_epoch());
  to.u8(status.priority);
  to.u8(static_cast<std::uint8_t>((status.is_leaving ? 1U : 0U) | (status.is_claimed ? 2U : 0U) |
                                  (status.is_ready ? 4U : 0U) | (status.is_held ? 8U : 0U) |
                                  (status.has_foreign_address ? 16U : 0U) |
                                  (status.has_refused_address ? 32U : 0U)));
  put_address(to, status.master);
  put_time(to, status.master_down_interval);
  put_time(to, status.worst_lateness);
  const std::size_t peers = std::min(status.peers.size(), vrrp::kMaxPeersShown);
  to.u8(static_cast<std::uint8_t>(peers));
  for (std::size_t i = 0; i < peers; ++i) {
    put_peer(to, status.peers[i]);
  }
  const std::size_t lists = std::min(status.other_lists.size(), vrrp::kMaxOtherLists);
  to.u8(static_cast<std::uint8_t>(lists));
  for (std::size_t i = 0; i < lists; ++i) put_list(to, status.other_lists[i]);
  to.u8(status.last_drop ? static_cast<std::uint8_t>(1 + static_cast<int>(status.last_drop->error))
                         : std::uint8_t{0});
  put_address(to, status.last_drop ? std::optional(status.last_drop->source) : std::nullopt);
  for (const auto& from : status.dropped_from) put_address(to, from);
  if (status.last_lesser) {
    put_peer(to, *status.last_lesser);
  } else {
    put_address(to, std::nullopt);
  }
  const std::size_t rivals = std::min(status.rivals.size(), vrrp::kMaxRivalsShown);
  to.u8(static_cast<std::uint8_t>(rivals));
  for (std::size_t i = 0; i < rivals; ++i) put_rival(to, status.rivals[i]);
  each_counter(status.counters, [&](const std::uint64_t& count) { to.u64(count); });
}

std::optional<InstanceStatus> take_status(WireReader& from) {
  return StatusReader(from).take();
}

}  // namespace evenkeel::daemon
