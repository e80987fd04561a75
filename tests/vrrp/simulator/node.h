// One node: its kernel, its processes (main, and vrrp with an engine and a writer), and the shared
// page between them, as daemon/README.md tells their life.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "scenario.h"
#include "vrrp/instance.h"
#include "vrrp/shared_page.h"

namespace evenkeel::vrrp::simulator {

class World;

struct Packet {
  std::uint8_t from = 0;
  std::uint8_t router = 0;
  std::uint8_t priority = 0;
  Duration interval{};
  AddressBits list = kFirst;
};

struct Timer {
  enum class Kind : std::uint8_t {
    Start,     ///< main is started, or respawns vrrp
    Wake,      ///< of the engine
    Write,     ///< the writer has done the first of its queue
    Refresh,   ///< the writer refreshes a lease
    LeaseEnd,  ///< in the kernel
    Ready,     ///< the first round of checks has ended
    Release,   ///< `evenkeel release` begins, or has waited long enough
  };
  Kind kind = Kind::Wake;
  std::uint8_t node = 0;
  std::uint8_t router = 0;
  std::uint32_t life = 0;  ///< of the process that it belongs to; another life ignores it
};

class Node {
 public:
  Node(World& world, std::uint8_t number);

  // What befalls it.
  void start(Duration after);
  void on(const Timer& timer);
  void receive(const Packet& packet);  ///< by the kernel
  void pause();
  void carry_on();
  void kill_vrrp(Duration respawned_after);
  void kill_all(bool is_released, Duration started_after);
  void power_off(Duration started_after);
  void hear_conflict(std::size_t router);  ///< somebody has answered for its address
  void stop(std::optional<Duration> started_after);
  void failover();
  void command(const Event& event);  ///< from main, to every instance
  void set_link(std::size_t router, bool is_up);
  void lose_address(std::size_t router);
  void set_hogged(int change);
  void set_slow_writer(int change) { faults_.slow_writer += change; }
  void set_refused_sends(int change) { faults_.refused_sends += change; }
  void set_refused_addresses(int change) { faults_.refused_addresses += change; }
  void set_priority(std::uint8_t priority);
  void set_interval(Duration interval);
  void set_list(AddressBits list);
  void judge(std::size_t router, const TracksJudged& result);
  void recover(bool is_to_run);  ///< the faults have ended: run, or stay stopped

  // What it is.
  /// vrrp runs, and is not stopped by a signal.
  [[nodiscard]] bool is_running() const { return process_.is_alive && faults_.pauses == 0; }
  [[nodiscard]] const Instance& instance(std::size_t router) const {
    return process_.instances[router];
  }
  [[nodiscard]] bool is_serving(std::size_t router) const;
  [[nodiscard]] bool is_leaving() const;  ///< one of its instances is
  [[nodiscard]] bool is_stopping() const { return is_stopping_; }
  [[nodiscard]] bool listens_to(const Node& master) const;
  [[nodiscard]] bool has_address(std::size_t router) const {
    return kernel_[router].addresses != 0;
  }
  [[nodiscard]] AddressBits addresses(std::size_t router) const {
    return kernel_[router].addresses;
  }
  /// What it is configured for.
  [[nodiscard]] AddressBits wanted(std::size_t router) const {
    return bits_of(process_.is_alive ? process_.instances[router].config() : configs_[router]);
  }
  /// Nothing of its own keeps its advertisements from leaving, and others from being heard, in
  /// time.
  [[nodiscard]] bool is_well(std::size_t router) const;
  /// Nothing keeps the writer from doing what it is told, soon.
  [[nodiscard]] bool is_writer_well() const;
  [[nodiscard]] bool is_linked(std::size_t router) const { return kernel_[router].is_linked; }
  [[nodiscard]] bool is_refused_to_send() const {
    return is_running() && faults_.refused_sends > 0;
  }
  [[nodiscard]] bool is_hogged() const { return faults_.hogs > 0; }
  /// Begins as the Master that the process before was, although others may have taken over.
  [[nodiscard]] bool has_resumed_unanswered(std::size_t router) const {
    return has_resumed_unanswered_[router];
  }
  /// How long it had been stopped by a signal, if it carries on at this moment.
  [[nodiscard]] Duration slept() const;
  /// Its socket was full since then.
  [[nodiscard]] bool has_overflowed_since(TimePoint time) const { return overflowed_at_ > time; }
  /// The last that its socket has taken.
  [[nodiscard]] TimePoint received_at() const { return received_at_; }
  [[nodiscard]] std::uint8_t number() const { return number_; }
  /// To and from Master, in this life of the process.
  [[nodiscard]] std::uint64_t transitions(std::size_t router);

