// The inside of the engine (engine.h): what its thread alone has.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "vrrp/engine.h"
#include "vrrp/frame_turns.h"
#include "vrrp/mailbox.h"
#include "vrrp/poll_set.h"
#include "vrrp/rival_watch.h"
#include "vrrp/router.h"

namespace evenkeel::vrrp {

class Engine::Loop {
 public:
  Loop(FrameSocket frames, ClaimSocket claims, AdvertisementTap tap, SharedPage* page)
      : frames_(std::move(frames)),
        claims_(std::move(claims)),
        rival_watch_(std::move(tap)),
        page_(page) {
    polled_.add(requests_.fd(), &requests_);
  }

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

  /// The longest datagram that a raw socket gives us.
  static constexpr std::size_t kBuffer = 65536;

 private:
  /// The routers that one receiving socket serves.
  struct Ear {
    std::shared_ptr<Sockets> sockets;
    std::array<Router*, 256> routers{};
    TimePoint drained{};
    bool is_empty = true;  ///< as of then
  };

  struct Group {
    std::vector<RouterId> ids;
    std::vector<Router*> routers;  ///< all of them, or none: the others are on their way
    std::vector<const Instance*> members;
  };

  [[nodiscard]] Router* find(RouterId id);
  /// nullptr: on its own.
  [[nodiscard]] const Group* group_of(const Router& router);
  void on(AddRouter& request, TimePoint now);
  void on(RemoveRouter& request, TimePoint now);
  void on(SetLink& request, TimePoint now);
  void on(SetGroups& request, TimePoint now);
  void on(SetHostMacs& request, TimePoint now);
  void on(Deliver& request, TimePoint now);
  void on(Echo& request, TimePoint now);

  void serve_requests(TimePoint now);
  void sleep();
  void poll_claims();
  void drain();
  /// At most so many packets. False: there may be more.
  [[nodiscard]] bool drain(Ear& ear, std::size_t most);
  void hear(Ear& ear, const ReceiveSocket::Packet& packet, TimePoint at);
  void hear_claims(TimePoint now);
  void watch_rivals(TimePoint now);
  void expire(TimePoint now);
  void announce(TimePoint now);
  void tell_statistics(TimePoint now);

  void dispatch(Router& router, const Event& event, TimePoint now);
  void handle(Router& router, const Event& event, TimePoint now);
  /// What the kernel did not send.
  std::optional<SendRefused> perform(Router& router, const Action& action, TimePoint now);
  void want(Router& router, WantAddresses::What what);
  void tell(Router& router, TimePoint now);
  void rebuild_ears();
  void rebuild_groups();
  [[nodiscard]] Ear* ear_of(const Router& router) const;
  [[nodiscard]] TimePoint next_wake(TimePoint now) const;

  FrameSocket frames_;
  ClaimSocket claims_;
  RivalWatch rival_watch_;
  bool awaits_claims_ = false;  ///< a Backup has asked who has its addresses
  SharedPage* page_;
  std::vector<std::unique_ptr<Router>> routers_;
  std::vector<TimePoint> deadlines_;  ///< of the instances, in the same order; max(): none
  std::unordered_map<RouterId, std::size_t> slots_;  ///< where in routers_
  std::vector<Router*> due_;
  std::unordered_map<const Sockets*, std::unique_ptr<Ear>> ears_;
  std::vector<Ear*> readable_;
  std::vector<Group> groups_;
  std::unordered_map<RouterId, std::size_t> group_numbers_;  ///< of routers whose group is whole
  // Made anew once, however many requests ask for it.
  bool are_ears_stale_ = false;
  bool are_groups_stale_ = false;
  bool are_claims_stale_ = true;  ///< who wants to hear some
  bool polls_claims_ = false;
  bool is_blind_ = false;       ///< it has been told that PollSet does not tell of all
  bool is_announcing_ = false;  ///< some router is, or is probing, or may be
  FrameTurns frame_turns_;
  PollSet polled_;
  TimePoint woke_{};
  TimePoint woke_before_{};
  Mailbox<Request> requests_;
  Mailbox<Notice> notices_;
  std::vector<Request> taken_;
  std::size_t served_ = 0;  ///< of those
  std::vector<Notice> told_;
  std::array<std::uint8_t, kBuffer> buffer_;
  std::size_t unrested_ = 0;  ///< packets since the last rest
  TimePoint announce_at_{};
  TimePoint claims_at_ = TimePoint::max();  ///< more are waiting: they are looked at by then
  TimePoint claims_drained_ = std::chrono::steady_clock::now();  ///< none was waiting
  TimePoint statistics_at_{};
  std::atomic<Duration::rep> last_turn_{0};
  std::atomic<bool> is_stopping_{false};
};

}  // namespace evenkeel::vrrp
