// The loop that is always on time: drain the sockets, expire the timers, perform what the instances
// want.
//
// Runs on a thread of its own, with real-time priority. It allocates nothing for a packet, closes
// nothing, opens nothing, writes no address and no log: whatever may block is asked of the writer's
// thread (writer.h) by a notice, and comes back as a request. An advertisement that is already in a
// socket beats the timer it resets: sockets are drained first, with the kernel's receive times.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>
#include <variant>
#include <vector>

#include "vrrp/advertisement_tap.h"
#include "vrrp/announcement.h"
#include "vrrp/claim_socket.h"
#include "vrrp/instance.h"
#include "vrrp/packet_socket.h"
#include "vrrp/shared_page.h"

namespace evenkeel::vrrp {

/// Names an instance between the two threads; never used twice.
using RouterId = std::uint32_t;

/// The sockets of one Delivery; shared by its instances, opened and closed by the writer's thread.
struct Sockets {
  Delivery delivery;
  ReceiveSocket receive;
  SendSocket send;
};

// To the engine.
struct AddRouter {
  RouterId id = 0;
  InstanceConfig config;
  bool is_grouped = false;
  std::optional<std::size_t> page_place;
};
struct RemoveRouter {
  RouterId id = 0;
};
/// Before the InterfaceChanged that says the interface can be used. No sockets: it cannot.
struct SetLink {
  RouterId id = 0;
  int interface_index = 0;
  MacAddress mac{};
  std::shared_ptr<Sockets> sockets;
  friend bool operator==(const SetLink&, const SetLink&) = default;
};
struct SetGroups {
  std::vector<std::vector<RouterId>> groups;
};
struct Deliver {
  RouterId id = 0;
  Event event;
};
/// Every MAC of this host's interfaces: who claims an address with one of them is ourselves.
struct SetHostMacs {
  std::vector<MacAddress> macs;  ///< sorted
};
struct Echo {  ///< comes back as it is: a sign of life
  std::uint64_t sequence = 0;
};
using Request =
    std::variant<AddRouter, RemoveRouter, SetLink, SetGroups, SetHostMacs, Deliver, Echo>;

// From the engine.
struct WantAddresses {
  enum class What : std::uint8_t { Install, Remove, Abandon };
  RouterId id = 0;
  What what = What::Install;
};
/// A transition, or at most once a second: counters have changed.
struct StatusChanged {
  RouterId id = 0;
  InstanceStatus status;
};
/// To be closed where closing may block.
struct Released {
  std::shared_ptr<Sockets> sockets;
};
/// The kernel does not tell of every packet that comes (epoll): they are looked for.
struct CannotWait {
  std::error_code error;
};
using Notice = std::variant<WantAddresses, StatusChanged, Released, CannotWait, Echo>;

class Engine {
 public:
  /// `page` outlives the engine; nullptr: nothing is left behind.
  Engine(FrameSocket frames, ClaimSocket claims, AdvertisementTap tap, SharedPage* page);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Until stop(). On the engine's thread.
  void run();

  // From any thread; none blocks for longer than a short copy takes.
  void post(std::vector<Request> requests);
  void stop();
  /// Readable: there are notices to take().
  [[nodiscard]] int notices_fd() const;
  [[nodiscard]] std::vector<Notice> take();
  /// When the loop last turned: at the latest a quarter of a second ago, if it lives.
  [[nodiscard]] TimePoint last_turn() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace evenkeel::vrrp
