#include "vrrp/engine.h"

#include <algorithm>
#include <cerrno>
#include <time.h>

#include "vrrp/engine_loop.h"
#include "vrrp/sync_group.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// A flood is taken in bites, with a rest after each: the time fuse (RLIMIT_RTTIME) counts what
/// runs without one.
constexpr std::size_t kPacketsABite = 256;
constexpr int kBitesATurn = 4;
constexpr timespec kRest{.tv_sec = 0, .tv_nsec = 100'000};
/// Frames of announcements a turn, and the time to the next such turn: no burst of a thousand.
constexpr std::size_t kFramesATurn = 32;
constexpr Duration kFramePause = 1ms;
/// Frames that may claim an address a turn.
constexpr int kClaimsATurn = 64;
/// The loop turns at least this often: its sign of life.
constexpr Duration kLongestSleep = 250ms;
constexpr Duration kStatisticsInterval = 1s;

timespec to_timespec(Duration duration) {
  const auto nanoseconds = std::max<Duration::rep>(duration.count(), 0);
  return {.tv_sec = nanoseconds / 1'000'000'000, .tv_nsec = nanoseconds % 1'000'000'000};
}

}  // namespace

void Engine::Loop::run() {
  statistics_at_ = Clock::now() + kStatisticsInterval;
  while (!is_stopping_.load()) {
    sleep();
    // What is in the sockets comes first: it is older than what we have been asked meanwhile.
    drain();
    const TimePoint now = Clock::now();
    last_turn_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    requests_.take(taken_);
    for (Request& request : taken_) {
      std::visit([&](auto& what) { on(what, now); }, request);
    }
    hear_claims(now);
    watch_rivals(now);
    expire(Clock::now());
    announce(now);
    tell_statistics(now);
    notices_.post(std::move(told_));
    told_.clear();
  }
}

TimePoint Engine::Loop::next_wake(TimePoint now) const {
  TimePoint first = std::min(now + kLongestSleep, rival_watch_.next_look());
  for (const auto& router : routers_) {
    if (const auto deadline = router->instance().deadline()) first = std::min(first, *deadline);
    if (router->is_announcing()) first = std::min(first, announce_at_);
  }
  return first;
}

void Engine::Loop::sleep() {
  polled_.clear();
  polled_.push_back({.fd = requests_.fd(), .events = POLLIN, .revents = 0});
  for (const Ear& ear : ears_) {
    polled_.push_back({.fd = ear.sockets->receive.fd(), .events = POLLIN, .revents = 0});
  }
  // A Master looks for claims when it turns anyway: it need not be woken by each ARP request.
  if (awaits_claims_) claims_.add_to(polled_);
  const TimePoint now = Clock::now();
  const timespec timeout = to_timespec(next_wake(now) - now);
  (void)::ppoll(polled_.data(), polled_.size(), &timeout, nullptr);
}

// Packets.

void Engine::Loop::drain() {
  for (int bite = 0; bite < kBitesATurn; ++bite) {
    bool is_empty = true;
    for (Ear& ear : ears_) is_empty = drain(ear) && is_empty;
    if (is_empty) return;
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &kRest, nullptr);
  }
}

bool Engine::Loop::drain(Ear& ear) {
  const TimePoint since = ear.drained;
  for (std::size_t count = 0; count < kPacketsABite; ++count) {
    const auto packet = ear.sockets->receive.receive(buffer_);
    if (!packet) return true;  // a deleted interface is silent; what else fails, fails again
    const TimePoint now = Clock::now();
    if (!*packet) {
      ear.drained = now;
      return true;
    }
    // The wall clock may have been set meanwhile: it came after the last look, and not after now.
    TimePoint at = now;
    if ((*packet)->received) {
      const auto age = std::chrono::system_clock::now() - *(*packet)->received;
      at = std::clamp(now - std::chrono::duration_cast<Duration>(age), std::min(since, now), now);
    }
    hear(ear, **packet, at);
  }
  return false;
}

void Engine::Loop::hear(Ear& ear, const ReceiveSocket::Packet& packet, TimePoint at) {
  const auto id = virtual_router_id_in(packet.datagram);
  Router* router = id ? ear.routers[*id] : nullptr;
  if (router == nullptr) {
    // Not for anybody, or nobody can tell for whom: the first of those that share the socket
    // counts.
    const auto first = std::find_if(ear.routers.begin(), ear.routers.end(),
                                    [](const Router* each) { return each != nullptr; });
    if (first == ear.routers.end()) return;
    return (*first)->count_drop(id ? DecodeError::VirtualRouterId : DecodeError::Length,
                                packet.datagram.source);
  }
  if (packet.is_truncated) return router->count_drop(DecodeError::Length, packet.datagram.source);
  const auto heard = router->judge(packet.datagram, at);
  if (heard) dispatch(*router, *heard, Clock::now());
}

void Engine::Loop::hear_claims(TimePoint now) {
  rival_watch_.update(routers_);
  int budget = kClaimsATurn;
  while (const auto heard = claims_.receive(budget)) {
    if (rival_watch_.is_own(heard->claim.mac)) continue;
    rival_watch_.each_with(*heard, [&](Router& router) {
      router.see_claim(heard->claim, now);
      if (router.is_listening()) dispatch(router, AddressClaimed{}, now);
      if (router.has_news(now)) tell(router, now);
    });
  }
  if (budget == 0) ::clock_nanosleep(CLOCK_MONOTONIC, 0, &kRest, nullptr);
  awaits_claims_ = false;
  bool has_master = false;
  for (const auto& router : routers_) {
    if (!router->instance().awaits_claims()) router->stop_listening();
    awaits_claims_ = awaits_claims_ || router->is_listening();
    has_master = has_master || router->instance().state() == State::Master;
  }
  claims_.listen(awaits_claims_ || has_master);
}

