// The record of our services (owned_record.h) in the runtime directory.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <tl/expected.hpp>

#include "daemon/process/runtime_directory.h"
#include "ipvs/types.h"

namespace evenkeel::daemon {

/// An empty set where there is no record, or where another boot wrote it. The error:
/// "/run/evenkeel/record.json: not JSON".
[[nodiscard]] tl::expected<std::set<ipvs::ServiceKey>, std::string> read_owned_services(
    const RuntimeDirectory& runtime);
/// Called before the services are installed.
[[nodiscard]] tl::expected<void, std::string> write_owned_services(
    const RuntimeDirectory& runtime, const std::set<ipvs::ServiceKey>& owned);

/// read_owned_services() and write_owned_services() for the daemon: a failure is logged, and the
/// daemon goes on.
[[nodiscard]] std::optional<std::set<ipvs::ServiceKey>> load_owned_services(
    const RuntimeDirectory& runtime);
void save_owned_services(const RuntimeDirectory& runtime, const std::set<ipvs::ServiceKey>& owned);

}  // namespace evenkeel::daemon
