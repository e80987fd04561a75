#include "vrrp/shared_page.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <string_view>

namespace evenkeel::vrrp {
namespace {

// magic:u64  boot:36 octets, zero padded (all zero: of a version that did not write it)  reserved
constexpr std::size_t kHeaderSize = 64;
constexpr std::size_t kBootAt = 8;
constexpr std::size_t kEntrySize = 64;
constexpr std::uint64_t kMagic = 0x3130'7072'7276'6b65;  // "ekvrrp01", little-endian

using StoredName = std::array<char, 16>;

/// The name, zero padded; of an alternative one that is too long '/', which no name has, and 60
/// bits of its hash (FNV-1a) in hexadecimal.
StoredName stored_name(std::string_view name) {
  StoredName stored{};
  if (name.size() < stored.size()) {
    std::copy(name.begin(), name.end(), stored.begin());
    return stored;
  }
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char octet : name) {
    hash = (hash ^ static_cast<unsigned char>(octet)) * 0x100000001b3;
  }
  stored[0] = '/';
  for (std::size_t i = 1; i < stored.size(); ++i) {
    stored[i] = "0123456789abcdef"[hash & 0xFU];
    hash >>= 4U;
  }
  return stored;
}

}  // namespace

struct SharedPage::Entry {
  std::uint32_t sequence;  ///< odd: being written
  std::uint8_t state;
  std::uint8_t is_taken;
  std::uint8_t family;
  std::uint8_t virtual_router_id;
  std::int64_t last_advertisement;  ///< ns
  std::array<char, 16> interface;   ///< stored_name()
  std::uint8_t is_held;
  std::uint8_t reserved[31];
};

SharedPage::SharedPage(std::span<std::byte, kSize> memory, std::string_view boot)
    : memory_(memory.data()) {
  static_assert(sizeof(Entry) == kEntrySize);
  static_assert(kBootAt + kMaxBoot <= kHeaderSize);
  std::uint64_t magic = 0;
  std::memcpy(&magic, memory_, sizeof magic);
  const std::span<std::byte> at = memory.subspan(kBootAt, kMaxBoot);
  const auto octets = std::as_bytes(std::span(boot.substr(0, kMaxBoot)));
  const bool has_boot = at[0] != std::byte{0};
  const bool is_of_another_boot =
      !boot.empty() && has_boot && !std::equal(octets.begin(), octets.end(), at.begin());
  if (magic != kMagic || is_of_another_boot) std::memset(memory_, 0, kSize);
  std::memcpy(memory_, &kMagic, sizeof kMagic);
  std::copy(octets.begin(), octets.end(), at.begin());
}

SharedPage::Entry& SharedPage::entry(std::size_t place) const {
  return *reinterpret_cast<Entry*>(memory_ + kHeaderSize + place * kEntrySize);
}

std::optional<std::size_t> SharedPage::place_of(const RouterKey& key) const {
  const StoredName interface = stored_name(key.interface);
  for (std::size_t place = 0; place < kMaxRouters; ++place) {
    const Entry& at = entry(place);
    if (at.is_taken == 1 && at.family == static_cast<std::uint8_t>(key.family) &&
        at.virtual_router_id == key.virtual_router_id && at.interface == interface) {
      return place;
    }
  }
  return std::nullopt;
}

std::optional<PageRecord> SharedPage::find(const RouterKey& key) const {
  const auto place = place_of(key);
  if (!place) return std::nullopt;
  Entry& at = entry(*place);
  const std::atomic_ref<std::uint32_t> sequence(at.sequence);
  // Its writer is dead, or as good as: a torn entry stays torn.
  const std::uint32_t before = sequence.load(std::memory_order_acquire);
  const std::uint8_t state = std::atomic_ref(at.state).load(std::memory_order_relaxed);
  const std::uint8_t held = std::atomic_ref(at.is_held).load(std::memory_order_relaxed);
  const std::int64_t last = std::atomic_ref(at.last_advertisement).load(std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_acquire);
  if (before % 2 == 1 || sequence.load(std::memory_order_relaxed) != before) return std::nullopt;
  if (state > static_cast<std::uint8_t>(PageState::LeftUnanswered)) return std::nullopt;
  return PageRecord{.state = static_cast<PageState>(state),
                    .is_held = held == 1,
                    .last_advertisement = TimePoint(Duration(last))};
}

std::optional<std::size_t> SharedPage::take_place(const RouterKey& key) {
  if (const auto place = place_of(key)) {
    std::atomic_ref<std::uint32_t> sequence(entry(*place).sequence);
    if (sequence.load() % 2 == 1) {  // its writer died in it: what it says is nothing
      Entry& at = entry(*place);
      std::atomic_ref(at.state).store(static_cast<std::uint8_t>(PageState::NotMaster));
      std::atomic_ref(at.is_held).store(0);
      sequence.store(sequence.load() + 1);
    }
    return place;
  }
  for (std::size_t place = 0; place < kMaxRouters; ++place) {
    Entry& at = entry(place);
    if (at.is_taken == 1) continue;
    at = Entry{};
    at.family = static_cast<std::uint8_t>(key.family);
    at.virtual_router_id = key.virtual_router_id;
    at.interface = stored_name(key.interface);
    std::atomic_ref(at.is_taken).store(1, std::memory_order_release);
    return place;
  }
  return std::nullopt;
}

void SharedPage::forget(const RouterKey& key) {
  if (const auto place = place_of(key)) {
    std::atomic_ref(entry(*place).is_taken).store(0, std::memory_order_release);
  }
}

void SharedPage::write(std::size_t place, const PageRecord& record) {
  Entry& at = entry(place);
  const std::atomic_ref<std::uint32_t> sequence(at.sequence);
  const std::uint32_t before = sequence.load(std::memory_order_relaxed);
  sequence.store(before + 1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  std::atomic_ref(at.state).store(static_cast<std::uint8_t>(record.state),
                                  std::memory_order_relaxed);
  std::atomic_ref(at.is_held).store(record.is_held ? 1 : 0, std::memory_order_relaxed);
  std::atomic_ref(at.last_advertisement)
      .store(record.last_advertisement.time_since_epoch().count(), std::memory_order_relaxed);
  sequence.store(before + 2, std::memory_order_release);
}

}  // namespace evenkeel::vrrp
