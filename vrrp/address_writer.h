// Adds addresses to interfaces and removes them (rtnetlink).
//
// On the writer's thread only: the kernel executes a request inside the sender's system call, under
// its RTNL lock.
//
// Every address of ours carries IFA_PROTO 112 and has the prefix as given; IPv6 ones are NODAD and
// deprecated (preferred_lft 0: never a source address), IPv4 ones are preferred as long as they are
// valid. An address that was there before us without our mark is somebody's own: it is left as it
// is, counts as installed, and is never removed.
//
// A kernel before 5.18 keeps no IFA_PROTO, which a reading shows. There an address is ours that
// this writer has installed, or that adopt() has named.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "vrrp/address_table.h"
#include "vrrp/route_socket.h"

namespace evenkeel::vrrp {

class AddressWriter {
 public:
  [[nodiscard]] static tl::expected<AddressWriter, std::error_code> open();

  /// Adds each, or refreshes what is there; the kernel's answers, in the same order. `lease`: valid
  /// lifetime, rounded up to whole seconds, at least one; nothing = for ever. no_such_device: the
  /// interface is gone; timed_out after 2 s. Where something is in the way all addresses are read,
  /// once.
  [[nodiscard]] std::vector<std::error_code> install(int interface_index,
                                                     std::span<const InterfaceAddress> addresses,
                                                     std::optional<Duration> lease);
  /// Gone already is no error. An address that is not ours is left (no error). Where some is not
  /// known to be ours all addresses are read, once.
  [[nodiscard]] std::vector<std::error_code> remove(int interface_index,
                                                    std::span<const InterfaceAddress> addresses);
  /// One alone.
  [[nodiscard]] std::error_code install(int interface_index, const InterfaceAddress& address,
                                        std::optional<Duration> lease) {
    return install(interface_index, std::span(&address, 1), lease).front();
  }
  [[nodiscard]] std::error_code remove(int interface_index, const InterfaceAddress& address) {
    return remove(interface_index, std::span(&address, 1)).front();
  }
  /// Another program has removed the address: if it is there again, it is read before it counts as
  /// ours.
  void forget(int interface_index, const InterfaceAddress& address);
  /// The record of the process before us says that it is ours. Counts on a kernel that keeps no
  /// IFA_PROTO only.
  void adopt(int interface_index, const InterfaceAddress& address) {
    adopted_.emplace(interface_index, address);
  }
  /// Read as ours: it need not be looked at again before it is refreshed or removed.
  void take_up(const InstalledAddress& address) {
    ours_.emplace(address.interface_index, address.address);
  }
  /// This process has written the address, or has taken it up; not so for another program's.
  [[nodiscard]] bool has_written(int interface_index, const InterfaceAddress& address) const {
    return ours_.contains({interface_index, address});
  }
  /// Marked as ours; where the kernel keeps no marks: installed by us, or adopted.
  [[nodiscard]] bool is_ours(const InstalledAddress& address) const;
  /// Every address of the host, of this network namespace.
  [[nodiscard]] tl::expected<std::vector<InstalledAddress>, std::error_code> read();
  /// How often all addresses have been read. The time of a reading grows with the host's addresses.
  [[nodiscard]] std::uint64_t reads() const { return reads_; }

 private:
  struct Batch;
  enum class Step : std::uint8_t;
  using Places = std::set<std::pair<int, InterfaceAddress>>;

  explicit AddressWriter(RouteSocket socket) : socket_(std::move(socket)) {}
  /// The kernel's answers to all that are at this step.
  void execute(Batch& batch, Step step);
  /// What was in the way of those that are still to be added: ours is to be refreshed, somebody's
  /// own is left and counts as done, ours with another prefix length goes first.
  void look(Batch& batch);
  [[nodiscard]] tl::expected<AddressTable, std::error_code> read(int interface_index);

  RouteSocket socket_;
  Places ours_;             ///< need not be asked about
  Places adopted_;          ///< ours where nothing is marked
  bool has_marks_ = false;  ///< the kernel has shown some IFA_PROTO
  std::uint64_t reads_ = 0;
};

}  // namespace evenkeel::vrrp