/// No packet wakes us for it: what may be odd can wait until we turn anyway.
void Engine::Loop::watch_rivals(TimePoint now) {
  for (Router* router : rival_watch_.look(buffer_, now)) {
    if (router->has_news(now)) tell(*router, now);
  }
}

// Timers.

void Engine::Loop::expire(TimePoint now) {
  for (const auto& router : routers_) {
    const auto deadline = router->instance().deadline();
    if (deadline && *deadline <= now) dispatch(*router, TimerExpired{}, now);
  }
}

void Engine::Loop::announce(TimePoint now) {
  if (now < announce_at_) return;
  std::size_t budget = kFramesATurn;
  for (const auto& router : routers_) {
    if (budget == 0) break;
    if (router->is_announcing()) budget -= router->send_announcements(frames_, budget);
  }
  if (budget < kFramesATurn) announce_at_ = now + kFramePause;
}

void Engine::Loop::tell_statistics(TimePoint now) {
  if (now < statistics_at_) return;
  statistics_at_ = now + kStatisticsInterval;
  if (!routers_.empty()) {
    routers_.front()->instance().counters().others_missed +=
        rival_watch_.take_missed() + claims_.take_missed();
  }
  for (const auto& router : routers_) {
    router->look_after_rivals(frames_, now);
    if (router->has_counted() || router->has_news(now)) tell(*router, now);
  }
}

// What the instances want.

void Engine::Loop::dispatch(Router& router, const Event& event, TimePoint now) {
  handle(router, event, now);
  const Group* group = group_of(router);
  if (group == nullptr) return;
  while (const auto step = group_step(group->members)) {
    handle(*group->routers[step->member], step->event, now);
  }
}

const Engine::Loop::Group* Engine::Loop::group_of(const Router& router) const {
  for (const Group& group : groups_) {
    const auto& routers = group.routers;
    if (std::find(routers.begin(), routers.end(), &router) != routers.end()) return &group;
  }
  return nullptr;
}

void Engine::Loop::handle(Router& router, const Event& event, TimePoint now) {
  const Actions actions = router.instance().handle(event, now);
  router.note_master(now);
  if (std::holds_alternative<Reconfigured>(event)) {
    router.reconfigure();
    rival_watch_.forget_routers();
  }
  std::optional<SendRefused> refused;
  for (const Action& action : actions) {
    if (const auto refusal = perform(router, action, now)) refused = refusal;
  }
  if (page_ != nullptr) router.write_page(*page_);
  if (refused) handle(router, *refused, now);
}

std::optional<SendRefused> Engine::Loop::perform(Router& router, const Action& action,
                                                 TimePoint now) {
  if (const auto* send = std::get_if<SendAdvertisement>(&action)) {
    if (send->priority == 0) router.stop_announcing();
    const std::error_code error = router.advertise(send->priority, now);
    if (!error) return std::nullopt;
    return SendRefused{.by_firewall = error == std::errc::operation_not_permitted ||
                                      error == std::errc::permission_denied,
                       .is_too_long = error == std::errc::message_size};
  } else if (std::holds_alternative<InstallAddresses>(action)) {
    want(router, WantAddresses::What::Install);
  } else if (std::holds_alternative<RemoveAddresses>(action)) {
    router.stop_announcing();
    want(router, WantAddresses::What::Remove);
  } else if (std::holds_alternative<AbandonAddresses>(action)) {
    router.stop_announcing();
    want(router, WantAddresses::What::Abandon);
  } else if (std::holds_alternative<AnnounceAddresses>(action)) {
    router.start_announcing();
  } else if (std::holds_alternative<ProbeAddresses>(action)) {
    claims_.listen(true);
    router.listen();
    router.probe(frames_);
  } else if (router.has_news(now)) {
    tell(router, now);
  }  // else it is told with the statistics
  return std::nullopt;
}

void Engine::Loop::want(Router& router, WantAddresses::What what) {
  told_.emplace_back(WantAddresses{.id = router.id(), .what = what});
}

void Engine::Loop::tell(Router& router, TimePoint now) {
  told_.emplace_back(StatusChanged{.id = router.id(), .status = router.tell(now)});
}

Engine::Engine(FrameSocket frames, ClaimSocket claims, AdvertisementTap tap, SharedPage* page)
    : loop_(std::make_unique<Loop>(std::move(frames), std::move(claims), std::move(tap), page)) {}
Engine::~Engine() = default;

void Engine::run() {
  loop_->run();
}

void Engine::post(std::vector<Request> requests) {
  loop_->requests().post(std::move(requests));
}

void Engine::stop() {
  loop_->stop();
}

int Engine::notices_fd() const {
  return loop_->notices().fd();
}

std::vector<Notice> Engine::take() {
  std::vector<Notice> notices;
  loop_->notices().take(notices);
  return notices;
}

TimePoint Engine::last_turn() const {
  return loop_->last_turn();
}

}  // namespace evenkeel::vrrp
