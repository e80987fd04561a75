// The state that a vrrp process leaves for the next one: of each virtual router, whether it was
// Master and when it last advertised.
//
// A file of the runtime directory, mapped by the process that writes it (the engine's thread, no
// system call) and read by the next one and by `evenkeeld release`. The file outlives every process
// of the daemon, but no reboot: a page of another boot is cleared. Each entry has a sequence lock:
// an entry whose writer died in the middle of a change is read as "nothing known".
//
// Processes of different versions read each other's pages: a field keeps its place for ever, new
// ones take reserved octets, which are zero where nobody has written them, and a state that is not
// known is read as "nothing known".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "vrrp/types.h"

namespace evenkeel::vrrp {

enum class PageState : std::uint8_t {
  NotMaster,
  Master,
  Leaving,         ///< priority 0 is sent, the addresses are still there
  LeftUnanswered,  ///< nobody took over: the addresses stay for kUnansweredLease
};

struct PageRecord {
  PageState state = PageState::NotMaster;
  bool is_held = false;            ///< after a failover: does not preempt
  TimePoint last_advertisement{};  ///< CLOCK_MONOTONIC, the same for every process of the host
  friend bool operator==(const PageRecord&, const PageRecord&) = default;
};

class SharedPage {
 public:
  static constexpr std::size_t kMaxRouters = 1024;
  static constexpr std::size_t kSize = 64 + kMaxRouters * 64;

  static constexpr std::size_t kMaxBoot = 36;

  /// `memory`: kSize octets, aligned to 8, all zero or written by a SharedPage; anything else is
  /// cleared. The caller keeps it. `boot`: the ID of this boot, at most kMaxBoot octets; a page of
  /// another boot is cleared. "": not known, and no page is cleared for it.
  explicit SharedPage(std::span<std::byte, kSize> memory, std::string_view boot = {});

  /// Nothing: not there, or torn.
  [[nodiscard]] std::optional<PageRecord> find(const RouterKey& key) const;
  /// Its place, new (NotMaster) if it had none; nothing: the page is full.
  [[nodiscard]] std::optional<std::size_t> take_place(const RouterKey& key);
  /// Gives the place back.
  void forget(const RouterKey& key);
  /// One writer at a time.
  void write(std::size_t place, const PageRecord& record);

 private:
  struct Entry;
  [[nodiscard]] Entry& entry(std::size_t place) const;
  [[nodiscard]] std::optional<std::size_t> place_of(const RouterKey& key) const;

  std::byte* memory_;
};

}  // namespace evenkeel::vrrp
