// [[virtual_service]].
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

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

[[nodiscard]] ParsedService parse_service(const PlacedTable& table, const CheckCatalogue& catalogue,
                                          const IpvsConfig& ipvs, Context& context);

}  // namespace evenkeel::daemon
