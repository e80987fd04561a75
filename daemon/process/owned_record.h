// The runtime record: which services in the kernel are ours, so that the next run knows what an
// earlier configuration left.
//
// Pure: JSON text <-> keys; owned_services.h keeps it.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "ipvs/types.h"

namespace evenkeel::daemon {

/// {"version":1,"services":[{"protocol":"TCP","address":"192.0.2.10","port":80},
/// {"firewall_mark":7,"family":"ipv4"}]}
[[nodiscard]] std::string encode_record(const std::set<ipvs::ServiceKey>& owned);
/// The keys, or what is wrong with the text.
[[nodiscard]] tl::expected<std::set<ipvs::ServiceKey>, std::string> decode_record(
    std::string_view text);

}  // namespace evenkeel::daemon
