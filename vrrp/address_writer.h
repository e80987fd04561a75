// Puts addresses on interfaces and takes them away (rtnetlink through libnl-route-3).
//
// On the writer's thread only: the kernel executes a request inside the sender's system call, under
// its RTNL lock.
//
// Every address of ours carries IFA_PROTO 112 (kernel 5.18; on an older one the record tells),
// NODAD, scope and prefix as given; IPv6 ones are deprecated (preferred_lft 0: never a source
// address). An address that was there before us without our mark is somebody's own: it is left as
// it is, counts as installed, and is never removed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "vrrp/types.h"

namespace evenkeel::vrrp {

constexpr std::uint8_t kAddressProtocol = 112;  ///< IFA_PROTO of what we install

struct InstalledAddress {
  int interface_index = 0;
  InterfaceAddress address;
  bool is_ours = false;  ///< carries our IFA_PROTO
  friend std::weak_ordering operator<=>(const InstalledAddress&, const InstalledAddress&) = default;
};

class AddressWriter {
 public:
  [[nodiscard]] static tl::expected<AddressWriter, std::error_code> open();
  AddressWriter(AddressWriter&&) noexcept;
  AddressWriter& operator=(AddressWriter&&) noexcept;
  ~AddressWriter();

  /// Adds it, or refreshes what is there. `lease`: valid lifetime, rounded up to whole seconds;
  /// nothing = for ever.
  [[nodiscard]] std::error_code install(int interface_index, const InterfaceAddress& address,
                                        std::optional<Duration> lease);
  /// Gone already is no error. An address that is not ours is left (no error).
  [[nodiscard]] std::error_code remove(int interface_index, const InterfaceAddress& address);
  /// Every address of the host, of this network namespace.
  [[nodiscard]] tl::expected<std::vector<InstalledAddress>, std::error_code> read();

 private:
  class Impl;
  explicit AddressWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel::vrrp
