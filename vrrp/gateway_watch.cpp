#include "vrrp/gateway_watch.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace evenkeel::vrrp {
namespace {

using Clock = std::chrono::steady_clock;

bool is_asked_alike(const GatewayTarget& one, const GatewayTarget& other) {
  return one.interface_index == other.interface_index && one.mac == other.mac &&
         one.source == other.source;
}

}  // namespace

void GatewayWatch::set(SetGateways request, TimePoint now) {
  sockets_ = std::move(request.sockets);
  std::vector<Watched> before = std::exchange(watched_, {});
  for (GatewayTarget& target : request.targets) {
    const auto known = std::find_if(before.begin(), before.end(), [&](const Watched& each) {
      return each.gateway.config().name == target.config.name;
    });
    if (known == before.end()) {
      watched_.push_back({.target = target, .gateway = Gateway(target.config, now)});
    } else {
      watched_.push_back(std::move(*known));
      before.erase(known);
    }
    Watched& watched = watched_.back();
    if (watched.gateway.config() != target.config) watched.gateway.reconfigure(target.config, now);
    if (!is_asked_alike(watched.target, target)) watched.gateway.forget_question(now);
    watched.gateway.set_link_problem(target.link_problem, now);
    watched.gateway.set_refusal(target.refusal);
    watched.target = std::move(target);
  }
  next_look_ = watched_.empty() ? TimePoint::max() : now;
}

std::vector<NamedTrackResult> GatewayWatch::look(FrameSocket& frames, TimePoint now) {
  std::vector<NamedTrackResult> changed;
  if (now < next_look_) return changed;
  hear();
  int questions = kQuestionsALook;
  next_look_ = TimePoint::max();
  for (Watched& each : watched_) {
    Gateway& gateway = each.gateway;
    if (gateway.deadline() && *gateway.deadline() <= now && questions > 0 && gateway.expire(now)) {
      --questions;
      ask(each, frames);
    }
    TrackResult result = gateway.result();
    if (result != each.told) {
      each.told = result;
      changed.push_back({TrackKind::Gateway, gateway.config().name, std::move(result)});
    }
    if (!gateway.deadline()) continue;
    // An answer that is there is told soon: most come at once, and a silent gateway costs few
    // looks.
    const TimePoint soon =
        gateway.asked() ? now + std::max(kPause, now - *gateway.asked()) : TimePoint::max();
    next_look_ = std::min({next_look_, std::max(*gateway.deadline(), now), soon});
  }
  return changed;
}

void GatewayWatch::ask(Watched& watched, FrameSocket& frames) {
  const GatewayTarget& target = watched.target;
  if (!target.refusal.empty()) {
    watched.gateway.set_refusal(target.refusal);
    return;
  }
  const auto error = frames.send(
      target.interface_index, gateway_question(target.config.address, target.source, target.mac));
  watched.gateway.set_refusal(error ? "cannot ask: " + error.message() : "");
}

void GatewayWatch::hear() {
  NeighbourSocket::Buffer buffer;
  const auto wall_clock = std::chrono::system_clock::now();
  const TimePoint now = Clock::now();  // not before `wall_clock`: no answer seems to be too old
  for (const auto& socket : sockets_) {
    if (!socket) continue;
    for (int count = 0; count < kFramesALook; ++count) {
      const auto frame = socket->receive(buffer);
      if (!frame) break;
      const auto answer = gateway_answer_in(frame->octets);
      if (!answer) continue;
      // A wall clock that was set back makes nobody late.
      const bool was_set = frame->received && *frame->received > wall_clock;
      hear(*frame, *answer,
           was_set ? heard_ : on_our_clock(frame->received, now, wall_clock, now - heard_));
    }
  }
  heard_ = now;
}

void GatewayWatch::hear(const ReceivedFrame& frame, const GatewayAnswer& answer, TimePoint at) {
  for (Watched& each : watched_) {
    const GatewayTarget& target = each.target;
    const bool is_for_it = target.config.address == answer.gateway &&
                           target.interface_index == frame.from.sll_ifindex &&
                           target.source == answer.asker && target.mac == answer.asker_mac;
    if (is_for_it) each.gateway.answered(at);
  }
}

}  // namespace evenkeel::vrrp
