#include "vrrp/engine.h"

#include <algorithm>
#include <time.h>

#include "vrrp/receive_time.h"
#include "vrrp/sync_group.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// A flood is taken in batches, with a pause after each, from however many sockets it comes: the
/// time limit (RLIMIT_RTTIME) counts what runs without one, and others want this core.
constexpr std::size_t kPacketsABatch = 256;
constexpr int kBatchesATick = 4;
constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 200'000};
/// Of each router that is due, before its timer expires.
constexpr std::size_t kPacketsBeforeExpiry = 16;
/// Requests are served for so long a tick: others do not wait for a thousand of them.
constexpr Duration kRequestsTake = 2ms;
/// Between two batches of announcements and probes (frame_order.h).
constexpr Duration kFramePause = 1ms;
/// Frames of ARP and neighbour discovery that one tick reads, and the time to the next such tick.
constexpr int kConflictsATick = 64;
constexpr Duration kConflictPause = 1ms;
/// A conflict that seems to have waited longer, and longer than since the last look, shows that the
/// wall clock was set.
constexpr Duration kOldestConflict = 2s;
/// A tick comes at least this often: the sign of life.
constexpr Duration kLongestSleep = 250ms;
/// Where the kernel does not tell which sockets are readable.
constexpr Duration kBlindSleep = 10ms;
constexpr Duration kStatisticsInterval = 1s;

void pause() {
  ::clock_nanosleep(CLOCK_MONOTONIC, 0, &kPause, nullptr);
}

std::size_t share(std::size_t all, std::size_t among) {
  return all / std::max<std::size_t>(among, 1);
}

}  // namespace

void Engine::run() {
  statistics_at_ = Clock::now() + kStatisticsInterval;
  while (!is_stopping_.load()) {
    sleep();
    // What is in the sockets comes first: it is older than what we have been asked meanwhile.
    drain();
    const TimePoint now = Clock::now();
    last_tick_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    serve_requests(now);
    hear_conflicts(now);
    watch_rivals(now);
    expire(Clock::now());
    frames_.send(routers_, now);
    watch_gateways();
    tell_statistics(now);
    notices_.post(std::move(told_));
    told_.clear();
  }
}

void Engine::Requests::take() {
  if (has_more()) return;
  mailbox.take(taken);
  served = 0;
}

void Engine::serve_requests(TimePoint now) {
  requests_.take();
  const TimePoint end = now + kRequestsTake;
  for (; requests_.has_more() && now < end; now = Clock::now()) {
    std::visit([&](auto& what) { on(what, now); }, requests_.taken[requests_.served++]);
  }
  receivers_.update(routers_.all(), polled_, told_);
  routers_.rebuild_groups();
  if (requests_.has_more()) pause();
}

TimePoint Engine::next_wake(TimePoint now) const {
  if (requests_.has_more()) return now;
  const TimePoint first = now + (polled_.error() ? kBlindSleep : kLongestSleep);
  return std::min({first, rival_watch_.next_look(), gateways_.next_look(), conflicts_.next,
                   routers_.first_deadline(), frames_.is_active ? frames_.next : TimePoint::max()});
}

void Engine::sleep() {
  conflicts_.update(polled_);
  const TimePoint now = Clock::now();
  const auto tags = polled_.wait(next_wake(now) - now);
  woke_.before = std::exchange(woke_.last, Clock::now());
  readable_.clear();
  for (void* tag : tags) {
    if (tag != &requests_ && tag != &conflicts_) readable_.push_back(static_cast<Receiver*>(tag));
  }
  if (!polled_.error()) return;
  readable_.clear();
  receivers_.append_all(readable_);
  if (!std::exchange(is_blind_, true)) told_.emplace_back(CannotWait{polled_.error()});
}

void Engine::ConflictWatch::update(PollSet& polled) {
  if (std::exchange(is_polled, is_awaited) == is_awaited) return;
  std::vector<pollfd> sockets;
  socket.add_to(sockets);
  for (const pollfd& each : sockets) {
    if (is_polled) {
      polled.add(each.fd, this);
    } else {
      polled.remove(each.fd);
    }
  }
}

// Packets.

void Engine::drain() {
  const std::size_t most = std::max<std::size_t>(share(kPacketsABatch, readable_.size()), 1);
  for (int batch = 0; batch < kBatchesATick; ++batch) {
    bool is_empty = true;
    for (Receiver* each : readable_) is_empty = drain(*each, most) && is_empty;
    if (is_empty) return;
  }
}

bool Engine::drain(Receiver& receiver, std::size_t most) {
  // Empty then, it was not readable either when we last woke before this time.
  const TimePoint since =
      receiver.is_empty ? std::max(receiver.drained, woke_.before) : receiver.drained;
  for (std::size_t count = 0; count < most; ++count) {
    const auto packet = receiver.sockets->receive.receive(buffer_);
    receiver.is_empty = !packet || !*packet;
    if (!packet) return true;  // a deleted interface is silent; what else fails, fails again
    const TimePoint now = Clock::now();
    if (!*packet) {
      receiver.drained = now;
      return true;
    }
    // It came after the last look.
    const Duration longest = std::max(now - since, Duration::zero());
    hear(receiver, **packet,
         on_our_clock((*packet)->received, now, std::chrono::system_clock::now(), longest));
    if (++unpaused_ % kPacketsABatch == 0) pause();
  }
  return false;
}

