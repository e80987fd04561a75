#include "checks/outbox.h"

#include <algorithm>
#include <iterator>

namespace evenkeel::checks {

void Outbox::configure(const std::vector<ListedCheck>& list) {
  std::erase_if(waiting_, [&list](const CheckOutcome& outcome) {
    return !std::ranges::binary_search(list, outcome.id, {}, &ListedCheck::id);
  });
  has_told_first_round_ = false;
}

bool Outbox::has_news(bool is_first_round_done) const {
  return !waiting_.empty() || (is_first_round_done && !has_told_first_round_);
}

std::optional<TimePoint> Outbox::deadline(bool is_first_round_done) const {
  if (is_full_ || !has_news(is_first_round_done)) return std::nullopt;
  if (!last_flush_ || waiting_.size() >= Report::kMaxOutcomes) return TimePoint::min();
  return *last_flush_ + kGather;
}

void Outbox::flush(bool is_first_round_done, TimePoint now) {
  last_flush_ = now;
  while (!is_full_ && has_news(is_first_round_done)) {
    const std::size_t count = std::min(waiting_.size(), Report::kMaxOutcomes);
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    Report report;
    report.is_first_round_done = is_first_round_done && end == waiting_.end();
    report.outcomes.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    if (!sink_(report)) {
      std::move(report.outcomes.begin(), report.outcomes.end(), waiting_.begin());
      is_full_ = true;
      return;
    }
    has_told_first_round_ = has_told_first_round_ || report.is_first_round_done;
    waiting_.erase(waiting_.begin(), end);
  }
}

}  // namespace evenkeel::checks
