// What the kernel says of interfaces and their addresses, kept up to date by its notifications
// (rtnetlink groups LINK, IPV4_IFADDR, IPV6_IFADDR).
//
// On the writer's thread. A queue that overflows (ENOBUFS) is answered by reading everything anew.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "vrrp/address_writer.h"
#include "vrrp/announcement.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

struct Interface {
  int index = 0;
  std::string name;
  bool is_up = false;  ///< IFF_UP and IFF_RUNNING
  MacAddress mac{};
  std::uint32_t mtu = 0;
  std::set<InstalledAddress> addresses;

  /// What we advertise from: IPv4: the first address that is not ours and not secondary, else any
  /// that is not ours; IPv6: a link-local one that is not ours, not tentative. `not_these`: virtual
  /// addresses, whoever installed them.
  [[nodiscard]] std::optional<Address> source_address(
      Family family, const std::vector<InterfaceAddress>& not_these) const;
  friend bool operator==(const Interface&, const Interface&) = default;
};

class LinkMonitor {
 public:
  struct Handlers {
    /// Something about it is new: it has come, gone (index 0), is up or down, has another address.
    std::function<void(const std::string& name)> on_change;
  };

  [[nodiscard]] static tl::expected<LinkMonitor, std::error_code> open(Handlers handlers);
  LinkMonitor(LinkMonitor&&) noexcept;
  LinkMonitor& operator=(LinkMonitor&&) noexcept;
  ~LinkMonitor();

  /// Readable: call receive().
  [[nodiscard]] int fd() const;
  /// Takes what is waiting, calls the handlers; never blocks.
  [[nodiscard]] std::error_code receive();
  /// nullptr: there is none of that name.
  [[nodiscard]] const Interface* find(const std::string& name) const;

 private:
  class Impl;
  explicit LinkMonitor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel::vrrp
