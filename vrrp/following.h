// The tracks of an instance, those of its sync group, and the group's verdict about all members.
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vrrp/status.h"
#include "vrrp/track_sum.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

/// A sync group's verdict, the same for all members.
struct GroupVerdict {
  std::int32_t lowest = 0;   ///< of the sums of their own tracks
  bool has_failed = false;   ///< a fault of one of them, or of the group
  Duration longest_leave{};  ///< of the slowest: they leave for a fault together

  friend bool operator==(const GroupVerdict&, const GroupVerdict&) = default;
};

class Following {
 public:
  /// A track that stays keeps what is known of it.
  void follow(const std::vector<TrackConfig>& own, const std::vector<TrackConfig>& group,
              TimePoint now);
  /// Results of other tracks change nothing. False: there is nothing new.
  bool judge(std::span<const NamedTrackResult> results, TimePoint now);
  /// The group's verdict. A member that has none yet judges by its own tracks.
  void tell(const GroupVerdict& verdict);
  [[nodiscard]] const std::optional<GroupVerdict>& told() const { return told_; }

  /// The sum of its own tracks, which the group compares.
  [[nodiscard]] std::int32_t own_sum() const { return own_.sum.sum; }
  /// A track of its own or of its group is a fault.
  [[nodiscard]] bool has_own_fault() const { return own_.sum.has_fault || group_.sum.has_fault; }

  /// The sum that is added to the priority.
  [[nodiscard]] std::int32_t sum() const;
  /// A track keeps the instance from serving.
  [[nodiscard]] bool has_fault() const { return told_ ? told_->has_failed : has_own_fault(); }
  [[nodiscard]] bool has_unknown() const { return own_.sum.has_unknown || group_.sum.has_unknown; }
  /// A gateway and all checks fail: the checks are not counted.
  [[nodiscard]] bool is_cut_off() const { return is_cut_off_; }
  /// Changes with every change of what statuses() gives.
  [[nodiscard]] std::uint32_t generation() const { return generation_; }
  /// Its own, then its group's: at most kMaxTracksShown.
  [[nodiscard]] std::vector<TrackStatus> statuses() const;
  /// The part of the sum that is another member's: 0 or below.
  [[nodiscard]] std::int32_t by_members() const;

 private:
  struct List {
    std::vector<FollowedTrack> tracks;
    TrackSum sum;

    void follow(const std::vector<TrackConfig>& configs, TimePoint now);
    bool judge(const NamedTrackResult& result, TimePoint now);
    void append_to(std::vector<TrackStatus>& statuses, bool is_of_group) const;
  };

  void add_up();

  List own_;
  List group_;
  bool is_cut_off_ = false;
  std::optional<GroupVerdict> told_;
  std::uint32_t generation_ = 0;
};

}  // namespace evenkeel::vrrp