 private:
  struct Kernel {  // of one router's interface
    bool is_linked = true;
    int links_down = 0;
    AddressBits addresses = 0;
    TimePoint lease_ends;
  };
  enum class Order : std::uint8_t { Install, Remove, Abandon };
  struct Write {
    std::uint8_t router;
    Order order;
  };
  struct Mail {  // to the engine
    std::uint8_t router;
    Event event;
  };
  struct Received {
    Packet packet;
    TimePoint at;
  };
  /// What a new vrrp process has none of.
  struct Process {
    bool is_alive = false;
    std::vector<Instance> instances;
    std::vector<Received> socket;  ///< bounded
    std::vector<Mail> netlink;
    std::vector<Mail> answers;  ///< of the writer
    std::vector<Mail> channel;  ///< from main
    std::vector<Mail> conflicts;
    std::vector<Mail> mail;  ///< being read
    std::optional<TimePoint> wake_at;
    bool was_send_refused = false;
    std::deque<Write> writes;
    bool is_writing = false;
    bool was_write_due = false;              ///< while it was stopped by a signal
    std::array<AddressBits, 2> left_with{};  ///< of configurations before, while it leaves
    std::array<bool, 2> keeps{};             ///< what the writer refreshes
    std::array<TimePoint, 2> kept{};
    std::array<bool, 2> was_refresh_due{};  ///< while it was stopped by a signal
  };
  struct Faults {  // how many of each there are now
    int hogs = 0;
    int slow_writer = 0;
    int refused_sends = 0;
    int refused_addresses = 0;
    int pauses = 0;
    TimePoint paused_at{};
    TimePoint carried_on_at{};
  };

  void reconfigure();  ///< as configs_ are now
  void spawn();
  void die();
  void end_process();
  void end_main();
  void leave(LeaveFor purpose);
  void release();
  void end_release();
  [[nodiscard]] Duration release_limit() const;
  [[nodiscard]] Duration leave_limit_of_group() const;

  void stir();  ///< there is something for the engine to do
  void turn();
  void arm();
  void deliver(std::size_t router, const Event& event);
  void handle(std::size_t router, const Event& event);
  void perform(std::size_t router, const Action& action);

  void order(std::size_t router, Order order);
  void start_write();
  void written();
  void refresh(std::size_t router);

  void notice(std::size_t router, Event event);  ///< from the kernel, through netlink
  [[nodiscard]] Event link_event(std::size_t router) const;
  void set_addresses(std::size_t router, AddressBits addresses, Duration lease);
  void remove_address(std::size_t router);  ///< by our hand
  [[nodiscard]] Duration lease(std::size_t router) const;
  void schedule(Timer::Kind kind, Duration after, std::size_t router = 0);
  /// Of the process that such a timer belongs to.
  [[nodiscard]] std::uint32_t life_of(Timer::Kind kind) const;

  World& world_;
  std::uint8_t number_;
  std::vector<InstanceConfig> configs_;
  std::vector<Mail> results_;  ///< of tracks: main knows them
  std::array<Kernel, 2> kernel_;
  Faults faults_;
  TimePoint overflowed_at_;
  TimePoint received_at_;

  // What outlives a vrrp process.
  bool has_main_ = false;
  std::uint32_t main_life_ = 0;
  bool is_ready_ = false;
  std::array<PageRecord, 2> page_;  ///< until the next boot
  std::optional<TimePoint> died_;
  bool has_died_twice_ = false;
  bool is_stopping_ = false;
  std::optional<Duration> start_after_;  ///< once it has stopped
  bool is_releasing_ = false;
  std::array<bool, 2> has_resumed_unanswered_{};
  bool was_start_due_ = false;  ///< while it was stopped by a signal

  // The vrrp process.
  std::uint32_t life_ = 0;
  Process process_;
};

}  // namespace evenkeel::vrrp::simulator
