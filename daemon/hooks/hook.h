// A hook: a program of the operator's that is told of a state. Whose state it is, and what it is
// told.
//
// Pure.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/hook_key.h"
#include "daemon/fields/enum_array.h"
#include "daemon/fields/table.h"
#include "daemon/fields/words.h"
#include "daemon/spawner/run.h"

namespace evenkeel::daemon {

enum class HookOwnerKind : std::uint8_t { Instance, Group, Service, RealServer };
constexpr auto words_of(HookOwnerKind) {
  using enum HookOwnerKind;
  return fields::words<HookOwnerKind>({{Instance, "instance"},
                                       {Group, "sync_group", "sync group"},
                                       {Service, "service"},
                                       {RealServer, "real_server", "real server"}});
}

/// Whose state is told.
struct HookOwner {
  HookOwnerKind kind = HookOwnerKind::Instance;
  std::string name;         ///< of a real server: its service's
  std::string real_server;  ///< "192.0.2.21:80"; of others ""

  friend auto operator<=>(const HookOwner&, const HookOwner&) = default;
};
constexpr auto fields_of(fields::Of<HookOwner>) {
  using fields::field;
  using T = HookOwner;
  return fields::table(field<&T::kind>("kind"), field<&T::name>("name"),
                       field<&T::real_server>("real_server"));
}
[[nodiscard]] inline HookOwner instance_owner(std::string name) {
  return {.kind = HookOwnerKind::Instance, .name = std::move(name), .real_server = {}};
}
[[nodiscard]] inline HookOwner group_owner(std::string name) {
  return {.kind = HookOwnerKind::Group, .name = std::move(name), .real_server = {}};
}
[[nodiscard]] inline HookOwner owner_of(const ServiceConfig& service) {
  return {.kind = HookOwnerKind::Service, .name = service.name, .real_server = {}};
}
[[nodiscard]] inline HookOwner owner_of(const ServiceConfig& service,
                                        const RealServerConfig& server) {
  return {.kind = HookOwnerKind::RealServer,
          .name = service.name,
          .real_server = ipvs::to_string(server.destination.key)};
}
/// "instance web", "service web: real server 192.0.2.21:80"
[[nodiscard]] std::string to_string(const HookOwner& owner);

/// A state that is to be told.
struct HookEvent {
  HookKey key = HookKey::OnMaster;  ///< the state's own: neither OnChange nor WhileMaster
  std::string state;                ///< "MASTER"
  std::string reason;               ///< one word
  std::vector<Setting> settings;    ///< what else is told of the owner
  bool is_again = false;            ///< the state is the present one, and is told once more

  friend bool operator==(const HookEvent&, const HookEvent&) = default;
};

/// The programs of an owner, by the keys, in the order of the file.
struct HookPrograms : fields::EnumArray<HookKey, std::vector<ProgramId>> {
  std::chrono::steady_clock::duration interval{};  ///< from one begin of WhileMaster to the next

  friend bool operator==(const HookPrograms&, const HookPrograms&) = default;
};

}  // namespace evenkeel::daemon
