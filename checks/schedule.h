// When each check runs next, and by when it must be done.
//
// Pure: the time comes in as an argument. A check is always in one of four states, and has at most
// one timer, so that a probe never overlaps its successor and one heap holds everything:
//
//     Idle --pop(): Start--> Ready --start()--> Running --pop(): Expire--> Expired
//      ^  timer: due                             | timer: deadline             |
//      +---------------------------------finish()+-----------------------------+
//
// * The first probes of new checks are spread evenly over min(interval, 1 s), in their order. A
//   first probe that has to wait for room is not late: it starts when there is room, and its phase
//   begins then. So a slow host spreads them over the time that they take.
// * Later probes keep their phase: a due time is derived from the due time before, never from the
//   time at which a probe happened to run.
// * A probe that would start a whole interval late or more (the host slept) is left out and waits
//   for its next turn in the same phase: no herd after a pause.
// * A check has two verdicts. A server that main has adopted falls by `fall` failures; one that is
//   new is down with the first failure and rises by `rise` passes. The faster pace of the two holds
//   until both give the same.
// * All functions are O(log n) but configure(), which is O(n).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checks/check_list.h"
#include "checks/timer_heap.h"

namespace evenkeel::checks {

/// Two calls of pop() are this far apart for any caller: a start within it is not late.
constexpr Duration kTurn = std::chrono::milliseconds(10);

/// The time from one probe's due time to the next: fast_interval while rise or fall is being
/// counted, down_interval while down, else interval. It is 1 s at most (the timeout, where that is
/// longer) while failures of a server are counted of which nothing else is known, and after a
/// timeout that was taken for our own lateness. The schedule does the same for a check of its first
/// list until it has passed: nobody has looked at its server since the process before has died.
[[nodiscard]] Duration pace(const Check& check, const Verdict& verdict, bool is_excused = false);

/// A start that is later than this after its due time counts as late.
[[nodiscard]] Duration lateness_allowed(const Check& check);  // a tenth of the interval, 2 turns

struct Due {
  enum class What : std::uint8_t {
    Start,   ///< the check is Ready: start() it when there is room
    Expire,  ///< its running probe is out of time: end it, and finish() it
  };
  What what = What::Start;
  Slot slot = 0;

  friend bool operator==(const Due&, const Due&) = default;
};

class Schedule {
 public:
  Schedule();

  /// Replaces the list (not null). A check whose id was in the list before keeps everything: state,
  /// phase, verdict, whether it has had an outcome. Another begins with the verdict that the list
  /// has. The answer says, for each slot before, which it is now; nothing: that check is gone, and
  /// so is its state.
  [[nodiscard]] std::vector<std::optional<Slot>> configure(CheckList checks, TimePoint now);

  [[nodiscard]] const CheckList& checks() const { return checks_; }

  /// When pop() will have something; nothing = not before a start() or finish().
  [[nodiscard]] std::optional<TimePoint> next() const;
  /// The next thing that is due at `now`, earliest first; to be called until it has nothing.
  [[nodiscard]] std::optional<Due> pop(TimePoint now);

  /// A Ready check's probe starts now; returns its deadline.
  TimePoint start(Slot slot, TimePoint now);
  /// The answer of the Expired probe is in its socket, unread: the probe's deadline becomes
  /// `until`. True once for each probe.
  [[nodiscard]] bool extend(Slot slot, TimePoint until);
  /// The probe of a Running or Expired check has ended so. `is_our_lateness`: it is a timeout, and
  /// this process was too late itself to say so (lateness.h). Returns what counts: LocalError in
  /// its place, at most `fall` times in a row for one check, then the timeout.
  Reason finish(Slot slot, Reason reason, bool is_our_lateness = false);

  [[nodiscard]] bool has_outcome(Slot slot) const { return entries_[slot].has_outcome; }
  /// Every check has had an outcome since it was first configured.
  [[nodiscard]] bool is_first_round_done() const { return without_outcome_ == 0; }
  /// Since the beginning: probes that started late (lateness_allowed), and probes that were left
  /// out because they would have been a whole interval late.
  [[nodiscard]] std::uint64_t late() const { return late_; }
  /// Checks that are late for kBehind intervals: so many of their probes in a row started late or
  /// were left out, or one has been waiting that long. O(n).
  static constexpr std::uint8_t kBehind = 3;
  [[nodiscard]] std::size_t behind(TimePoint now) const;

 private:
  enum class State : std::uint8_t { Idle, Ready, Running, Expired };
  struct Entry {
    TimePoint due;     // of the present or next probe
    Verdict not_down;  // of a server that is not down, and is trusted
    Verdict down;      // of one that is down, or new
    State state = State::Idle;
    bool has_outcome = false;
    bool is_unproven = false;          // in the first list, and has not passed since
    bool is_extended = false;          // the present probe
    std::uint8_t late_in_row = 0;      // probes, kBehind at most
    std::uint16_t excused_in_row = 0;  // timeouts that were taken for ours
  };

  [[nodiscard]] static Entry new_entry(const ListedCheck& listed, TimePoint now);
  void spread(const std::vector<Slot>& added, TimePoint now);
  [[nodiscard]] Duration pace_of(Slot slot, bool is_excused = false) const;
  void count_late(Entry& entry, Duration::rep probes);

  CheckList checks_;
  std::vector<Entry> entries_;  // by slot
  TimerHeap timers_;
  std::size_t without_outcome_ = 0;
  std::uint64_t late_ = 0;
};

}  // namespace evenkeel::checks
