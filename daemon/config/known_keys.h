// Every table of the file with its keys: what the parser looks keys up in, and what the JSON Schema
// (etc/evenkeel.schema.json) is compared with.
//
// Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace evenkeel::daemon {

enum class Support : std::uint8_t {
  Yes,
  NotYet,  ///< the design names it, a later step brings it: refused, never ignored
};

struct KnownKey {
  std::string_view name;
  Support support = Support::Yes;
};

struct KnownTable {
  std::string_view name;   ///< its path: "ipvs.timeouts"; "" is the file itself
  std::string_view title;  ///< as messages call it: "[ipvs.timeouts]"
  std::span<const KnownKey> keys;

  [[nodiscard]] const KnownKey* find(std::string_view key) const;
};

[[nodiscard]] const KnownTable& root_table();
[[nodiscard]] const KnownTable& global_table();
[[nodiscard]] const KnownTable& ipvs_table();
[[nodiscard]] const KnownTable& timeouts_table();
[[nodiscard]] const KnownTable& sysctl_table();
[[nodiscard]] const KnownTable& vrrp_table();
[[nodiscard]] const KnownTable& instance_table();
[[nodiscard]] const KnownTable& announcements_table();
[[nodiscard]] const KnownTable& sync_group_table();
[[nodiscard]] const KnownTable& check_table();
[[nodiscard]] const KnownTable& service_table();
[[nodiscard]] const KnownTable& tunnel_table();
[[nodiscard]] const KnownTable& real_server_table();
[[nodiscard]] const KnownTable& sorry_server_table();

/// All of them.
[[nodiscard]] std::span<const KnownTable> known_tables();

}  // namespace evenkeel::daemon
