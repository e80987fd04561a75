// The work on the addresses of one instance, and how much of it is done. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "vrrp/instance.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

using AddressPlace = std::pair<int, InterfaceAddress>;  ///< interface index, address

/// The writing of one address, before it is measured: twice what Linux 6.1 takes for the 10,000th
/// of an interface. Its removal takes no longer.
constexpr Duration kAddressTakes = std::chrono::microseconds(400);

class AddressTask {
 public:
  enum class What : std::uint8_t { Install, Renew, Abandon, Remove };

  What what = What::Install;
  int interface_index = 0;
  std::string interface;               ///< its name
  std::optional<Duration> lease;       ///< of the virtual ones; of the others at least
  TimePoint began{};                   ///< the writing of the additions
  Duration took_before{};              ///< the writing of all of them, the last time
  std::vector<AddressPlace> removals;  ///< they go first
  std::vector<InterfaceAddress> additions;
  std::size_t virtual_ones = 0;  ///< so many of the additions are advertised; they come first
  bool had_some = false;         ///< of the additions something was there before
  bool is_of_written = false;    ///< what has gone meanwhile is not put back

  /// The next ones; at most kPiece. Removals: of one interface. Additions: where there are many the
  /// virtual ones are on their own.
  [[nodiscard]] std::span<const AddressPlace> next_removals() const;
  [[nodiscard]] std::span<const InterfaceAddress> next_additions() const;
  [[nodiscard]] std::span<const AddressPlace> removals_left() const {
    return std::span(removals).subspan(removed_);
  }
  void remove_done(std::size_t count) { removed_ += count; }
  void add_done(std::size_t count) { added_ += count; }
  [[nodiscard]] bool is_done() const {
    return removed_ == removals.size() && added_ == additions.size();
  }
  /// Of the next piece, written at `now`. Whoever has thousands writes the first of them again when
  /// all are written: what is written lasts for several times as long as that takes. That is for
  /// those that are not advertised: the virtual ones have their own renewal, and the lease that is
  /// asked for. The first piece of each has the shortest lease.
  [[nodiscard]] std::optional<Duration> lease_at(TimePoint now) const;
  /// The next piece is the first with virtual addresses, or with others.
  [[nodiscard]] bool begins_virtual_ones() const { return added_ == 0 && virtual_ones > 0; }
  [[nodiscard]] bool begins_others() const {
    return added_ <= virtual_ones && added_ + next_additions().size() > virtual_ones;
  }
  /// True once: the virtual addresses are installed, and the others are not yet.
  [[nodiscard]] bool take_half_time();

  /// The kernel has refused the address. `was_there`: it had been written before.
  void refuse(const InterfaceAddress& address, const std::error_code& error, bool was_there);
  [[nodiscard]] const std::set<InterfaceAddress>& refused() const { return refused_; }
  [[nodiscard]] Installed installed() const;
  /// "cannot add 192.0.2.1/32 and 3 more to eth0: Permission denied", one for each error; those in
  /// `known` are left out.
  [[nodiscard]] std::vector<std::string> complaints(const std::set<InterfaceAddress>& known) const;

 private:
  static constexpr std::size_t kPiece = 64;

  std::size_t removed_ = 0;
  std::size_t added_ = 0;
  bool has_told_ = false;
  bool has_lost_ = false;
  std::set<InterfaceAddress> refused_;
  std::map<std::string, std::vector<InterfaceAddress>> errors_;  ///< by the kernel's word
};

}  // namespace evenkeel::vrrp
