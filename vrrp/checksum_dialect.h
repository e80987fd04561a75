// Which checksum the next advertisement of an instance of version 3 over IPv4 carries
// (README.md).
//
// RFC 9568 sums the message alone; keepalived and FRR send and demand the pseudo-header. A router
// that hears the wrong form drops it in silence, and there are two Masters. So we send the form of
// the last accepted peer. While there are peers of both forms, each advertisement goes out in both,
// for a minute at most: every peer reads one of them, and a duplicate changes nothing. That is
// enough for a change of the peers. A link that has both for good needs one form configured
// everywhere.
#pragma once

#include <array>
#include <optional>

#include "vrrp/advertisement.h"
#include "vrrp/config.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

class ChecksumDialect {
 public:
  /// How long a form counts as used after it was heard, and the longest time that both are sent.
  static constexpr Duration kBothForms = std::chrono::minutes(1);
  /// The shortest time between two changes of the form that is sent alone: a stranger cannot make
  /// it flap.
  static constexpr Duration kDamping = std::chrono::seconds(10);

  /// The forms to send in: one, or both.
  struct Forms {
    bool message = false;
    bool pseudo_header = false;
    friend bool operator==(const Forms&, const Forms&) = default;
  };

  explicit ChecksumDialect(ChecksumPolicy policy);

  /// An advertisement of this instance was accepted (never one that was dropped); `at`: when.
  void heard(ChecksumForm form, TimePoint at);
  [[nodiscard]] Forms forms(TimePoint now) const;

 private:
  [[nodiscard]] static std::size_t index(ChecksumForm form) {
    return static_cast<std::size_t>(form);
  }
  [[nodiscard]] bool are_both_about(TimePoint now) const;

  ChecksumPolicy policy_;
  ChecksumForm alone_ = ChecksumForm::PseudoHeader;  ///< sent while not both are
  std::optional<TimePoint> changed_;                 ///< alone_
  std::optional<TimePoint> both_since_;              ///< since when both are used
  std::array<std::optional<TimePoint>, 2> last_;     ///< by form
};

}  // namespace evenkeel::vrrp
