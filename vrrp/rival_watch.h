// Reads the advertisements of other hosts for our virtual addresses or our virtual router IDs, and
// gives each to the routers that it concerns.
//
// Engine's thread only. Never waits: reads at most kPacketsALook packets each time, and if more
// have come the rest of them after a pause. Packets that the kernel drops meanwhile are counted.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "vrrp/address_index.h"
#include "vrrp/advertisement_tap.h"
#include "vrrp/conflict_socket.h"
#include "vrrp/router.h"

namespace evenkeel::vrrp {

class RivalWatch {
 public:
  explicit RivalWatch(AdvertisementTap tap) : tap_(std::move(tap)) {}

  /// The MAC addresses of all interfaces of this host, sorted: what they send is our own.
  void set_host_macs(std::vector<MacAddress> macs) { host_macs_ = std::move(macs); }
  /// Routers have come or gone, have other addresses, or another link: update() makes the index
  /// anew.
  void forget_routers() { is_indexed_ = false; }

  /// Makes the index anew after forget_routers(). The first call of a tick.
  void update(const std::vector<std::unique_ptr<Router>>& routers);
  /// act(router), for each router that has the address on the interface of the frame.
  template <typename Act>
  void each_with(const ConflictSocket::Heard& heard, Act&& act) const {
    addresses_.each_with(key_of(heard.conflict.address), [&](Router& router) {
      if (router.has_addresses_on(heard.interface_index)) act(router);
    });
  }
  /// After update(). `buffer` is for one packet. Returns the routers that have seen something:
  /// valid until the next look, and none twice.
  [[nodiscard]] std::span<Router* const> look(std::span<std::uint8_t> buffer, TimePoint now);
  /// When look() is to be called next; max(): at the next tick. No packet wakes the engine for it.
  [[nodiscard]] TimePoint next_look() const { return next_look_; }
  [[nodiscard]] bool is_own(const MacAddress& mac) const;
  /// The packets that the kernel has dropped since the last call.
  [[nodiscard]] std::uint64_t take_missed() { return tap_.take_missed(); }

 private:
  static constexpr int kPacketsALook = 64;
  static constexpr Duration kPause = std::chrono::milliseconds(10);
  static constexpr std::size_t kMostRouters = 8;  ///< that one packet is shown to

  /// Sorted: those of one interface and family together.
  struct Place {
    int interface_index = 0;
    Family family = Family::IPv4;
    std::uint8_t virtual_router_id = 0;
    Router* router = nullptr;
    [[nodiscard]] auto key() const {
      return std::tuple(interface_index, family, virtual_router_id);
    }
  };

  void show(const AdvertisementTap::Packet& packet, TimePoint at);
  void count_malformed(const AdvertisementTap::Packet& packet, DecodeError error);
  [[nodiscard]] Router* with_id(int interface_index, Family family, std::uint8_t id) const;
  [[nodiscard]] Router* first_on(int interface_index, Family family) const;
  void note(Router& router);

  AdvertisementTap tap_;
  std::vector<MacAddress> host_macs_;  ///< sorted
  AddressIndex<Router> addresses_;
  std::vector<Place> places_;
  std::vector<Router*> seen_;
  bool is_indexed_ = false;
  TimePoint next_look_ = TimePoint::max();
  TimePoint pause_until_{};
};

}  // namespace evenkeel::vrrp
