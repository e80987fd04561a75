#include "vrrp/checksum_dialect.h"

#include <algorithm>

namespace evenkeel::vrrp {

ChecksumDialect::ChecksumDialect(ChecksumPolicy policy) : policy_(policy) {}

bool ChecksumDialect::are_both_about(TimePoint now) const {
  return std::ranges::all_of(last_, [now](const std::optional<TimePoint>& last) {
    return last && now - *last < kBothForms;
  });
}

void ChecksumDialect::heard(ChecksumForm form, TimePoint at) {
  const bool were_both_about = are_both_about(at);
  last_[index(form)] = at;
  const bool are_both = are_both_about(at);
  if (are_both && !were_both_about) both_since_ = at;

  // The minute is over and peers of both forms are still there: either form leaves some that do not
  // hear us. The form stays, rather than make each of them Master in turn.
  const bool is_settled = are_both && at - *both_since_ >= kBothForms;
  const bool is_damped = changed_ && at - *changed_ < kDamping;
  if (form != alone_ && !is_settled && !is_damped) {
    alone_ = form;
    changed_ = at;
  }
}

ChecksumDialect::Forms ChecksumDialect::forms(TimePoint now) const {
  constexpr Forms kMessage{.message = true};
  constexpr Forms kPseudoHeader{.pseudo_header = true};
  switch (policy_) {
    case ChecksumPolicy::Message:
      return kMessage;
    case ChecksumPolicy::PseudoHeader:
      return kPseudoHeader;
    case ChecksumPolicy::Auto:
      break;
  }
  if (are_both_about(now) && now - *both_since_ < kBothForms) {
    return {.message = true, .pseudo_header = true};
  }
  return alone_ == ChecksumForm::Message ? kMessage : kPseudoHeader;
}

}  // namespace evenkeel::vrrp
