// Rules over several keys of one service: errors for what cannot work, warnings for what works and
// harms clients.
//
// Pure. Internal to daemon/config: includes toml++. The harm is explained in ipvs/README.md.
#pragma once

#include <optional>
#include <vector>

#include "daemon/config/service_keys.h"
#include "daemon/config/written.h"

namespace evenkeel::daemon {

/// A real server with what could be read of it, so that rules over several are judged in spite of
/// a mistake elsewhere in it.
struct ParsedRealServer {
  RealServerConfig config;
  Place place;
  bool has_target = false;  ///< address and port are known
  bool has_weight = false;
};

/// Errors: repeated real servers, a quorum that is never reached, one_packet without udp ... Only
/// keys that could be read are judged. `service` has no real servers yet: they are in `servers`.
void report_mistakes(const ServiceConfig& service, const ServiceTraits& traits,
                     const std::vector<ParsedRealServer>& servers,
                     const Written<ServiceConfig>& written);

/// Warnings, about the whole service. (Shown only when there is no error anywhere.)
void report_warnings(const ServiceConfig& service, std::optional<ipvs::ForwardingMethod> forwarding,
                     const IpvsConfig& ipvs, const Written<ServiceConfig>& written);

}  // namespace evenkeel::daemon
