#include "vrrp/rival_table.h"

#include <algorithm>

namespace evenkeel::vrrp {
namespace {

/// Whoever advertises by unhurried intervals is waited for.
Duration longest_interval(const Rival& rival, Duration own) {
  return std::max(rival.interval, own);
}

}  // namespace

template <typename IsGone>
void RivalTable::remove(IsGone&& is_gone) {
  const auto kept = std::stable_partition(entries_.begin(), entries_.end(),
                                          [&](const Entry& entry) { return !is_gone(entry); });
  if (std::any_of(kept, entries_.end(), [](const Entry& each) { return each.belief.is_held(); })) {
    ++generation_;
  }
  entries_.erase(kept, entries_.end());
}

/// The one that it is another sign of: the same advertiser, or whoever has the MAC that announces.
RivalTable::Entry* RivalTable::find(const Rival& sighting) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    const Rival& known = entry.rival;
    if (known.mac != sighting.mac || known.is_owner != sighting.is_owner) return false;
    if (!sighting.source || !known.source) return true;
    return known.source == sighting.source && known.virtual_router_id == sighting.virtual_router_id;
  });
  return found == entries_.end() ? nullptr : &*found;
}

/// A new one, instead of the oldest that is not believed; nullptr: all are.
RivalTable::Entry* RivalTable::place_for(const Rival& sighting) {
  if (entries_.size() == entries_.capacity()) {
    auto oldest = entries_.end();
    for (auto each = entries_.begin(); each != entries_.end(); ++each) {
      if (each->belief.is_held()) continue;
      if (oldest == entries_.end() || each->rival.heard < oldest->rival.heard) oldest = each;
    }
    if (oldest == entries_.end()) return nullptr;
    entries_.erase(oldest);
  }
  entries_.push_back({.rival = sighting, .belief = {}});
  return &entries_.back();
}

void RivalTable::see(const Rival& sighting, Duration interval) {
  forget(sighting.heard, interval);
  // It has become an owner, or is none any more: that is to be believed anew.
  remove([&](const Entry& entry) {
    return sighting.source && entry.rival.source == sighting.source &&
           entry.rival.virtual_router_id == sighting.virtual_router_id &&
           entry.rival.is_owner != sighting.is_owner;
  });
  Entry* entry = find(sighting);
  if (entry == nullptr) entry = place_for(sighting);
  if (entry == nullptr) return;
  const bool is_announcing = entry->rival.is_announcing || sighting.is_announcing;
  if (sighting.source || !entry->rival.source) {
    entry->rival = sighting;
  } else {
    entry->rival.heard = sighting.heard;
  }
  entry->rival.is_announcing = is_announcing;
  const bool was_held = entry->belief.is_held();
  entry->belief.see(sighting.heard, sighting.is_owner ? interval : Duration::zero());
  if (!was_held && entry->belief.is_held()) ++generation_;
}

void RivalTable::agree(const Address& source, std::uint8_t virtual_router_id) {
  remove([&](const Entry& entry) {
    return entry.rival.source == source && entry.rival.virtual_router_id == virtual_router_id;
  });
}

void RivalTable::forget(TimePoint now, Duration interval) {
  remove([&](const Entry& entry) {
    return entry.belief.is_over(now, longest_interval(entry.rival, interval));
  });
}

void RivalTable::forget_announcers() {
  remove([](const Entry& entry) { return !entry.rival.source; });
}

std::optional<Address> RivalTable::announced() const {
  for (const Entry& entry : entries_) {
    if (entry.rival.is_announcing) return entry.rival.address;
  }
  return std::nullopt;
}

std::vector<Rival> RivalTable::believed() const {
  std::vector<Rival> result;
  for (const bool is_owner : {true, false}) {
    for (const Entry& entry : entries_) {
      if (entry.belief.is_held() && entry.rival.is_owner == is_owner &&
          result.size() < kMaxRivalsShown) {
        result.push_back(entry.rival);
      }
    }
  }
  return result;
}

}  // namespace evenkeel::vrrp
