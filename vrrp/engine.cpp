#include "vrrp/engine.h"

#include <algorithm>
#include <cerrno>
#include <time.h>

#include "vrrp/engine_loop.h"
#include "vrrp/receive_time.h"
#include "vrrp/sync_group.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// A flood is taken in bites, with a rest after each, from however many sockets it comes: the time
/// fuse (RLIMIT_RTTIME) counts what runs without one, and others of this core want their turn.
constexpr std::size_t kPacketsABite = 256;
constexpr int kBitesATurn = 4;
constexpr timespec kRest{.tv_sec = 0, .tv_nsec = 200'000};
/// Of each router that is due, before its timer expires.
constexpr std::size_t kPacketsBeforeExpiry = 16;
/// Requests are served for so long a turn: others do not wait for a thousand of them.
constexpr Duration kRequestsTake = 2ms;
/// Between two turns of announcements and probes (frame_turns.h).
constexpr Duration kFramePause = 1ms;
/// Frames that may claim an address a turn, and the time to the next such turn.
constexpr int kClaimsATurn = 64;
constexpr Duration kClaimPause = 1ms;
/// A claim that seems to have waited longer, and longer than since the last look, shows that the
/// wall clock was set.
constexpr Duration kOldestClaim = 2s;
/// The loop turns at least this often: its sign of life.
constexpr Duration kLongestSleep = 250ms;
/// Where nobody tells what is readable.
constexpr Duration kBlindSleep = 10ms;
constexpr Duration kStatisticsInterval = 1s;

void rest() {
  ::clock_nanosleep(CLOCK_MONOTONIC, 0, &kRest, nullptr);
}

std::size_t share(std::size_t all, std::size_t among) {
  return all / std::max<std::size_t>(among, 1);
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
    serve_requests(now);
    hear_claims(now);
    watch_rivals(now);
    expire(Clock::now());
    announce(now);
    tell_statistics(now);
    notices_.post(std::move(told_));
    told_.clear();
  }
}

void Engine::Loop::serve_requests(TimePoint now) {
  if (served_ == taken_.size()) {
    requests_.take(taken_);
    served_ = 0;
  }
  const TimePoint end = now + kRequestsTake;
  for (; served_ < taken_.size() && now < end; now = Clock::now()) {
    std::visit([&](auto& what) { on(what, now); }, taken_[served_++]);
  }
  rebuild_ears();
  rebuild_groups();
  if (served_ < taken_.size()) rest();
}

TimePoint Engine::Loop::next_wake(TimePoint now) const {
  if (served_ < taken_.size()) return now;
  TimePoint first = now + (polled_.error() ? kBlindSleep : kLongestSleep);
  first = std::min({first, rival_watch_.next_look(), claims_at_});
  if (is_announcing_) first = std::min(first, announce_at_);
  for (const TimePoint deadline : deadlines_) first = std::min(first, deadline);
  return first;
}

void Engine::Loop::sleep() {
  poll_claims();
  const TimePoint now = Clock::now();
  const auto tags = polled_.wait(next_wake(now) - now);
  woke_before_ = std::exchange(woke_, Clock::now());
  readable_.clear();
  for (void* tag : tags) {
    if (tag != &requests_ && tag != &claims_) readable_.push_back(static_cast<Ear*>(tag));
  }
  if (!polled_.error()) return;
  readable_.clear();
  for (const auto& [sockets, ear] : ears_) readable_.push_back(ear.get());
  if (!std::exchange(is_blind_, true)) told_.emplace_back(CannotWait{polled_.error()});
}

/// A Master looks for claims when it turns anyway: it need not be woken by each ARP request.
void Engine::Loop::poll_claims() {
  if (polls_claims_ == awaits_claims_) return;
  polls_claims_ = awaits_claims_;
  std::vector<pollfd> sockets;
  claims_.add_to(sockets);
  for (const pollfd& each : sockets) {
    if (polls_claims_) {
      polled_.add(each.fd, &claims_);
    } else {
      polled_.remove(each.fd);
    }
  }
}

// Packets.

void Engine::Loop::drain() {
  const std::size_t most = std::max<std::size_t>(share(kPacketsABite, readable_.size()), 1);
  for (int bite = 0; bite < kBitesATurn; ++bite) {
    bool is_empty = true;
    for (Ear* ear : readable_) is_empty = drain(*ear, most) && is_empty;
    if (is_empty) return;
  }
}

