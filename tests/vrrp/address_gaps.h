// How often an address has gone from the host of the calling thread altogether, by the order of the
// kernel's notifications: also one that is back at once.
#pragma once

#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <map>
#include <set>
#include <sys/socket.h>
#include <utility>

#include "daemon/os/unique_fd.h"
#include "vrrp/address_writer.h"
#include "vrrp/rtnetlink.h"

namespace evenkeel::vrrp {

class AddressGaps {
 public:
  AddressGaps() : fd_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)) {
    sockaddr_nl groups{};
    groups.nl_family = AF_NETLINK;
    groups.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&groups), sizeof groups), 0);
    const auto there = AddressWriter::open().value().read();
    EXPECT_TRUE(there);
    for (const InstalledAddress& each : *there) note(each, true);
  }

  /// Since the making of this.
  [[nodiscard]] int count(const Address& address) {
    alignas(nlmsghdr) std::array<std::uint8_t, 32768> buffer{};
    while (true) {
      const ssize_t length = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (length <= 0) return gaps_[address];
      for_each_message(std::span(buffer).first(static_cast<std::size_t>(length)),
                       [&](const nlmsghdr& message) {
                         const auto each = decode_address(message);
                         if (each) note(each->address, message.nlmsg_type == RTM_NEWADDR);
                       });
    }
  }

 private:
  void note(const InstalledAddress& address, bool is_there) {
    auto& places = places_[address.address.address];
    const std::pair place(address.interface_index, address.address.prefix_length);
    if (is_there) {
      places.insert(place);
    } else if (places.erase(place) > 0 && places.empty()) {
      ++gaps_[address.address.address];
    }
  }

  UniqueFd fd_;
  std::map<Address, std::set<std::pair<int, std::uint8_t>>> places_;
  std::map<Address, int> gaps_;
};

}  // namespace evenkeel::vrrp
