// Nodes, the network between them, and time: a heap of events.
//
// Deterministic: a scenario runs the same way each time. The properties are watched after every
// event (watch.h); the first that does not hold ends the run.
#pragma once

#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node.h"
#include "random.h"
#include "scenario.h"
#include "watch.h"

namespace evenkeel::vrrp::simulator {

constexpr std::size_t kMaxNodes = 3;
constexpr std::size_t kMaxRouters = 2;
/// A network that is not rough delivers within this.
constexpr Duration kDelivery = std::chrono::microseconds(300);
/// And a node that is not hogged wakes up within this.
constexpr Duration kWakeUp = std::chrono::microseconds(100);

class World {
 public:
  /// `trace`: every event is written there.
  explicit World(const Scenario& scenario, std::ostream* trace = nullptr);

  /// What went wrong; nothing = every property held to the end.
  [[nodiscard]] std::optional<std::string> run();

  // For the nodes.
  [[nodiscard]] TimePoint now() const { return now_; }
  [[nodiscard]] Duration elapsed() const { return now_ - kStart; }
  [[nodiscard]] Random& random() { return random_; }
  [[nodiscard]] const Scenario& scenario() const { return scenario_; }
  void send(const Packet& packet);
  void schedule(const Timer& timer, TimePoint at);
  void announce(std::uint8_t node, std::size_t router) { announced_by_[router] = node; }
  void probe(std::uint8_t node, std::size_t router);    ///< who has the address?
  void dropped(std::uint8_t node, std::size_t router);  ///< the address, by its own hand
  void fail(std::string what);
  [[nodiscard]] std::ostream* trace() const { return trace_; }

  // For the watch.
  [[nodiscard]] const std::vector<std::unique_ptr<Node>>& nodes() const { return nodes_; }
  /// What the two send to each other arrives, in time.
  [[nodiscard]] bool flows(std::size_t a, std::size_t b, std::size_t router) const;
  /// What the one sends is on the other's socket, in time; whether that one reads it or not.
  [[nodiscard]] bool reaches(std::size_t from, std::size_t to, std::size_t router) const;
  /// The network between them is well, both ways.
  [[nodiscard]] bool is_clear(std::size_t a, std::size_t b, std::size_t router) const;
  /// The node whose announcement the neighbours have heard last.
  [[nodiscard]] std::optional<std::uint8_t> announced_by(std::size_t router) const {
    return announced_by_[router];
  }

  static constexpr TimePoint kStart{std::chrono::hours(1)};

 private:
  enum class Kind : std::uint8_t { Timer, Packet, Conflict, Fault, FaultEnd };
  struct Event {
    TimePoint at;
    std::uint64_t order = 0;  ///< of two at the same time the first scheduled is first
    Kind kind = Kind::Timer;
    Timer timer;
    Packet packet;
    std::size_t index = 0;  ///< fault; receiver
    friend bool operator<(const Event& a, const Event& b) {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };

  void push(Event event);
  void begin(const Fault& fault);
  void end(const Fault& fault);
  [[nodiscard]] Node* victim(const Fault& fault);
  void befall(Node& node, const Fault& fault);
  void change(const Fault& fault, int by);
  void judge_track(Node& node, const Fault& fault);
  [[nodiscard]] Duration interval_of(const Fault& fault) const;
  [[nodiscard]] Node* master();
  [[nodiscard]] bool has_heir(std::uint8_t leaver) const;
  [[nodiscard]] bool has_listener(const Node& leaver) const;

  const Scenario& scenario_;
  std::ostream* trace_;
  Random random_;
  TimePoint now_ = kStart;
  std::vector<Event> heap_;
  std::uint64_t order_ = 0;
  std::vector<std::unique_ptr<Node>> nodes_;
  int rough_ = 0;                                     ///< faults that make it so
  int lost_priority_zero_ = 0;                        ///< likewise
  int lost_[kMaxNodes][kMaxNodes][kMaxRouters] = {};  ///< from, to: faults that cut it
  std::optional<std::uint8_t> announced_by_[kMaxRouters];
  Node* killed_ = nullptr;  ///< the last KillVrrpOfMaster
  std::optional<std::string> failure_;
  Watch watch_;
};

}  // namespace evenkeel::vrrp::simulator
