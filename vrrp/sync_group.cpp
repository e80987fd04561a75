#include "vrrp/sync_group.h"

#include <algorithm>
#include <functional>

namespace evenkeel::vrrp {
namespace {

bool is_serving(const Instance& member) {
  return member.state() == State::Master && !member.is_leaving();
}

GroupVerdict verdict_of(std::span<const Instance* const> members) {
  std::optional<std::int32_t> lowest;
  GroupVerdict verdict;
  for (const Instance* member : members) {
    const Following& following = member->following();
    lowest = std::min(lowest.value_or(following.own_sum()), following.own_sum());
    verdict.has_failed = verdict.has_failed || (following.has_own_fault() && !member->is_stopped());
    verdict.longest_leave =
        std::max(verdict.longest_leave,
                 longest_leave(member->config().version, member->config().advertisement_interval));
  }
  verdict.lowest = lowest.value_or(0);
  return verdict;
}

/// The place of the first member that is so.
template <typename Predicate>
std::optional<std::size_t> first_that(std::span<const Instance* const> members,
                                      const Predicate& predicate) {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Instance* m) { return std::invoke(predicate, *m); });
  if (found == members.end()) return std::nullopt;
  return static_cast<std::size_t>(found - members.begin());
}

}  // namespace

std::optional<GroupStep> group_step(std::span<const Instance* const> members) {
  const auto any = [&](auto&& predicate) { return first_that(members, predicate).has_value(); };
  const auto first = [&](auto&& predicate, Event event) -> std::optional<GroupStep> {
    const auto found = first_that(members, predicate);
    if (!found) return std::nullopt;
    return GroupStep{*found, std::move(event)};
  };

  const GroupVerdict verdict = verdict_of(members);
  // A member that has resumed, or was added, after the verdict leaves too.
  if (auto step = first(
          [&](const Instance& m) {
            return m.following().told() != verdict || (verdict.has_failed && is_serving(m));
          },
          GroupJudged{verdict})) {
    return step;
  }
  if (any(&Instance::has_failed)) {
    return first([](const Instance& m) { return m.state() != State::Initialize; }, GroupFails{});
  }
  if (auto step = first(
          [&](const Instance& m) {
            return m.state() == State::Initialize && m.reason() == Reason::GroupMemberDown &&
                   !verdict.has_failed;
          },
          GroupRecovers{})) {
    return step;
  }
  if (!any([](const Instance& m) { return !m.wants_master() && !is_serving(m); })) {
    if (auto step = first(&Instance::wants_master, GroupTakesOver{})) return step;
  }
  // A newcomer listens first: to step the others down for it would leave nobody serving.
  if (any([](const Instance& m) { return m.state() == State::Backup && !m.is_newcomer(); })) {
    if (auto step = first(is_serving, GroupStepsDown{})) return step;
  }
  if (!any(&Instance::is_installing)) {
    if (auto step = first(&Instance::awaits_members, MembersInstalled{})) return step;
  }
  std::optional<TimePoint> reasserted;
  for (const Instance* member : members) reasserted = std::max(reasserted, member->reasserted());
  if (auto step =
          first([&](const Instance& m) { return is_serving(m) && m.reasserted() < reasserted; },
                MemberReasserted{reasserted.value_or(TimePoint{})})) {
    return step;
  }
  if (!any([](const Instance& m) { return m.is_leaving() && !m.has_successor(); })) {
    return first(&Instance::is_leaving, SuccessorsHeard{});
  }
  return std::nullopt;
}

Duration group_leave_limit(std::span<const Instance* const> members) {
  Duration longest{};
  for (const Instance* member : members) {
    longest = std::max(
        longest, leave_limit(member->config().version, member->config().advertisement_interval));
  }
  return longest;
}

}  // namespace evenkeel::vrrp
