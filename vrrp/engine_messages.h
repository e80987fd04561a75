// What the writer's thread asks of the engine (requests), and what the engine tells it (notices).
// Values; each goes through a Mailbox.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>
#include <variant>
#include <vector>

#include "vrrp/announcement.h"
#include "vrrp/config.h"
#include "vrrp/gateway_watch.h"
#include "vrrp/instance.h"
#include "vrrp/router_id.h"
#include "vrrp/sockets.h"
#include "vrrp/status.h"

namespace evenkeel::vrrp {

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
/// Every MAC of this host's interfaces: a frame from one of them is our own, and no conflict.
struct SetHostMacs {
  std::vector<MacAddress> macs;  ///< sorted
};
struct Echo {  ///< comes back as it is: a sign of life
  std::uint64_t sequence = 0;
};
using Request = std::variant<AddRouter, RemoveRouter, SetLink, SetGroups, SetHostMacs, SetGateways,
                             Deliver, Echo>;

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
/// Results that have changed.
struct GatewaysJudged {
  std::vector<NamedTrackResult> results;
};
using Notice =
    std::variant<WantAddresses, StatusChanged, GatewaysJudged, Released, CannotWait, Echo>;

}  // namespace evenkeel::vrrp
