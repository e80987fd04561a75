// The record of our services (owned_record.h), where it is kept: in the runtime directory.
#pragma once

#include <set>
#include <string>
#include <tl/expected.hpp>

#include "daemon/process/runtime_directory.h"
#include "ipvs/types.h"

namespace evenkeel::daemon {

/// None, where nothing was ever written, or by another boot. The errors:
/// "/run/evenkeel/record.json: not JSON".
[[nodiscard]] tl::expected<std::set<ipvs::ServiceKey>, std::string> read_owned_services(
    const RuntimeDirectory& runtime);
/// Before what it records is installed.
[[nodiscard]] tl::expected<void, std::string> write_owned_services(
    const RuntimeDirectory& runtime, const std::set<ipvs::ServiceKey>& owned);

}  // namespace evenkeel::daemon
