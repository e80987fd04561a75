#include "vrrp/rival_table.h"

#include <algorithm>

namespace evenkeel::vrrp {
namespace {

/// A rival with a longer interval than ours has its own to be heard again.
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

/// The entry of the same rival: the same advertiser, or the same MAC that announces.
RivalTable::Entry* RivalTable::find(const Rival& sighting) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    const Rival& known = entry.rival;
    if (known.is_crowd) return false;
    if (known.mac != sighting.mac || known.is_owner != sighting.is_owner) return false;
    if (!sighting.source || !known.source) return true;
    return known.source == sighting.source && known.virtual_router_id == sighting.virtual_router_id;
  });
  return found == entries_.end() ? nullptr : &*found;
}

/// A new entry; the last place is the crowd's.
RivalTable::Entry& RivalTable::place_for(const Rival& sighting) {
  const auto crowd = std::find_if(entries_.begin(), entries_.end(),
                                  [](const Entry& entry) { return entry.rival.is_crowd; });
  const std::size_t others = entries_.size() - (crowd == entries_.end() ? 0 : 1);
  if (others < kKept - 1) {
    entries_.push_back({.rival = sighting, .belief = {}});
    return entries_.back();
  }
  if (crowd != entries_.end()) return *crowd;
  Rival rival;
  rival.is_owner = rival.is_crowd = true;
  rival.is_elsewhere = sighting.is_elsewhere;
  rival.address = sighting.address;
  entries_.push_back({.rival = rival, .belief = {}});
  return entries_.back();
}

void RivalTable::see(const Rival& sighting, Duration interval) {
  forget(sighting.heard, interval);
  // The rival has become an owner, or is none any more: it needs two signs again.
  remove([&](const Entry& entry) {
    return sighting.source && entry.rival.source == sighting.source &&
           entry.rival.virtual_router_id == sighting.virtual_router_id &&
           entry.rival.is_owner != sighting.is_owner;
  });
  Entry* entry = find(sighting);
  if (entry == nullptr) {
    // A peer that only differs is shown by name, or not at all.
    if (!sighting.is_owner && entries_.size() >= kKept - 1) return;
    entry = &place_for(sighting);
  }
  const bool is_announcing = entry->rival.is_announcing || sighting.is_announcing;
  if (entry->rival.is_crowd) {
    entry->rival.heard = std::max(entry->rival.heard, sighting.heard);
  } else if (sighting.source || !entry->rival.source) {
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

RivalTable::Addresses RivalTable::announced() const {
  Addresses result;
  for (const Entry& entry : entries_) {
    const auto& address = entry.rival.address;
    if (!entry.rival.is_announcing || !address) continue;
    if (std::find(result.begin(), result.end(), *address) == result.end()) {
      result.push_back(*address);
    }
  }
  return result;
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
