// Which checksum the next advertisement of an instance of version 3 over IPv4 carries
// (README.md).
//
// RFC 9568 sums the message alone, keepalived and FRR send and demand the pseudo-header, and who
// hears the wrong one drops it in silence: two Masters. So we send what the last accepted peer
// sent. While peers of both kinds are about, each advertisement goes out in both forms, for a
// minute at most: whoever cannot read one reads the other, and duplicates change nothing. That
// bridges a change of the peers; a link that needs both for good needs one form configured
// everywhere.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "vrrp/advertisement.h"
#include "vrrp/config.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

class ChecksumDialect {
 public:
  /// A form counts as about for so long after it was heard, and both are sent for so long at most.
  static constexpr Duration kBothForms = std::chrono::minutes(1);
  /// The form that is sent alone changes no more often: a stranger cannot make it flap.
  static constexpr Duration kDamping = std::chrono::seconds(10);

  /// In what forms to send: one, or both.
  struct Forms {
    bool message = false;
    bool pseudo_header = false;
    friend bool operator==(const Forms&, const Forms&) = default;
  };
  /// Of accepted advertisements in one form, for the status.
  struct HeardForm {
    std::uint64_t count = 0;
    std::optional<Address> last_peer;
    friend bool operator==(const HeardForm&, const HeardForm&) = default;
  };

  explicit ChecksumDialect(ChecksumPolicy policy);

  /// An advertisement of this instance was accepted (never one that was dropped); `at`: when.
  void heard(ChecksumForm form, const Address& peer, TimePoint at);
  [[nodiscard]] Forms forms(TimePoint now) const;
  /// Counts whatever the policy.
  [[nodiscard]] const HeardForm& heard_in(ChecksumForm form) const { return peers_[index(form)]; }

 private:
  [[nodiscard]] static std::size_t index(ChecksumForm form) {
    return static_cast<std::size_t>(form);
  }
  [[nodiscard]] bool are_both_about(TimePoint now) const;

  ChecksumPolicy policy_;
  ChecksumForm alone_ = ChecksumForm::PseudoHeader;  ///< what is sent where not both are
  std::optional<TimePoint> changed_;                 ///< alone_
  std::optional<TimePoint> both_since_;              ///< both are about
  std::array<std::optional<TimePoint>, 2> last_;     ///< by form
  std::array<HeardForm, 2> peers_;                   ///< by form
};

}  // namespace evenkeel::vrrp