bool Engine::Loop::drain(Ear& ear, std::size_t most) {
  // Empty then, it was not readable either when we last woke before this time.
  const TimePoint since = ear.is_empty ? std::max(ear.drained, woke_before_) : ear.drained;
  for (std::size_t count = 0; count < most; ++count) {
    const auto packet = ear.sockets->receive.receive(buffer_);
    ear.is_empty = !packet || !*packet;
    if (!packet) return true;  // a deleted interface is silent; what else fails, fails again
    const TimePoint now = Clock::now();
    if (!*packet) {
      ear.drained = now;
      return true;
    }
    // It came after the last look.
    const Duration longest = std::max(now - since, Duration::zero());
    hear(ear, **packet,
         on_our_clock((*packet)->received, now, std::chrono::system_clock::now(), longest));
    if (++unrested_ % kPacketsABite == 0) rest();
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
  const TimePoint moment = Clock::now();  // `now` is before the requests were served
  const auto wall_clock = std::chrono::system_clock::now();
  while (const auto heard = claims_.receive(budget)) {
    if (rival_watch_.is_own(heard->claim.mac)) continue;
    const TimePoint at =
        on_our_clock_soon(heard->received, moment, wall_clock, kOldestClaim, claims_drained_);
    rival_watch_.each_with(*heard, [&](Router& router) {
      router.see_claim(heard->claim, at);
      if (router.is_listening(at)) dispatch(router, AddressClaimed{}, now);
      if (router.has_news(now)) tell(router, now);
    });
  }
  claims_at_ = budget == 0 ? now + kClaimPause : TimePoint::max();
  if (budget > 0) claims_drained_ = moment;
  if (budget == 0) rest();
  if (!std::exchange(are_claims_stale_, false)) return;
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
  due_.clear();
  for (std::size_t slot = 0; slot < deadlines_.size(); ++slot) {
    if (deadlines_[slot] <= now) due_.push_back(routers_[slot].get());
  }
  // What has come since we woke beats the timer that it resets.
  const std::size_t most =
      std::max(share(kBitesATurn * kPacketsABite, due_.size()), kPacketsBeforeExpiry);
  for (const Router* router : due_) {
    if (Ear* ear = ear_of(*router)) (void)drain(*ear, most);
  }
  for (Router* router : due_) {
    const auto deadline = router->instance().deadline();
    if (deadline && *deadline <= now) dispatch(*router, TimerExpired{}, now);
  }
}

void Engine::Loop::announce(TimePoint now) {
  if (!is_announcing_ || now < announce_at_) return;
  const FrameTurns::Sent sent = frame_turns_.send(routers_, frames_);
  is_announcing_ = !sent.is_all;
  if (sent.count > 0) announce_at_ = now + kFramePause;
}

void Engine::Loop::tell_statistics(TimePoint now) {
  if (now < statistics_at_) return;
  statistics_at_ = now + kStatisticsInterval;
  if (!routers_.empty()) {
    routers_.front()->instance().counters().others_missed +=
        rival_watch_.take_missed() + claims_.take_missed();
  }
  for (const auto& router : routers_) {
    router->look_after_rivals(now);
    is_announcing_ = is_announcing_ || router->is_probing();
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

const Engine::Loop::Group* Engine::Loop::group_of(const Router& router) {
  rebuild_groups();
  const auto number = group_numbers_.find(router.id());
  return number == group_numbers_.end() ? nullptr : &groups_[number->second];
}

void Engine::Loop::handle(Router& router, const Event& event, TimePoint now) {
  const State before = router.instance().state();
  const bool was_listening = router.is_listening();
  const Actions actions = router.instance().handle(event, now);
  deadlines_[slots_.at(router.id())] = router.instance().deadline().value_or(TimePoint::max());
  router.note_master(now);
  if (std::holds_alternative<Reconfigured>(event)) {
    router.reconfigure();
    rival_watch_.forget_routers();
  }
  std::optional<SendRefused> refused;
  for (const Action& action : actions) {
    if (const auto refusal = perform(router, action, now)) refused = refusal;
  }
  are_claims_stale_ = are_claims_stale_ || before != router.instance().state() || was_listening ||
                      router.is_listening();
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
    is_announcing_ = true;
  } else if (std::holds_alternative<ProbeAddresses>(action)) {
    claims_.listen(true);
    router.listen(now);
    router.start_probing();
    is_announcing_ = true;
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
