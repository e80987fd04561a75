#include "daemon/balancer/refusals.h"

#include <cerrno>

namespace evenkeel::daemon {
namespace {

constexpr std::uint32_t kQuickRetries = 3;

bool is_about_service(const ipvs::Operation& operation) {
  return operation.kind == ipvs::OperationKind::AddService ||
         operation.kind == ipvs::OperationKind::SetService;
}

/// ENOENT for a service means an unknown scheduler. The other three mean that the shadow table is
/// out of date.
bool is_unknown_scheduler(const ipvs::Operation& operation, int errno_value) {
  return errno_value == ENOENT && is_about_service(operation);
}

bool is_outdated(const ipvs::Operation& operation, int errno_value) {
  return errno_value == EEXIST || errno_value == ESRCH ||
         (errno_value == ENOENT && !is_about_service(operation));
}

}  // namespace

Refusals::Part Refusals::part_of(const ipvs::Operation& operation) {
  return {operation.kind, operation.destination.key};
}

void Refusals::trying(const ipvs::ServiceKey& key, TimePoint now) {
  const auto found = refused_.find(key);
  if (found == refused_.end() || found->second.due > now) return;
  tried_.insert(key);
  found->second.parts.clear();
}

std::optional<std::string> Refusals::refused(const ipvs::Operation& operation,
                                             const ipvs::Refusal& refusal, TimePoint now) {
  const ipvs::ServiceKey& key = operation.service.key;
  tried_.insert(key);
  Refused& entry = refused_[key];
  entry.parts.insert(part_of(operation));
  // A refused service has its destinations refused as well: the first refusal is the cause.
  if (!refused_now_.insert(key).second) return std::nullopt;
  entry.message = refusal.message;
  if (is_outdated(operation, refusal.errno_value) && entry.quick_retries < kQuickRetries) {
    ++entry.quick_retries;
    entry.due = now;
    return std::nullopt;
  }
  // Each try of an unknown scheduler forks modprobe under a global mutex: such tries are rare.
  // Other refusals may end from outside, as EINVAL does when a namespace gets its first address.
  entry.backoff = is_unknown_scheduler(operation, refusal.errno_value)
                      ? kLongestBackoff
                      : next_backoff(entry.backoff);
  entry.due = now + entry.backoff;
  if (entry.told == refusal.message) return std::nullopt;
  entry.told = refusal.message;
  return refusal.message;
}

void Refusals::plan_done() {
  for (const ipvs::ServiceKey& key : tried_) {
    if (!refused_now_.contains(key)) refused_.erase(key);
  }
  plan_dropped();
}

void Refusals::plan_dropped() {
  tried_.clear();
  refused_now_.clear();
}

void Refusals::forget() {
  refused_.clear();
  plan_dropped();
}

void Refusals::forget_unless(const std::function<bool(const ipvs::ServiceKey&)>& is_of_concern) {
  std::erase_if(refused_, [&](const auto& each) { return !is_of_concern(each.first); });
}

void Refusals::forget_untried(TimePoint now) {
  std::erase_if(refused_, [&](const auto& each) {
    return each.second.due <= now && !tried_.contains(each.first);
  });
}

bool Refusals::is_waiting(const ipvs::Operation& operation, TimePoint now) const {
  if (operation.kind == ipvs::OperationKind::SetDestination && operation.destination.weight == 0) {
    return false;
  }
  const auto found = refused_.find(operation.service.key);
  return found != refused_.end() && found->second.due > now &&
         found->second.parts.contains(part_of(operation));
}

Refusals::TimePoint Refusals::next_due() const {
  TimePoint next = TimePoint::max();
  for (const auto& [key, entry] : refused_) next = std::min(next, entry.due);
  return next;
}

std::string Refusals::message(const ipvs::ServiceKey& key) const {
  const auto found = refused_.find(key);
  return found == refused_.end() ? std::string() : found->second.message;
}

std::vector<std::string> Refusals::messages() const {
  std::vector<std::string> result;
  result.reserve(refused_.size());
  for (const auto& [key, entry] : refused_) result.push_back(entry.message);
  return result;
}

}  // namespace evenkeel::daemon