void Engine::hear(const Receiver& receiver, const ReceiveSocket::Packet& packet, TimePoint at) {
  const auto id = virtual_router_id_in(packet.datagram);
  Router* router = id ? receiver.routers[*id] : nullptr;
  if (router == nullptr) {
    // Not for anybody, or nobody can tell for whom: the first of those that share the socket
    // counts.
    Router* first = receiver.first_router();
    if (first == nullptr) return;
    return first->count_drop(id ? DecodeError::VirtualRouterId : DecodeError::Length,
                             packet.datagram.source);
  }
  if (packet.is_truncated) return router->count_drop(DecodeError::Length, packet.datagram.source);
  const auto heard = router->judge(packet.datagram, at);
  if (heard) dispatch(*router, *heard, Clock::now());
}

void Engine::hear_conflicts(TimePoint now) {
  rival_watch_.update(routers_.all());
  int budget = kConflictsATick;
  const TimePoint moment = Clock::now();  // `now` is before the requests were served
  const auto wall_clock = std::chrono::system_clock::now();
  while (const auto heard = conflicts_.socket.receive(budget)) {
    if (rival_watch_.is_own(heard->conflict.mac)) continue;
    const TimePoint at =
        on_our_clock_soon(heard->received, moment, wall_clock, kOldestConflict, conflicts_.drained);
    rival_watch_.each_with(*heard, [&](Router& router) {
      router.see_conflict(heard->conflict, at);
      if (router.is_listening(at)) dispatch(router, AddressConflicted{}, now);
      if (router.has_news(now)) tell(router, now);
    });
  }
  conflicts_.next = budget == 0 ? now + kConflictPause : TimePoint::max();
  if (budget > 0) conflicts_.drained = moment;
  if (budget == 0) pause();
  conflicts_.listen_for(routers_);
}

void Engine::ConflictWatch::listen_for(const RouterTable& routers) {
  if (!std::exchange(is_stale, false)) return;
  is_awaited = false;
  bool has_master = false;
  for (const auto& router : routers.all()) {
    if (!router->instance().awaits_conflicts()) router->stop_listening();
    is_awaited = is_awaited || router->is_listening();
    has_master = has_master || router->instance().state() == State::Master;
  }
  socket.listen(is_awaited || has_master);
}

/// No packet wakes us for it: what may be odd can wait for the next tick.
void Engine::watch_rivals(TimePoint now) {
  for (Router* router : rival_watch_.look(buffer_, now)) {
    if (router->has_news(now)) tell(*router, now);
  }
}

void Engine::watch_gateways() {
  auto changed = gateways_.look(frames_.socket, Clock::now());
  if (!changed.empty()) told_.emplace_back(GatewaysJudged{std::move(changed)});
}

// Timers.

void Engine::expire(TimePoint now) {
  const auto due = routers_.due(now);
  // What has come since we woke beats the timer that it resets.
  const std::size_t most =
      std::max(share(kBatchesATick * kPacketsABatch, due.size()), kPacketsBeforeExpiry);
  for (const Router* router : due) {
    if (Receiver* receiver = receivers_.of(*router)) (void)drain(*receiver, most);
  }
  for (Router* router : due) {
    const auto deadline = router->instance().deadline();
    if (deadline && *deadline <= now) dispatch(*router, TimerExpired{}, now);
  }
}

void Engine::FrameSender::send(const RouterTable& routers, TimePoint now) {
  if (!is_active || now < next) return;
  const FrameOrder::Sent sent = order.send(routers.all(), socket);
  is_active = !sent.is_all;
  if (sent.count > 0) next = now + kFramePause;
}

void Engine::tell_statistics(TimePoint now) {
  if (now < statistics_at_) return;
  statistics_at_ = now + kStatisticsInterval;
  if (!routers_.all().empty()) {
    routers_.all().front()->instance().counters().others_missed +=
        rival_watch_.take_missed() + conflicts_.socket.take_missed();
  }
  for (const auto& router : routers_.all()) {
    router->look_after_rivals(now);
    frames_.is_active = frames_.is_active || router->is_probing();
    if (router->has_changed() || router->has_news(now)) tell(*router, now);
  }
}

// What the instances want.

void Engine::dispatch(Router& router, const Event& event, TimePoint now) {
  handle(router, event, now);
  const RouterTable::Group* group = routers_.group_of(router);
  if (group == nullptr) return;
  while (const auto step = group_step(group->members)) {
    handle(*group->routers[step->member], step->event, now);
  }
}

void Engine::handle(Router& router, const Event& event, TimePoint now) {
  const State before = router.instance().state();
  const bool was_listening = router.is_listening();
  const Actions actions = router.instance().handle(event, now);
  routers_.note_deadline(router);
  router.note_master(now);
  if (std::holds_alternative<Reconfigured>(event)) {
    router.reconfigure();
    rival_watch_.forget_routers();
  }
  std::optional<SendRefused> refused;
  for (const Action& action : actions) {
    if (const auto refusal = perform(router, action, now)) refused = refusal;
  }
  conflicts_.is_stale = conflicts_.is_stale || before != router.instance().state() ||
                        was_listening || router.is_listening();
  if (page_ != nullptr) router.write_page(*page_);
  if (refused) handle(router, *refused, now);
}

std::optional<SendRefused> Engine::perform(Router& router, const Action& action, TimePoint now) {
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
    frames_.is_active = true;
  } else if (std::holds_alternative<ProbeAddresses>(action)) {
    conflicts_.socket.listen(true);
    router.listen(now);
    router.start_probing();
    frames_.is_active = true;
  } else if (router.has_news(now)) {
    tell(router, now);
  }  // else it is told with the statistics
  return std::nullopt;
}

void Engine::want(Router& router, WantAddresses::What what) {
  told_.emplace_back(WantAddresses{.id = router.id(), .what = what});
}

void Engine::tell(Router& router, TimePoint now) {
  told_.emplace_back(StatusChanged{.id = router.id(), .status = router.tell(now)});
}

}  // namespace evenkeel::vrrp
