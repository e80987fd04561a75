#include "vrrp/gateway.h"

#include <algorithm>
#include <utility>

namespace evenkeel::vrrp {
namespace {

std::string progress(std::uint16_t count, std::uint16_t of) {
  return " (" + std::to_string(count) + " of " + std::to_string(of) + ")";
}

}  // namespace

void Gateway::reconfigure(const GatewayConfig& config, TimePoint now) {
  config_ = config;
  ask_at_ = std::min(ask_at_, now + config_.interval);
}

std::optional<TimePoint> Gateway::deadline() const {
  if (!link_problem_.empty()) return std::nullopt;
  return asked_ ? std::min(*asked_ + config_.timeout, ask_at_) : ask_at_;
}

bool Gateway::expire(TimePoint now) {
  if (!link_problem_.empty()) return false;
  if (asked_ && now - *asked_ >= config_.timeout) {
    asked_.reset();
    // A question that was not sent says nothing of the gateway.
    if (refusal_.empty()) count(false);
  }
  if (now < ask_at_) return false;
  asked_ = now;
  // No burst after a delay of ours, and each question has its time.
  ask_at_ = std::max(ask_at_ + config_.interval, now + config_.timeout);
  return true;
}

void Gateway::answered(TimePoint at) {
  if (!asked_ || at - *asked_ > config_.timeout) return;
  asked_.reset();
  count(true);
}

void Gateway::count(bool has_answered) {
  const Health seen = has_answered ? Health::Holds : Health::Fails;
  if (health_ == seen) {
    against_ = 0;
    return;
  }
  ++against_;
  // The first answer of all is believed.
  const std::uint16_t limit = !has_answered                ? config_.fall
                              : health_ == Health::Unknown ? std::uint16_t{1}
                                                           : config_.rise;
  if (against_ < limit) return;
  health_ = seen;
  against_ = 0;
}

void Gateway::set_link_problem(const std::string& problem, TimePoint now) {
  if (problem == link_problem_) return;
  if (link_problem_.empty() || problem.empty()) forget_question(now);
  link_problem_ = problem;
  if (problem.empty()) return;
  health_ = Health::Fails;
  against_ = 0;
}

void Gateway::set_refusal(const std::string& refusal) {
  refusal_ = refusal;
  if (!refusal_.empty()) asked_.reset();
}

void Gateway::forget_question(TimePoint now) {
  asked_.reset();
  ask_at_ = now;
}

TrackResult Gateway::result() const {
  if (!link_problem_.empty()) return {.state = TrackState::Fails, .reason = link_problem_};
  if (!refusal_.empty()) return {.state = TrackState::CannotRun, .reason = refusal_};
  switch (health_) {
    case Health::Unknown:
      return {.reason = against_ > 0 ? "no answer" + progress(against_, config_.fall) : ""};
    case Health::Holds:
      return {.state = TrackState::Holds,
              .reason = against_ > 0 ? "no answer" + progress(against_, config_.fall) : ""};
    case Health::Fails:
      return {.state = TrackState::Fails,
              .reason =
                  against_ > 0 ? "answers again" + progress(against_, config_.rise) : "no answer"};
  }
  return {};
}

}  // namespace evenkeel::vrrp
