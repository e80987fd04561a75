#include "vrrp/engine.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <time.h>

#include "vrrp/mailbox.h"
#include "vrrp/router.h"
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
/// The longest datagram that a raw socket gives us.
constexpr std::size_t kBuffer = 65536;

timespec to_timespec(Duration duration) {
  const auto nanoseconds = std::max<Duration::rep>(duration.count(), 0);
  return {.tv_sec = nanoseconds / 1'000'000'000, .tv_nsec = nanoseconds % 1'000'000'000};
}

/// The octet that says the virtual router ID, if it is there.
std::optional<std::uint8_t> peek_id(const Datagram& datagram) {
  std::size_t at = 1;
  if (datagram.family == Family::IPv4) {
    if (datagram.octets.empty()) return std::nullopt;
    at += std::size_t{4} * (datagram.octets[0] & 0x0FU);
  }
  if (at >= datagram.octets.size()) return std::nullopt;
  return datagram.octets[at];
}

}  // namespace

class Engine::Loop {
 public:
  Loop(FrameSocket frames, ClaimSocket claims, SharedPage* page)
      : frames_(std::move(frames)), claims_(std::move(claims)), page_(page) {}

  void run();
  void stop() {
    is_stopping_.store(true);
    requests_.post({Request(Echo{})});
  }
  Mailbox<Request>& requests() { return requests_; }
  Mailbox<Notice>& notices() { return notices_; }
  [[nodiscard]] TimePoint last_turn() const {
    return TimePoint(Duration(last_turn_.load(std::memory_order_relaxed)));
  }

 private:
  /// The routers that one receiving socket serves.
  struct Ear {
    std::shared_ptr<Sockets> sockets;
    std::array<Router*, 256> routers{};
    TimePoint drained{};
  };

  struct Group {
    std::vector<RouterId> ids;
    std::vector<Router*> routers;  ///< all of them, or none: the others are on their way
    std::vector<const Instance*> members;
  };

  [[nodiscard]] Router* find(RouterId id);
  /// nullptr: on its own.
  [[nodiscard]] const Group* group_of(const Router& router) const;
  void on(AddRouter& request, TimePoint now);
  void on(RemoveRouter& request, TimePoint now);
  void on(SetLink& request, TimePoint now);
  void on(SetGroups& request, TimePoint now);
  void on(SetHostMacs& request, TimePoint now);
  void on(Deliver& request, TimePoint now);
  void on(Echo& request, TimePoint now);

  void sleep();
  void drain();
  [[nodiscard]] bool drain(Ear& ear);
  void hear(Ear& ear, const ReceiveSocket::Packet& packet, TimePoint at);
  void hear_claims(TimePoint now);
  void expire(TimePoint now);
  void announce(TimePoint now);
  void tell_statistics(TimePoint now);

  void dispatch(Router& router, const Event& event, TimePoint now);
  void handle(Router& router, const Event& event, TimePoint now);
  /// What the kernel did not send.
  std::optional<SendRefused> perform(Router& router, const Action& action, TimePoint now);
  void want(Router& router, WantAddresses::What what);
  void tell(Router& router);
  void rebuild_ears();
  void rebuild_groups();
  [[nodiscard]] TimePoint next_wake(TimePoint now) const;

  FrameSocket frames_;
  ClaimSocket claims_;
  std::vector<MacAddress> host_macs_;  ///< sorted
  SharedPage* page_;
  std::vector<std::unique_ptr<Router>> routers_;
  std::vector<Ear> ears_;
  std::vector<Group> groups_;
  std::vector<pollfd> polled_;
  Mailbox<Request> requests_;
  Mailbox<Notice> notices_;
  std::vector<Request> taken_;
  std::vector<Notice> told_;
  std::array<std::uint8_t, kBuffer> buffer_;
  TimePoint announce_at_{};
  TimePoint statistics_at_{};
  std::atomic<Duration::rep> last_turn_{0};
  std::atomic<bool> is_stopping_{false};
};

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
    expire(Clock::now());
    announce(now);
    tell_statistics(now);
    notices_.post(std::move(told_));
    told_.clear();
  }
}

