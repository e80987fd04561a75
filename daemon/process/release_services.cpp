#include "daemon/process/release_services.h"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <set>
#include <span>

#include "daemon/process/log.h"
#include "daemon/process/owned_services.h"
#include "ipvs/kernel_backend.h"

namespace evenkeel::daemon {
namespace {

using Services = std::set<ipvs::ServiceKey>;

bool fail(const std::string& why) {
  log_error("cannot release the virtual services: " + why);
  return false;
}

/// Those that are still there after it.
tl::expected<Services, ipvs::Error> remove(const Services& services) {
  ipvs::KernelBackend backend;
  auto reading = backend.read();
  if (!reading) {
    if (reading.error().kind == ipvs::ErrorKind::NotLoaded) return Services{};
    return tl::unexpected(reading.error());
  }
  std::erase_if(reading->table, [&](const auto& entry) { return !services.contains(entry.first); });
  const std::vector<ipvs::Operation> operations = ipvs::plan({}, reading->table);
  Services left;
  for (std::size_t first = 0; first < operations.size(); first += ipvs::Backend::kBatch) {
    const std::size_t size = std::min(ipvs::Backend::kBatch, operations.size() - first);
    const auto refusals = backend.execute(std::span(operations).subspan(first, size));
    if (!refusals) return tl::unexpected(refusals.error());
    for (const ipvs::Refusal& refusal : *refusals) {
      if (refusal.errno_value == ESRCH) continue;  // somebody was faster
      log_error("ipvs: " + refusal.message);
      left.insert(operations[first + refusal.index].service.key);
    }
  }
  log_info(fmt::format("ipvs: released {} services", reading->table.size() - left.size()));
  return left;
}

}  // namespace

bool release_services(const RuntimeDirectory& runtime) {
  const auto owned = read_owned_services(runtime);
  if (!owned) return fail("cannot use " + owned.error());
  if (owned->empty()) return true;
  const auto left = remove(*owned);
  if (!left) return fail(left.error().message);
  const auto written = write_owned_services(runtime, *left);
  if (!written) return fail("cannot write " + written.error());
  return left->empty();
}

}  // namespace evenkeel::daemon
