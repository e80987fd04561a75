#include "daemon/process/release_services.h"

#include <fmt/format.h>
#include <set>

#include "daemon/process/log.h"
#include "daemon/process/owned_services.h"
#include "ipvs/kernel_backend.h"
#include "ipvs/remove_table.h"

namespace evenkeel::daemon {
namespace {

using Services = std::set<ipvs::ServiceKey>;

bool not_released(const std::string& why) {
  log_error("cannot release the virtual services: " + why);
  return false;
}

/// Removes them from the kernel. Returns those that are still there.
tl::expected<Services, ipvs::Error> remove(const Services& services) {
  ipvs::KernelBackend backend;
  auto reading = backend.read();
  if (!reading) {
    if (reading.error().kind == ipvs::ErrorKind::NotLoaded) return Services{};
    return tl::unexpected(reading.error());
  }
  std::erase_if(reading->table, [&](const auto& entry) { return !services.contains(entry.first); });
  auto remains = ipvs::remove_table(backend, reading->table);
  if (!remains) return tl::unexpected(remains.error());
  for (const std::string& why : remains->why) log_error("ipvs: " + why);
  log_info(
      fmt::format("ipvs: released {} services", reading->table.size() - remains->services.size()));
  return std::move(remains->services);
}

}  // namespace

bool release_services(const RuntimeDirectory& runtime) {
  const auto owned = read_owned_services(runtime);
  if (!owned) return not_released("cannot use " + owned.error());
  if (owned->empty()) return true;
  const auto left = remove(*owned);
  if (!left) return not_released(left.error().message);
  const auto written = write_owned_services(runtime, *left);
  if (!written) return not_released("cannot write " + written.error());
  return left->empty();
}

}  // namespace evenkeel::daemon
