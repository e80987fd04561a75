// [[virtual_service]].
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <string>
#include <vector>

#include "daemon/config/parse_check.h"
#include "daemon/config/table_reader.h"

namespace evenkeel::daemon {

/// A service with what could be read of it, so that rules over several are judged in spite of a
/// mistake elsewhere in it.
struct ParsedService {
  ServiceConfig config;  ///< name "" when that was missing or wrong
  Place place;
  Place name_place;
  bool has_key = false;  ///< address, port and protocol are known
};

[[nodiscard]] ParsedService parse_service(const toml::table& table, Place place,
                                          const CheckCatalogue& catalogue, const IpvsConfig& ipvs,
                                          Context& context);

/// The names that `scheduler` takes, as the kernel calls them ("none" is for us: ipvs/plan.h).
[[nodiscard]] std::span<const std::string_view> known_schedulers();

}  // namespace evenkeel::daemon