TimePoint Engine::Loop::next_wake(TimePoint now) const {
  TimePoint first = now + kLongestSleep;
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
  claims_.add_to(polled_);
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
  const auto id = peek_id(packet.datagram);
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
  int budget = kClaimsATurn;
  while (const auto heard = claims_.receive(budget)) {
    if (std::binary_search(host_macs_.begin(), host_macs_.end(), heard->claim.mac)) continue;
    for (const auto& router : routers_) {
      if (router->is_claimed_by(heard->interface_index, heard->claim)) {
        dispatch(*router, AddressClaimed{}, now);
      }
    }
  }
  if (budget == 0) ::clock_nanosleep(CLOCK_MONOTONIC, 0, &kRest, nullptr);
  bool is_awaited = false;
  for (const auto& router : routers_) {
    if (!router->instance().awaits_claims()) router->stop_listening();
    is_awaited = is_awaited || router->is_listening();
  }
  claims_.listen(is_awaited);
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
  for (const auto& router : routers_) {
    if (router->has_counted()) tell(*router);
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
  if (std::holds_alternative<Reconfigured>(event)) router.reconfigure();
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
                                      error == std::errc::permission_denied};
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
  } else if (router.has_news()) {
    tell(router);
  }  // else it is told with the statistics
  return std::nullopt;
}

void Engine::Loop::want(Router& router, WantAddresses::What what) {
  told_.emplace_back(WantAddresses{.id = router.id(), .what = what});
}

void Engine::Loop::tell(Router& router) {
  told_.emplace_back(StatusChanged{.id = router.id(), .status = router.tell()});
}

// Requests.

Router* Engine::Loop::find(RouterId id) {
  const auto found = std::find_if(routers_.begin(), routers_.end(),
                                  [id](const auto& router) { return router->id() == id; });
  return found == routers_.end() ? nullptr : found->get();
}

void Engine::Loop::on(AddRouter& request, TimePoint) {
  routers_.push_back(std::make_unique<Router>(request));
  rebuild_groups();
}

void Engine::Loop::on(RemoveRouter& request, TimePoint) {
  Router* router = find(request.id);
  if (router == nullptr) return;
  if (auto sockets = router->take_sockets()) told_.emplace_back(Released{std::move(sockets)});
  std::erase_if(routers_, [&](const auto& each) { return each->id() == request.id; });
  rebuild_ears();
  rebuild_groups();
}

void Engine::Loop::on(SetLink& request, TimePoint) {
  Router* router = find(request.id);
  if (router == nullptr) return;
  const MacAddress mac = request.mac;
  const bool is_other_mac = router->mac() != mac && router->instance().state() == State::Master;
  if (auto before = router->set_link(std::move(request))) {
    told_.emplace_back(Released{std::move(before)});
  }
  if (is_other_mac && mac != MacAddress{} && !router->instance().is_leaving()) {
    router->start_announcing();  // who knows the old one finds nobody there
  }
  rebuild_ears();
}

void Engine::Loop::on(SetGroups& request, TimePoint) {
  groups_.clear();
  for (auto& ids : request.groups) groups_.push_back({.ids = std::move(ids)});
  rebuild_groups();
}

void Engine::Loop::on(Deliver& request, TimePoint now) {
  Router* router = find(request.id);
  if (router == nullptr) return;
  if (const Group* group = group_of(*router)) {
    const Duration limit = group_leave_limit(group->members);
    if (auto* leave = std::get_if<Leave>(&request.event)) leave->at_least = limit;
    if (auto* resume = std::get_if<ResumeLeaving>(&request.event)) resume->at_least = limit;
  }
  dispatch(*router, request.event, now);
}

void Engine::Loop::on(SetHostMacs& request, TimePoint) {
  host_macs_ = std::move(request.macs);
}

void Engine::Loop::on(Echo& request, TimePoint) {
  told_.emplace_back(request);
}

void Engine::Loop::rebuild_ears() {
  std::vector<Ear> ears;
  for (const auto& router : routers_) {
    const std::shared_ptr<Sockets> sockets = router->shared_sockets();
    if (!sockets) continue;
    auto ear = std::find_if(ears.begin(), ears.end(),
                            [&](const Ear& each) { return each.sockets == sockets; });
    if (ear == ears.end()) {
      ears.push_back({.sockets = sockets, .routers = {}, .drained = Clock::now()});
      ear = ears.end() - 1;
      for (const Ear& before : ears_) {
        if (before.sockets == sockets) ear->drained = before.drained;
      }
    }
    ear->routers[router->instance().config().virtual_router_id] = router.get();
  }
  for (Ear& before : ears_) told_.emplace_back(Released{std::move(before.sockets)});
  ears_ = std::move(ears);
}

void Engine::Loop::rebuild_groups() {
  for (Group& group : groups_) {
    group.routers.clear();
    group.members.clear();
    for (const RouterId id : group.ids) {
      if (Router* router = find(id)) group.routers.push_back(router);
    }
    if (group.routers.size() != group.ids.size()) group.routers.clear();
    for (const Router* router : group.routers) group.members.push_back(&router->instance());
  }
}

Engine::Engine(FrameSocket frames, ClaimSocket claims, SharedPage* page)
    : loop_(std::make_unique<Loop>(std::move(frames), std::move(claims), page)) {}
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
