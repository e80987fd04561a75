// The loop that must be on time: it drains the sockets, expires the timers, and performs the
// instances' actions.
//
// Runs on a thread of its own, with real-time priority. It allocates nothing for a packet, closes
// nothing, opens nothing, writes no address and no log: whatever may block is asked of the writer's
// thread (writer.h) by a notice, and comes back as a request. An advertisement that is already in a
// socket beats the timer it resets: sockets are drained first, with the kernel's receive times.
#pragma once

#include <array>
#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "vrrp/advertisement_tap.h"
#include "vrrp/conflict_socket.h"
#include "vrrp/engine_messages.h"
#include "vrrp/frame_order.h"
#include "vrrp/frame_socket.h"
#include "vrrp/mailbox.h"
#include "vrrp/poll_set.h"
#include "vrrp/receivers.h"
#include "vrrp/rival_watch.h"
#include "vrrp/router_table.h"
#include "vrrp/shared_page.h"

namespace evenkeel::vrrp {

class Engine {
 public:
  /// `page` outlives the engine; nullptr: there is no shared page.
  Engine(FrameSocket frames, ConflictSocket conflicts, AdvertisementTap tap, SharedPage* page)
      : frames_{.socket = std::move(frames)},
        conflicts_{.socket = std::move(conflicts)},
        rival_watch_(std::move(tap)),
        page_(page) {
    polled_.add(requests_.mailbox.fd(), &requests_);
  }

  /// Until stop(). On the engine's thread.
  void run();

  // From any thread; none blocks for longer than a short copy takes.
  void post(std::vector<Request> requests) { requests_.mailbox.post(std::move(requests)); }
  void stop() {
    is_stopping_.store(true);
    requests_.mailbox.post({Request(Echo{})});
  }
  /// Readable: there are notices to take().
  [[nodiscard]] int notices_fd() const { return notices_.fd(); }
  [[nodiscard]] std::vector<Notice> take() {
    std::vector<Notice> notices;
    notices_.take(notices);
    return notices;
  }
  /// The loop's last tick: at the latest a quarter of a second ago, if it lives.
  [[nodiscard]] TimePoint last_tick() const {
    return TimePoint(Duration(last_tick_.load(std::memory_order_relaxed)));
  }

 private:
  /// The longest datagram that a raw socket gives us.
  static constexpr std::size_t kBuffer = 65536;

  /// What the writer has asked, and how far that is served.
  struct Requests {
    Mailbox<Request> mailbox;
    std::vector<Request> taken;
    std::size_t served = 0;  ///< of those

    [[nodiscard]] bool has_more() const { return served < taken.size(); }
    /// What has come meanwhile, where all before is served.
    void take();
  };
  /// Announcements and probes.
  struct FrameSender {
    FrameSocket socket;
    FrameOrder order{};
    bool is_active = false;  ///< some router announces or probes, or may
    TimePoint next{};        ///< the earliest time of the next batch

    void send(const RouterTable& routers, TimePoint now);
  };
  /// Frames that say who has an address, ARP and neighbour advertisements.
  struct ConflictWatch {
    ConflictSocket socket;
    bool is_awaited = false;  ///< a Backup has asked who has its addresses
    bool is_polled = false;
    bool is_stale = true;               ///< the routers that await conflicts have changed
    TimePoint next = TimePoint::max();  ///< more are waiting: they are looked at by then
    TimePoint drained = std::chrono::steady_clock::now();  ///< none was waiting

    /// A Master looks for them when it wakes anyway: no ARP request needs to wake it.
    void update(PollSet& polled);
    void listen_for(const RouterTable& routers);
  };
  struct Wakes {
    TimePoint last{};
    TimePoint before{};
  };

  void on(AddRouter& request, TimePoint now);
  void on(RemoveRouter& request, TimePoint now);
  void on(SetLink& request, TimePoint now);
  void on(SetGroups& request, TimePoint now);
  void on(SetHostMacs& request, TimePoint now);
  void on(SetGateways& request, TimePoint now);
  void on(Deliver& request, TimePoint now);
  void on(Echo& request, TimePoint now);

  void serve_requests(TimePoint now);
  void sleep();
  void drain();
  /// At most so many packets. False: there may be more.
  [[nodiscard]] bool drain(Receiver& receiver, std::size_t most);
  void hear(const Receiver& receiver, const ReceiveSocket::Packet& packet, TimePoint at);
  void hear_conflicts(TimePoint now);
  void watch_rivals(TimePoint now);
  void watch_gateways();
  void expire(TimePoint now);
  void tell_statistics(TimePoint now);

  void dispatch(Router& router, const Event& event, TimePoint now);
  void handle(Router& router, const Event& event, TimePoint now);
  /// What the kernel did not send.
  std::optional<SendRefused> perform(Router& router, const Action& action, TimePoint now);
  void want(Router& router, WantAddresses::What what);
  void tell(Router& router, TimePoint now);
  [[nodiscard]] TimePoint next_wake(TimePoint now) const;

  FrameSender frames_;
  ConflictWatch conflicts_;
  RivalWatch rival_watch_;
  GatewayWatch gateways_;
  SharedPage* page_;
  RouterTable routers_;
  Receivers receivers_;
  std::vector<Receiver*> readable_;
  PollSet polled_;
  bool is_blind_ = false;  ///< CannotWait has been sent
  Wakes woke_;
  Requests requests_;
  Mailbox<Notice> notices_;
  std::vector<Notice> told_;
  std::array<std::uint8_t, kBuffer> buffer_;
  std::size_t unpaused_ = 0;  ///< packets since the last pause
  TimePoint statistics_at_{};
  std::atomic<Duration::rep> last_tick_{0};
  std::atomic<bool> is_stopping_{false};
};

}  // namespace evenkeel::vrrp
