// The kernel's interfaces and their addresses, kept up to date by its notifications (rtnetlink
// groups LINK, IPV4_IFADDR, IPV6_IFADDR).
//
// On the writer's thread. A queue that overflows (ENOBUFS) is answered by reading everything anew.
// The kernel queues a notification before the call that caused it returns: after a write of our
// own, receive() shows what came of it; but not an IPv6 address that was added, which it tells of a
// moment later (after duplicate address detection, even without any): see note_installed().
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "vrrp/address_table.h"
#include "vrrp/announcement.h"
#include "vrrp/route_socket.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

struct Interface : LinkMessage {
  std::uint64_t incarnation = 0;  ///< another for each that comes, be it of an index that was
  /// Primary ones first. is_ours: by our mark alone.
  AddressTable addresses;

  /// Over IPv6 whatever its prefix length: an interface has such an address once.
  [[nodiscard]] bool has(const InterfaceAddress& address) const {
    return addresses.find(address) != nullptr;
  }
  /// What we advertise from: IPv4: the first address that is not ours and not secondary, else any
  /// that is not ours; IPv6: a link-local one that is not ours, not tentative. `not_these`: virtual
  /// addresses, whoever installed them and with whatever prefix length; sorted.
  [[nodiscard]] std::optional<Address> source_address(Family family,
                                                      std::span<const Address> not_these) const;
  friend bool operator==(const Interface&, const Interface&) = default;
};

class LinkMonitor {
 public:
  struct Handlers {
    /// The interface has come or gone, is another of that name, is up or down, or has another MAC,
    /// MTU, address or alternative name. Called with its name and with each alternative one. Not
    /// for what open() finds. Once a call of receive(), at its end, when find() has the latest.
    /// `has_lost`: an address among others.
    std::function<void(const std::string& name, bool has_lost)> on_change;
  };

  [[nodiscard]] static tl::expected<LinkMonitor, std::error_code> open(Handlers handlers);

  /// Readable: call receive().
  [[nodiscard]] int fd() const { return notifications_.fd(); }
  /// Takes what is waiting, calls the handlers; waits for nothing but the kernel's answer when all
  /// must be read anew (2 s at most). After an error the next call reads all anew.
  [[nodiscard]] std::error_code receive();
  /// The kernel has just confirmed the address: find() shows it from now on, and no handler is
  /// called. An IPv6 address would otherwise be missing until its notification.
  void note_installed(int interface_index, const InterfaceAddress& address);
  /// Likewise that it is gone.
  void note_removed(int interface_index, const InterfaceAddress& address);
  /// By its name or an alternative one. Valid until the next receive(). nullptr: there is none.
  [[nodiscard]] const Interface* find(const std::string& name) const;
  [[nodiscard]] const Interface* find(int index) const;
  /// Of all interfaces that have one; sorted, each once.
  [[nodiscard]] std::vector<MacAddress> macs() const;

 private:
  using Interfaces = std::map<int, Interface>;  ///< by index

  LinkMonitor(Handlers handlers, RouteNotifications notifications, RouteSocket questions)
      : handlers_(std::move(handlers)),
        notifications_(std::move(notifications)),
        questions_(std::move(questions)) {}

  /// Notes what is different.
  [[nodiscard]] std::error_code read_all();
  /// Until none is waiting. An error: some have been lost.
  [[nodiscard]] std::error_code take_notifications();
  void apply(const nlmsghdr& message);
  void apply(const LinkMessage& link);
  [[nodiscard]] Interface& interface_of(Interfaces& interfaces, int index);
  // By every name that it has: the configuration may use any.
  void learn_names(const Interface& interface);
  void forget_names(const Interface& interface);
  void note_change(const Interface& interface, bool has_lost = false);
  void tell();

  Handlers handlers_;
  RouteNotifications notifications_;
  RouteSocket questions_;
  Interfaces interfaces_;
  std::uint64_t next_incarnation_ = 1;
  std::map<std::string, int> indexes_;   ///< by name
  std::map<std::string, bool> changed_;  ///< names, and whether an address has gone
  bool is_behind_ = false;               ///< something was lost
};

}  // namespace evenkeel::vrrp
