#include "vrrp/address_task.h"

#include <algorithm>

namespace evenkeel::vrrp {
namespace {

/// A lease lasts this many times as long as the writing of all addresses.
constexpr int kTimesOfWriting = 4;
/// A process that was stopped for a while does not write for ever after.
constexpr int kSlowest = 4;
/// What the first eighth took says little: others were served in between.
constexpr std::size_t kMeasuredPart = 8;

}  // namespace

std::optional<Duration> AddressTask::lease_at(TimePoint now) const {
  if (!lease || what == What::Abandon || added_ < virtual_ones) return lease;
  const auto count = static_cast<Duration::rep>(additions.size());
  const Duration expected = kAddressTakes * count;
  Duration all_take = std::max(took_before, expected);
  if (added_ > 0 && added_ >= additions.size() / kMeasuredPart) {
    all_take = std::max(all_take, (now - began) * count / static_cast<Duration::rep>(added_));
  }
  return std::max(*lease, std::min(all_take, expected * kSlowest) * kTimesOfWriting);
}

std::span<const AddressPlace> AddressTask::next_removals() const {
  const auto left = removals_left();
  std::size_t count = 0;
  while (count < std::min(left.size(), kPiece) && left[count].first == left.front().first) ++count;
  return left.first(count);
}

std::span<const InterfaceAddress> AddressTask::next_additions() const {
  const auto left = std::span(additions).subspan(added_);
  const bool is_virtual_piece = added_ < virtual_ones && additions.size() > kPiece;
  const std::size_t end = is_virtual_piece ? virtual_ones - added_ : left.size();
  return left.first(std::min(end, kPiece));
}

bool AddressTask::take_half_time() {
  if (has_told_ || what != What::Install || added_ < virtual_ones || is_done()) return false;
  has_told_ = true;
  return std::none_of(additions.begin(),
                      additions.begin() + static_cast<std::ptrdiff_t>(virtual_ones),
                      [&](const InterfaceAddress& each) { return refused_.contains(each); });
}

void AddressTask::refuse(const InterfaceAddress& address, const std::error_code& error,
                         bool was_there) {
  has_lost_ = has_lost_ || was_there;
  refused_.insert(address);
  errors_[error.message()].push_back(address);
}

Installed AddressTask::installed() const {
  if (refused_.empty()) return Installed::All;
  if (had_some && !has_lost_) return Installed::AllButNew;
  const bool is_any_there =
      std::any_of(additions.begin(), additions.begin() + static_cast<std::ptrdiff_t>(virtual_ones),
                  [&](const InterfaceAddress& each) { return !refused_.contains(each); });
  return is_any_there ? Installed::Some : Installed::None;
}

std::vector<std::string> AddressTask::complaints(const std::set<InterfaceAddress>& known) const {
  std::vector<std::string> sentences;
  for (const auto& [word, addresses] : errors_) {
    const auto is_known = [&](const InterfaceAddress& each) { return known.contains(each); };
    const auto first = std::find_if_not(addresses.begin(), addresses.end(), is_known);
    if (first == addresses.end()) continue;
    const auto others = std::count_if(first + 1, addresses.end(),
                                      [&](const auto& each) { return !is_known(each); });
    sentences.push_back("cannot add " + to_string(*first) +
                        (others > 0 ? " and " + std::to_string(others) + " more" : "") + " to " +
                        interface + ": " + word);
  }
  return sentences;
}

}  // namespace evenkeel::vrrp
