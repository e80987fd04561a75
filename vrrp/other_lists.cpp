#include "vrrp/other_lists.h"

#include <algorithm>
#include <utility>

#include "vrrp/address_key.h"

namespace evenkeel::vrrp {
namespace {

/// The pause before the list of a sender is read again.
constexpr Duration kListStays = std::chrono::seconds(10);

}  // namespace

bool OtherLists::heard(const Address& source, std::span<const std::uint8_t> advertised,
                       Family family, bool is_ignored, TimePoint at) {
  auto entry = std::find_if(lists_.begin(), lists_.end(),
                            [&](const Entry& each) { return each.source == source; });
  const bool is_new = entry == lists_.end();
  if (is_new && lists_.size() == lists_.capacity()) return false;
  if (is_new) entry = lists_.insert(lists_.end(), Entry{});
  entry->heard = at;
  if (!is_new && at - entry->taken < kListStays) return false;
  const std::size_t octets = family == Family::IPv4 ? 4 : 16;
  Entry now{.source = source,
            .is_ignored = is_ignored,
            .count = advertised.size() / octets,
            .addresses = {},
            .taken = at,
            .heard = at,
            .is_over = false};
  for (std::size_t i = 0; i < std::min(now.count, kMaxAddressesShown); ++i) {
    now.addresses.push_back(address_of(advertised.subspan(i * octets, octets)));
  }
  const bool is_other = is_new || entry->is_over || now.is_ignored != entry->is_ignored ||
                        now.count != entry->count || now.addresses != entry->addresses;
  *entry = std::move(now);
  return is_other;
}

bool OtherLists::heard_ours(const Address& source) {
  const auto entry = std::find_if(lists_.begin(), lists_.end(),
                                  [&](const Entry& each) { return each.source == source; });
  if (entry == lists_.end()) return false;
  return !std::exchange(entry->is_over, true);
}

bool OtherLists::forget_before(TimePoint time) {
  const auto before = size();
  lists_.erase(std::remove_if(lists_.begin(), lists_.end(),
                              [&](const Entry& each) { return each.heard < time; }),
               lists_.end());
  return size() != before;
}

std::size_t OtherLists::size() const {
  return static_cast<std::size_t>(
      std::count_if(lists_.begin(), lists_.end(), [](const Entry& each) { return !each.is_over; }));
}

std::vector<OtherList> OtherLists::lists() const {
  std::vector<OtherList> result;
  for (const Entry& each : lists_) {
    if (each.is_over) continue;
    result.push_back({.source = each.source,
                      .is_ignored = each.is_ignored,
                      .count = each.count,
                      .addresses = {each.addresses.begin(), each.addresses.end()}});
  }
  return result;
}

}  // namespace evenkeel::vrrp
